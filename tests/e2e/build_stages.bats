# shellcheck shell=bash
# The stages of a Dockerfile as a graph: side by side, stopped by the first error and by signals.
load helpers
load build

# Nothing of a build is left: no temporary file, no lease.
nothing_left() { [[ -z $(find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -mindepth 1) ]]; }

# Two stages of which each waits until the other has begun, so many tenths of a second.
meeting() { # TENTHS
  dockerfile <<EOD
FROM busybox AS one
RUN touch /meet/one; for i in \$(seq $1); do test -e /meet/two && exit; sleep 0.1; done; echo alone; exit 1
FROM busybox AS two
RUN touch /meet/two; for i in \$(seq $1); do test -e /meet/one && exit; sleep 0.1; done; echo alone; exit 1
FROM scratch
COPY --from=one /etc/passwd /one
COPY --from=two /etc/passwd /two
EOD
  rm -rf meet
  mkdir meet
}

@test "independent stages are built side by side" {
  import_busybox
  meeting 300
  must_build -j 2 -v "$PWD/meet:/meet"
  meeting 10
  build -j 1 --no-cache -v "$PWD/meet:/meet"
  [ "$status" -eq 1 ]
  says "[one 2/2] alone"
  [ ! -e meet/two ]
}

@test "-j 1 and -j 8 give the same image" {
  import_busybox
  dockerfile <<'EOD'
FROM busybox AS one
COPY file /a
FROM busybox AS two
COPY file /b
FROM busybox AS three
COPY file /c
FROM scratch
COPY --from=one /a /a
COPY --from=two /b /b
COPY --from=three /c /c
EOD
  echo x > context/file
  export SOURCE_DATE_EPOCH=1500000000
  must_build --no-cache -j 1
  local first=$id
  must_build --no-cache -j 8
  [ "$id" = "$first" ]
}

@test "a step that two stages begin with is made once" {
  import_busybox
  mkdir meet
  dockerfile <<'EOD'
FROM busybox AS one
RUN echo x >> /meet/made; sleep 0.3; echo made > /file
RUN echo one
FROM busybox AS two
RUN echo x >> /meet/made; sleep 0.3; echo made > /file
RUN echo two
FROM scratch
COPY --from=one /file /one
COPY --from=two /file /two
EOD
  must_build -j 2 --no-cache -v "$PWD/meet:/meet"
  [ "$(wc -l < meet/made)" -eq 1 ]
  [ "$(grep -c CACHED <<< "$stderr")" -eq 1 ]
}

@test "the first error stops the other stages, and is reported once" {
  import_busybox
  mkdir meet
  dockerfile <<'EOD'
FROM busybox AS waits
RUN echo finished > /first
RUN touch /meet/waits; sleep 987654
FROM busybox AS fails
RUN while ! test -e /meet/waits; do sleep 0.1; done; echo the reason; exit 3
FROM scratch
COPY --from=waits /x /x
COPY --from=fails /x /x
EOD
  build -j 2 -v "$PWD/meet:/meet"
  [ "$status" -eq 1 ]
  says "[fails 2/2] the reason"
  says "Dockerfile:5:1: RUN while"
  [ "$(grep -c 'exit code' <<< "$stderr")" -eq 1 ]
  nothing_left
  run -1 pgrep -u "$(id -u)" -f 'sleep 987654'
  sed -i 's/; sleep 987654//' context/Dockerfile
  must_build --target waits -v "$PWD/meet:/meet"
  says "RUN echo finished > /first  CACHED"
}

@test "ctrl-C ends all stages, also those that do not care" {
  import_busybox
  mkdir meet
  dockerfile <<'EOD'
FROM busybox AS deaf
RUN echo finished > /first
RUN trap '' INT TERM; touch /meet/deaf; for i in $(seq 20); do sleep 0.1; done
RUN touch /meet/after
FROM busybox AS hears
RUN touch /meet/hears; sleep 987653
FROM scratch
COPY --from=deaf /x /x
COPY --from=hears /x /x
EOD
  # A process group of its own, as a shell gives a job; the signal goes to all of it, as the terminal sends it.
  setsid env --default-signal=INT husk-build --network=none -j 2 -v "$PWD/meet:/meet" context 2> log &
  local pid=$! code=0 _
  for _ in {1..100}; do
    [[ -e meet/deaf && -e meet/hears ]] && break
    sleep 0.1
  done
  kill -INT -- "-$pid"
  wait "$pid" || code=$?
  cat log
  [ "$code" -eq 130 ]
  [ "$(tail -n 1 log)" = "husk-build: interrupted" ]
  [ ! -e meet/after ]
  nothing_left
  run -1 pgrep -u "$(id -u)" -f 'sleep 987653'
  sed -i '/deaf; for/d; /after/d' context/Dockerfile
  must_build --target deaf -v "$PWD/meet:/meet"
  says "RUN echo finished > /first  CACHED"
}
