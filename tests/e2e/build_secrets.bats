# shellcheck shell=bash
# husk-build: RUN --mount=type=secret and ssh, and that nothing of them stays. No test needs a network.
load helpers
load build

# An agent and a key; the directory has a short name, for a socket.
start_agent() { # COMMENT
  AGENT_DIR=$(mktemp -d)
  eval "$(ssh-agent -a "$AGENT_DIR/agent" -s 3>&-)" >/dev/null
  ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$AGENT_DIR/key"
}
teardown() {
  [[ -z ${SSH_AGENT_PID:-} ]] || kill "$SSH_AGENT_PID"
  [[ -z ${AGENT_DIR:-} ]] || rm -rf "$AGENT_DIR"
  check_store
  remove_store
}

# An image with busybox and, for tests of agents, Debian's ssh-add with what it is linked with.
import_ssh() {
  busybox_tar > busybox.tar
  local root=$BATS_TEST_TMPDIR/busybox file
  for file in $(command -v ssh-add) $(ldd "$(command -v ssh-add)" | grep -o '/[^ ]*'); do
    mkdir -p "$root/$(dirname "$file")"
    cp -L "$file" "$root/$file"
  done
  tar -C "$root" --owner=0 --group=0 --numeric-owner -cf - . | husk-import busybox > /dev/null
}

@test "secret: from a file, a variable and a pipe; where, for whom, and as a variable" {
  import_busybox
  printf 'from a file' > value
  export TOKEN='from a variable' SELF=self
  dockerfile <<'EOF'
FROM busybox
WORKDIR /place
RUN --mount=type=secret,id=f cat /run/secrets/f && stat -c ' %a %u:%g' /run/secrets/f
RUN --mount=type=secret,id=v,target=rel/token,mode=0440 cat rel/token && stat -c ' %a' /place/rel/token
RUN --mount=type=secret,id=v,env=NAME echo "$NAME" && [ ! -e /run/secrets/v ]
RUN --mount=type=secret,id=SELF cat /run/secrets/SELF
RUN --mount=type=secret,id=p cat /run/secrets/p
RUN --mount=type=secret,id=p,env=P,target=/p echo "$P"; cat /p
RUN --mount=type=secret,id=missing ls /run/secrets 2>&1; echo x > /kept
EOF
  local -a secrets=(--secret id=f,src=value --secret id=v,env=TOKEN --secret id=SELF)
  must_build "${secrets[@]}" --secret id=p,src=<(printf 'from a pipe')
  says "from a file 400 0:0"
  says "from a variable 440"
  grep -qx 'from a variable' <<< "$stderr"
  grep -qx self <<< "$stderr"
  [ "$(grep -c 'from a pipe' <<< "$stderr")" -eq 3 ]
  look 'ls -d /run /place/rel /p || ls -A /place'
  says "ls: /run: No such file or directory"
  if has_subordinate_ids; then
    dockerfile <<< $'FROM busybox\nUSER app\nRUN --mount=type=secret,id=f,uid=1000,gid=10,mode=0600 cat /run/secrets/f && stat -c " %a %u:%g" /run/secrets/f'
    must_build "${secrets[@]}"
    says "from a file 600 1000:10"
  fi
}

@test "secret: one that is required, and what is wrong with --secret" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN --mount=type=secret,id=mysecret,required true'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:13: secret mysecret: not found"
  says "hint: husk-build --secret id=mysecret,src=FILE"
  head -c 600000 /dev/zero > big
  local option
  for option in '' src=x id=x,src=/nowhere/to/be id=x,env=NO_SUCH_VARIABLE id=x,src=big id=x,src=/ id=x,type=odd id=x,color=red plain; do
    build --secret "$option"
    [ "$status" -eq 2 ] || { echo "--secret '$option'" >&2 && false; }
  done
}

@test "secret: its value is in no key" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN --mount=type=secret,id=s cat /run/secrets/s > /dev/null; date > /made'
  V=1 build --secret id=s,env=V
  V=2 build --secret id=s,env=V
  says CACHED
  build
  says CACHED
}

@test "ssh: an agent of the user's, for whom the step runs as, and its keys can't be changed" {
  import_ssh
  start_agent key-of-the-test
  ssh-add -q "$AGENT_DIR/key"
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=ssh ssh-add -l && echo $SSH_AUTH_SOCK && stat -c %a $SSH_AUTH_SOCK
RUN --mount=type=ssh ssh-add -D; ssh-add -l
RUN --mount=type=ssh,target=/s,mode=0666 SSH_AUTH_SOCK=/s ssh-add -l
RUN --mount=type=ssh,id=other [ -z "$SSH_AUTH_SOCK" ]
RUN ls -d /run /s || true
EOF
  must_build --ssh default
  [ "$(grep -c key-of-the-test <<< "$stderr")" -eq 3 ]
  says /run/buildkit/ssh_agent.0
  grep -qx 600 <<< "$stderr"
  says "ls: /run: No such file or directory"
  ssh-add -l | grep -q key-of-the-test
  dockerfile <<< $'FROM busybox\nRUN --mount=type=ssh,id=work,required ssh-add -l; date > /made'
  build
  [ "$status" -eq 1 ]
  says "ssh agent work: not found"
  must_build --ssh "work=$SSH_AUTH_SOCK"
  must_build
  says CACHED
  if has_subordinate_ids; then
    dockerfile <<< $'FROM busybox\nUSER app\nRUN --mount=type=ssh,uid=1000 ssh-add -l'
    must_build --ssh default
    says key-of-the-test
  fi
}

