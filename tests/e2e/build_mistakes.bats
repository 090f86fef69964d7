# shellcheck shell=bash disable=SC2030,SC2031
# What a user meets who is not careful: contexts that can't be read, names that are not there, names that are odd.
load helpers
load build

setup_file() { umask 022; }

# Nothing of a build is left.
nothing_left() { [[ -z $(find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -mindepth 1) ]]; }

@test "a file or directory of the context that can't be read: where, and what to do" {
  import_busybox
  dockerfile <<< $'FROM busybox\nCOPY . /all/'
  echo x > context/secret
  chmod 000 context/secret
  build
  [[ $status -eq 1 ]]
  says "husk-build: Dockerfile:2:1: COPY . /all/: open 'secret': Permission denied"
  says "husk-build: hint: make it readable, or name it in .dockerignore"
  echo secret > context/.dockerignore
  must_build
  mkdir -m 000 context/closed
  build
  [[ $status -eq 1 ]]
  says "husk-build: Dockerfile:2:6: COPY: open 'closed': Permission denied"
  says "husk-build: hint: make it readable, or name it in .dockerignore"
  echo closed >> context/.dockerignore
  must_build
  chmod 700 context/closed
  nothing_left
}

@test "a Dockerfile that is not there: what was looked for, and where" {
  import_busybox
  mkdir context
  build
  [[ $status -eq 1 ]]
  says "husk-build: no Dockerfile 'context/Dockerfile'"
  says "husk-build: hint: -f FILE names another one"
  build -f other
  [[ $status -eq 1 ]]
  says "husk-build: no Dockerfile 'other'"
  says "husk-build: hint: -f FILE is looked up here, then in the directory to build in"
}

@test "names with blanks, quotes, new lines, escape sequences and bytes that are no text, from a directory, a link and afar" {
  import_busybox
  dockerfile <<< $'FROM busybox\nCOPY . /all/\nCOPY ["a dir/a file", "/a copy"]\nRUN cat "/a copy"; cd /all && for f in *; do cat "./$f" 2>/dev/null; done'
  mkdir 'context/a dir'
  echo blank > 'context/a dir/a file'
  echo line > $'context/new\nline'
  echo byte > $'context/byte\xff'
  echo escape > $'context/\033[31mred'
  echo quote > $'context/it\'s "quoted"'
  echo dash > context/-dash
  echo dollar > 'context/$HOME'
  must_build
  local word
  for word in blank line byte escape quote dash dollar; do says "$word"; done
  first=$id
  ln -s context link
  CONTEXT=link must_build
  [[ $id == "$first" ]]
  cp context/Dockerfile elsewhere
  chmod 555 context
  cd /
  CONTEXT=$BATS_TEST_TMPDIR/context must_build -f "$BATS_TEST_TMPDIR/elsewhere"
  chmod 755 "$BATS_TEST_TMPDIR/context"
  [[ $id == "$first" ]]
}

# A file system of 8 MB, which a user may mount in a name space of its own; COMMAND runs there with its store on it.
on_a_small_disk() { # COMMAND
  unshare --user --map-root-user --mount bash -euc 'mkdir -p small && mount -t tmpfs -o size=8m tmpfs small && export HUSK_ROOT=$PWD/small/store && eval "$1"' - "$1"
}

@test "a step that fills the disk: what it printed, why it failed, what to do; nothing is left" {
  busybox_tar > base.tar
  dockerfile <<< $'FROM busybox\nRUN head -c 20000000 /dev/zero > /big'
  head -c 20000000 /dev/zero > context/big
  printf 'FROM busybox\nCOPY big /\n' > context/copying
  run --separate-stderr on_a_small_disk '
    husk-import base.tar busybox >/dev/null
    ! husk-build --network=none context || exit 10
    echo == >&2
    ! husk-build --network=none -f context/copying context || exit 11
    [[ -z $(find small/store/tmp small/store/leases -mindepth 1) ]]
    husk-build -q --network=none - <<< $(printf "FROM busybox\nENV a=b")
    husk-fsck'
  [[ $status -eq 0 ]] || { echo "$stderr" >&2 && return 1; }
  [[ ${stderr%%==*} == *"head: standard output: "*"husk-build: Dockerfile:2:1: RUN head -c 20000000 /dev/zero > /big: exit code 1"* ]]
  [[ ${stderr#*==} == *"husk-build: context/copying:2:1: COPY big /: write '/big': No space left on device"*"husk-build: hint: husk-ps -a, "* ]]
}
