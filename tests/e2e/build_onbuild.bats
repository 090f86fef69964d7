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
