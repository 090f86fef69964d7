# shellcheck shell=bash
# husk-cp between this machine and containers that run and that do not. No test needs a network.
load helpers

# A container that exists and does not run.
make_stopped() { husk-run --network=none --name "${1:-box}" busybox true; }

# One that runs until the test ends.
start_running() { # [OPTION...]
  mkfifo stay
  husk-run --network=none -i --rm --name box "$@" busybox sh -c "${COMMAND:-cat}" < stay > /dev/null 2>&1 3>&- &
  BOX=$!
  exec 9> stay
  local _
  for _ in {1..100}; do
    [[ $(husk-ps) != *box* ]] || return 0
    sleep 0.05
  done
  echo "the container does not start" >&2
  return 1
}
stop_running() {
  exec 9>&-
  wait "$BOX" || true
}

make_source() {
  mkdir -p src/sub
  echo text > src/file
  echo deep > src/sub/deep
  ln -s file src/link
  chmod 640 src/file
  touch -d @1500000000.25 src/file
}

# What is in the container, as its own processes see it.
see() { husk-cp "box:$1" - | tar -xOf -; }

@test "files and directories into a stopped container and back" {
  import_busybox && make_stopped && make_source
  husk-cp src/file box:/etc/new
  husk-cp src box:/
  husk-cp src/. box:/etc
  [[ $(see /etc/new) == text && $(see /src/sub/deep) == deep && $(see /etc/sub/deep) == deep ]]
  husk-cp box:/src back
  diff -r src back
  [[ $(stat -c '%a %Y %U' back/file) == "640 1500000000 $(id -un)" ]]
  [[ $(readlink back/link) == file ]]
  husk-cp box:src/file .
  cmp file src/file
}

@test "files and directories into a running container and back" {
  import_busybox && make_source
  start_running
  husk-cp src box:/tmp
  husk-cp box:/tmp/src back
  diff -r src back
  husk-cp - box:/tmp < <(tar -C src -czf - sub)
  [[ $(see /tmp/sub/deep) == deep ]]
  stop_running
}

# bats test_tags=subids
@test "what is copied in belongs to root, with -a to whom it belonged" {
  import_busybox && make_stopped
  mkdir in && echo x > in/f
  tar --owner=1000 --group=1000 -cf in.tar -C in f
  husk-cp - box:/tmp < in.tar
  [[ $(husk-cp box:/tmp/f - | tar --numeric-owner -tvf -) == *" 0/0 "* ]]
  husk-cp -a - box:/tmp < in.tar
  [[ $(husk-cp box:/tmp/f - | tar --numeric-owner -tvf -) == *" 1000/1000 "* ]]
}

@test "a tar on standard output has the name of the source" {
  import_busybox && make_stopped
  [[ $(husk-cp box:/etc/passwd - | tar -tf -) == passwd ]]
  [[ $(husk-cp box:/etc - | tar -tf -) == *etc/passwd* ]]
  [[ $(husk-cp box:/etc/. - | tar -tf -) == *passwd* ]]
}

@test "volumes of a running container are seen" {
  import_busybox
  mkdir data && echo mine > data/inner
  start_running -v "$PWD/data:/data"
  [[ $(see /data/inner) == mine ]]
  echo more > new
  husk-cp new box:/data
  [[ $(< data/new) == more ]]
  stop_running
}

@test "from one container to another" {
  import_busybox && make_stopped && make_stopped other && make_source
  husk-cp src box:/
  husk-cp box:/src other:/copied
  husk-cp other:/copied back
  diff -r src back
}

@test "what can not be copied is said and leaves nothing" {
  import_busybox && make_stopped && make_source
  run -1 --separate-stderr husk-cp box:/nothing .
  [[ $stderr == "husk-cp: copy 'box:/nothing'"*"No such file or directory" ]]
  run -1 --separate-stderr husk-cp src/nothing box:/
  [[ $stderr == *"No such file or directory"* ]]
  run -1 --separate-stderr husk-cp src/file box:/missing/
  [[ $stderr == *"there is no directory"* ]]
  run -1 --separate-stderr husk-cp src/file box:/missing/there
  run -1 --separate-stderr husk-cp src box:/etc/passwd
  [[ $stderr == *"over the file"* ]]
  run -1 --separate-stderr husk-cp nobody:/x .
  [[ $stderr == *"no such container"* ]]
  run -2 --separate-stderr husk-cp src/file other
  [[ $stderr == *"neither side is in a container"* ]]
  run -1 --separate-stderr husk-cp - box:/etc/passwd < /dev/null
  run -1 --separate-stderr husk-cp - box:/etc < src/file
  [[ $stderr == *"tar"* ]]
  run -1 --separate-stderr bash -c 'husk-cp box:/bin - > /dev/full'
  [[ $stderr == *"No space left"* ]]
  [[ ! -e nothing && ! -e passwd ]]
}

@test "links in a container do not lead out of it" {
  import_busybox && make_stopped
  echo secret > canary
  mkdir in
  ln -s "$PWD/canary" in/out
  ln -s "$PWD" in/dir
  ln -s / in/root
  ln -s ../../../../../../../.. in/up
  husk-cp in box:/
  run husk-cp -L box:/in/out got
  run husk-cp "box:/in/dir/canary" got
  run husk-cp "box:/in/up$PWD/canary" got
  run husk-cp "box:/in/root/proc/self/root$PWD/canary" got
  [[ ! -e got ]]
  echo evil > evil
  run husk-cp evil box:/in/out
  run husk-cp evil box:/in/dir/canary
  run husk-cp evil "box:/in/up$PWD/canary"
  [[ $(< canary) == secret ]]
  [[ $(stat -c %h canary) == 1 ]]
}

@test "a container that swaps directories for links meanwhile gets nothing out" {
  import_busybox
  mkdir -p victim/dir && echo secret > victim/dir/file && mkdir in && echo evil > in/file
  # What the container has under the path of the victim is its own.
  COMMAND="cat & while :; do mkdir -p /s/dir; echo mine > /s/dir/file; mv /s/dir /s/old; ln -s '$PWD/victim/dir' /s/dir; rm -r /s/dir /s/old; done"
  start_running
  local i
  for i in {1..20}; do
    husk-cp in/. box:/s/dir || true
    husk-cp in/file box:/s/dir/file || true
    husk-cp box:/s/dir "out$i" || true
    husk-cp box:/s/dir/file "file$i" || true
  done
  [[ $(< victim/dir/file) == secret && $(find victim | wc -l) == 3 ]]
  ! grep -rq secret out* file* in
  kill "$BOX"
  stop_running
}