@test "ssh: a key gets an agent of its own, which ends with the step" {
  import_ssh
  start_agent other-key
  unset SSH_AUTH_SOCK
  dockerfile <<< $'FROM busybox\nRUN --mount=type=ssh,id=k ssh-add -l'
  must_build --ssh "k=$AGENT_DIR/key"
  says other-key
  wait_for_no_process "ssh-agent -D"
  ssh-keygen -q -p -N 'pass phrase' -P '' -f "$AGENT_DIR/key"
  build --no-cache --ssh "k=$AGENT_DIR/key"
  [ "$status" -eq 1 ]
  says "hint: a key with a passphrase has to be in an agent already"
  wait_for_no_process "ssh-agent -D"
  [ -z "$(find "$HUSK_ROOT/tmp" -mindepth 1)" ]
  local option
  for option in default '' k= k=/nowhere =x "k=$AGENT_DIR/agent,$AGENT_DIR/key"; do
    build --ssh "$option"
    [ "$status" -eq 2 ] || { echo "--ssh '$option'" >&2 && false; }
  done
}

# The memory of this build's own processes, as far as we may see it (kernel.yama.ptrace_scope).
memory_of_tools() {
  python3 - <<'EOF'
import os, re, sys
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        if os.path.basename(os.readlink(f"/proc/{pid}/exe")) != "husk-build":
            continue
        if f"HUSK_ROOT={os.environ['HUSK_ROOT']}\0".encode() not in open(f"/proc/{pid}/environ", "rb").read():
            continue
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                begin, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
                if rights.startswith("rw") and "[v" not in line:
                    memory.seek(int(begin, 16))
                    sys.stdout.buffer.write(memory.read(int(end, 16) - int(begin, 16)))
    except OSError:
        pass
EOF
}

@test "secrets: no trace in the store, the history, the log, a command line or a core" {
  import_ssh
  local file_canary=Canary-file-9f1c7b2e44d0 variable_canary=Canary-variable-5d3a8c6b1e72 pipe_canary=Canary-pipe-77aa01c3b9e4
  printf %s "$file_canary" > value
  export VARIABLE=$variable_canary
  local before encoder
  for before in a bc def; do # it is found where it is
    for encoder in cat 'base64 -w0' 'od -An -tx1 -w99'; do
      { echo -n $before; cat value; } | $encoder | tr -d ' ' > encoded
      if find_canary "$file_canary" encoded 2> /dev/null; then false; fi
    done
  done
  start_agent canary
  head -n 3 "$AGENT_DIR/key" | tail -n 1 > private
  dockerfile <<'EOF'
FROM busybox AS first
RUN --mount=type=secret,id=f --mount=type=secret,id=v,env=V --mount=type=secret,id=p --mount=type=ssh,id=k \
  [ -n "$V" ] && cat /run/secrets/f /run/secrets/p | wc -c > /size && ssh-add -l > /dev/null && touch /meet/in && \
  for i in $(seq 300); do [ -e /meet/go ] && break; sleep 0.1; done && ulimit -c > /limit && { sleep 9 & kill -ABRT $!; wait $!; }
FROM first
EOF
  mkdir meet
  ulimit -c "$(ulimit -Hc)" # sudo may have left 0 of it, and then nobody can have a core
  husk-build --network=none -v "$PWD/meet:/meet" --secret id=f,src=value --secret id=v,env=VARIABLE \
    --secret id=p,src=<(printf %s "$pipe_canary") --ssh "k=$AGENT_DIR/key" context > out 2> log &
  local pid=$! _
  for _ in {1..100}; do [[ -e meet/in ]] && break || sleep 0.1; done
  [ -e meet/in ]
  local process
  for process in /proc/[0-9]*; do
    { tr '\0' ' ' < "$process/cmdline"; } 2>/dev/null || true
  done > commands
  local canary
  for canary in "$file_canary" "$variable_canary" "$pipe_canary" "$(head -c 40 private)"; do
    find_canary "$canary" commands "$HUSK_ROOT" log out
  done
  # What a core of the build would hold.
  memory_of_tools > memory
  if [[ $(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0) == 0 ]]; then grep -qa meet:/meet memory; fi
  find_canary "$file_canary" memory
  find_canary "$pipe_canary" memory
  touch meet/go
  wait "$pid" || true
  grep -q 'exit code 134' log
  [ -z "$(find . -name 'core*')" ]
  for canary in "$file_canary" "$variable_canary" "$pipe_canary" "$(head -c 40 private)"; do
    find_canary "$canary" "$HUSK_ROOT" log out meet
  done
  # And of a step that ends well.
  sed -i 's/ && { sleep.*//' context/Dockerfile
  run --separate-stderr husk-build --network=none -v "$PWD/meet:/meet" --secret id=f,src=value --secret id=v,env=VARIABLE \
    --secret id=p,src=<(printf %s "$pipe_canary") --ssh "k=$AGENT_DIR/key" -t app context
  [ "$status" -eq 0 ]
  id=$output
  husk-export app > app.tar
  printf '%s' "$stderr" > log
  for canary in "$file_canary" "$variable_canary" "$pipe_canary" "$(head -c 40 private)"; do
    find_canary "$canary" "$HUSK_ROOT" log app.tar
  done
  husk-run --network=none "$id" cat /size /limit > got
  [ "$(tr '\n' ' ' < got)" = "48 0 " ]
}
