# shellcheck shell=bash
# When a build fails: its log, a shell in the failed step, its file system as a container.
load helpers
load build

@test "--log shows again what the steps printed" {
  import_busybox
  run --separate-stderr husk-build --log last
  [ "$status" -eq 1 ]
  says "there is no log of a build"
  dockerfile <<< $'FROM busybox AS one\nRUN printf "a\\033[1mb\\n"\nFROM one\nRUN seq 30000; exit 3'
  build
  [ "$status" -eq 1 ]
  says "hint: husk-build --log last stage-1:2 shows all that it printed"
  [ "$(husk-build --log last stage-1:2 | sha256sum)" = "$(seq 30000 | sha256sum)" ]
  [ "$(husk-build --log last one:2)" = $'a\033[1mb' ] # every byte, but on a terminal
  sed -i 's/; exit 3/; true/' context/Dockerfile
  build
  [ "$status" -eq 0 ]
  [ "$(husk-build --log last one:2)" = $'a\033[1mb' ] # of a cached step: when it was made
  run husk-build --log last
  [[ $output == *"[one:2] RUN printf \"a\\033[1mb\\n\"  cached"*"[stage-1:2] RUN seq 30000; true  ran"*sha256:* ]]
  [ "$(husk-build --log list | wc -l)" -eq 2 ]
  local first
  first=$(husk-build --log list | head -n 1 | cut -d' ' -f1)
  [ "$(husk-build --log "$first" stage-1:2 | tail -n 1)" = 30000 ]
  run --separate-stderr husk-build --log last 7
  [ "$status" -eq 1 ]
  says "the build has no step '7'"
}

@test "a log is bounded, and old ones go" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN echo begin; head -c 20000000 /dev/zero | tr "\\\\0" x; echo; echo end'
  build -q
  [ "$status" -eq 0 ]
  [ "$(husk-build --log last 2 | wc -c)" -lt 16777216 ]
  [ "$(husk-build --log last 2 | head -n 1)" = begin ]
  [ "$(husk-build --log last 2 | tail -n 1)" = end ]
  [[ $(husk-build --log last 2 | head -c 20000000 | tr -d x) == *"bytes are left out here]"* ]]
}

@test "--keep keeps what a failed step left behind as a container" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two; exit 3'
  build --keep
  [ "$status" -eq 1 ]
  local name
  name=$(sed -n 's/.*is kept as container //p' <<< "$stderr")
  husk-ps -a | grep -q "$name"
  husk-cp "$name:/one" one
  husk-cp "$name:/two" two
  [ "$(cat one two)" = $'1\n2' ]
  # The command again, on what it left behind and as the step had it.
  printf 'FROM busybox\nENV v=value\nWORKDIR /dir\nRUN echo "$v $PWD" >> /two; cat /two; exit 3\n' > context/Dockerfile
  build --keep
  husk-rm "$name"
  name=$(sed -n 's/.*is kept as container //p' <<< "$stderr")
  run --separate-stderr husk-start -a "$name"
  [[ $status -eq 3 && $output == $'value /dir\nvalue /dir' ]]
  husk-rm "$name"
  [ -z "$(ls -A "$HUSK_ROOT/tmp")" ]
}

@test "--on-error=shell opens a shell in the failed step" {
  import_busybox
  local user=root # all there is without subordinate ids
  ! has_subordinate_ids || user=app
  dockerfile <<< $'FROM busybox\nENV v=value\nWORKDIR /dir\nUSER '$user$'\nRUN echo made > /tmp/file; exit 3'
  printf 'cat /tmp/file; echo "$v-$PWD-$(id -un)-"\nexit\n' > input
  run script -qec "husk-build --network=none --progress=plain --on-error=shell context" /dev/null < input
  [ "$status" -eq 1 ]
  [[ $output == *"RUN echo made > /tmp/file; exit 3: exit code 3; this is a shell"* ]]
  [[ $output == *made*"value-/dir-$user-"* ]]
  [[ $output == *"husk-build: Dockerfile:5:1: RUN echo made"* ]]
  run --separate-stderr husk-build --on-error=shell context < /dev/null
  [ "$status" -eq 2 ]
  says "needs a terminal"
  build --on-error=explode
  [ "$status" -eq 2 ]
}

@test "--no-cache-filter makes the steps of some stages anew" {
  import_busybox
  dockerfile <<< $'FROM busybox AS one\nRUN echo 1 > /1\nFROM busybox AS two\nRUN echo 2 > /2\nFROM scratch\nCOPY --from=one /1 /1\nCOPY --from=two /2 /2'
  build
  [ "$status" -eq 0 ]
  build --no-cache-filter two,never
  [ "$status" -eq 0 ]
  says "[one 2/2] RUN echo 1 > /1  CACHED"
  says "[two 2/2] done in"
}

@test "--explain names the part of the key that made a step miss" {
  import_busybox
  dockerfile <<< $'FROM busybox\nARG v=1\nCOPY dir /dir\nRUN echo $v > /v\nRUN echo last > /last'
  mkdir -p context/dir
  echo 1 > context/dir/one
  echo 2 > context/dir/two
  build --explain
  [ "$status" -eq 0 ]
  says "COPY dir /dir: nothing like it was made before"
  build --explain --build-arg v=2
  says "RUN echo \$v > /v: the variable 'v' differs"
  says "RUN echo last > /last: the step before and the variable 'v' differ"
  echo changed > context/dir/two
  build --explain --build-arg v=2
  says "COPY dir /dir: the file 'two' differs"
  says "RUN echo \$v > /v: the step before differs"
  sed -i 's/echo last/echo end/' context/Dockerfile
  build --explain --build-arg v=2
  says "RUN echo end > /last: the command differs"
  build --explain --build-arg v=2
  [[ $stderr != *differ* ]]
}
