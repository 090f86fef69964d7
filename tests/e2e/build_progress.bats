# shellcheck shell=bash
# What a build shows while it goes on: --progress.
load helpers
load build

# Runs the build on a terminal of 80 columns, in a pseudo-terminal of script(1); what it wrote is in $output.
on_terminal() {
  run env "${environment[@]}" script -qec "stty cols 80 rows 24; husk-build --network=none context" /dev/null
}

two_stages() {
  import_busybox
  dockerfile <<'EOD'
FROM busybox AS one
RUN printf 'first\nsec\033[31mond\033[0m\n10%%\r20%%\r'
FROM busybox
ENV a=b
COPY --from=one /etc/passwd /x
EOD
}

@test "plain: every line says whose it is, without escape sequences" {
  two_stages
  build
  [ "$status" -eq 0 ]
  [[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
  says "[one 2/2] first
[one 2/2] second
[one 2/2] 20%
[one 2/2] done in "
  says "[stage-1 2/3] ENV a=b"
  says "0 steps cached, 2 ran"
  [[ $stderr != *$'\033'* ]]
  build
  says "[one 2/2] RUN printf 'first\\nsec\\033[31mond\\033[0m\\n10%%\\r20%%\\r'  CACHED"
  says "2 steps cached, 0 ran"
}

@test "json: an event a line, and the id on standard output" {
  two_stages
  build --progress=rawjson
  [ "$status" -eq 0 ]
  [[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
  printf '%s\n' "$stderr" > events
  python3 - "$output" <<'EOP'
import json, sys
events = [json.loads(line) for line in open("events")]
kinds = [event["event"] for event in events]
assert kinds[:2] == ["stage", "stage"] and kinds[-1] == "finished", kinds
assert events[-1]["image_id"] == sys.argv[1]
text = "".join(event["text"] for event in events if event["event"] == "output")
assert text == "first\nsec\x1b[31mond\x1b[0m\n10%\r20%\r", text
done = [event for event in events if event["event"] == "done"]
assert [(event["stage"], event["step"], event["steps"]) for event in done] == [("one", 2, 2), ("stage-1", 3, 3)], done
EOP
}

@test "tty: steps stay, the frame goes; NO_COLOR and TERM=dumb" {
  two_stages
  environment=(LANG=C.UTF-8 TERM=xterm)
  on_terminal
  [ "$status" -eq 0 ]
  [[ $output == *$'\033[32m✓\033[0m [one 2/2] RUN printf'* ]]
  [[ $output == *"built in "*": 0 steps cached, 2 ran"* ]]
  [[ $output != *$'\033[31mond'* ]] # what a step prints steers nothing
  environment=(LANG=C TERM=xterm NO_COLOR=1)
  on_terminal
  [[ $output != *$'\033['[0-9]*m* ]]
  [[ $output == *"* [one 2/2] RUN printf"* ]]
  [[ $output == *"cached"* ]]
  environment=(TERM=dumb)
  on_terminal
  [[ $output != *$'\033'* ]]
  [[ $output == *"[one 2/2] RUN printf"*CACHED* ]]
  build --progress=tty
  [ "$status" -eq 2 ]
  says "standard error is no terminal"
}

@test "tty: a failed step shows the end of its output, and the message comes below" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN seq 50; exit 3'
  environment=(LANG=C.UTF-8 TERM=xterm)
  on_terminal
  [ "$status" -eq 1 ]
  run sed 's/\x1b\[[?0-9;]*[a-zA-Z]//g; s/\r//g' <<< "$output"
  [[ $output == *"✗ [2/2] RUN seq 50; exit 3"* ]]
  [[ $output == *$'│ 31\n'*$'│ 50\n'*"husk-build: Dockerfile:2:1: RUN seq 50; exit 3: exit code 3"* ]]
}

@test "quiet: nothing but what failed" {
  two_stages
  build --progress=quiet
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  dockerfile <<< $'FROM busybox\nRUN echo reason; exit 3'
  build --progress=quiet
  [ "$status" -eq 1 ]
  [[ $stderr == "reason"$'\n'"husk-build: Dockerfile:2:1: "* ]]
  build --progress=fancy
  [ "$status" -eq 2 ]
}
