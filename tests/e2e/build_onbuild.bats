# shellcheck shell=bash
# husk-build: triggers. No test needs a network.
load helpers
load build

@test "ONBUILD of a stage runs in a stage that starts from it, and may copy from another" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox AS source
RUN mkdir /in && echo 12 > /in/file
FROM busybox AS base
ONBUILD COPY --from=source /in/file /out/foo
ONBUILD RUN <<END
echo 11 >> /out/foo
END
FROM base AS mid
RUN cp /out/foo /out/bar
FROM mid
RUN [ "$(tr "\n" , < /out/bar)" = 12,11, ] && [ $(wc -l < /out/foo) = 2 ]
EOF
  must_build
}

@test "ONBUILD of an image may copy from a stage that nothing else needs" {
  import_busybox
  dockerfile <<< $'FROM busybox\nONBUILD COPY --from=source /in/file /out\nONBUILD RUN --mount=from=other,target=/o cp /o/mark /mark'
  must_build -t base
  dockerfile <<'EOF'
FROM busybox AS deep
RUN echo deep > /deep
FROM deep AS source
RUN mkdir /in && cp /deep /in/file
FROM busybox AS other
RUN echo other > /mark
FROM busybox AS never
RUN false
FROM base
RUN [ "$(cat /out /mark | tr "\n" ,)" = deep,other, ]
EOF
  must_build
  must_build
  [ "$(grep -c CACHED <<< "$stderr")" -eq 6 ]
  sed -i 's/^FROM deep AS source/FROM deep AS renamed/' context/Dockerfile
  build
  [ "$status" -eq 1 ]
  says "--from=source is no earlier stage"
}
