# shellcheck shell=bash
# The same inputs give the same image: with SOURCE_DATE_EPOCH, on two stores, with two umasks, however many stages are
# built at the same time. The times of files that a RUN writes are its own business, unless they are rewritten.
load helpers
load build

setup_file() { umask 022; }

# Builds in a store of its own; prints the digest of the manifest of an archive of the image, that is of all of it.
build_in() { # STORE UMASK OPTIONS...
  (
    export HUSK_ROOT=$BATS_TEST_TMPDIR/$1
    umask "$2"
    busybox_tar | SOURCE_DATE_EPOCH=1500000000 husk-import busybox > /dev/null
    husk-build -q --network=none "${@:3}" -o type=oci,dest="$1.tar" context &&
      tar -xOf "$1.tar" index.json
    result=$?
    husk-fsck >&2 && remove_store
    exit $result
  )
}

@test "the same image on two stores, with two umasks, one or many stages at a time" {
  export SOURCE_DATE_EPOCH=1500000000
  dockerfile <<'EOF'
FROM busybox AS one
RUN mkdir /one && echo 1 > /one/file && touch -d @1000 /one/file /one
FROM busybox AS two
RUN mkdir /two && echo 2 > /two/file && touch -d @2000 /two/file /two
FROM busybox
ENV a=b
COPY file tree /dir/
COPY --from=one /one/file /file-one
COPY --from=two /two/file /file-two
RUN ln -s x /dir/link && touch -h -d @3000 /dir/link /dir
CMD ["true"]
EOF
  mkdir -p context/tree/sub
  echo x > context/file
  echo y > context/tree/sub/y
  find context -exec touch -d @1600000000 {} +
  build_in one 022 -j1 > first
  [[ -s first ]]
  build_in two 077 -j8 > second
  diff first second
  cmp one.tar two.tar
  # It would be seen.
  SOURCE_DATE_EPOCH=1500000001 build_in three 022 > third
  run ! cmp -s first third
}

@test "rewrite-timestamp: no file of a layer that was made is newer than SOURCE_DATE_EPOCH" {
  export SOURCE_DATE_EPOCH=1500000000
  mkdir -p context
  echo file > context/file
  busybox_tar | husk-import busybox >/dev/null # its files are newer: it is not rewritten
  dockerfile <<'EOF'
FROM busybox AS base
RUN mkdir /d && echo x > /d/x && touch -d @1000 /d/old && ln -s x /d/link && rm /etc/group
FROM base
COPY --chown=7:8 file /d/owned
RUN chmod 4755 /d/x
EOF
  must_build -o type=oci,dest=plain.tar # now the steps are in the cache, with the times of now
  must_build -t app -o type=image,rewrite-timestamp=true -o type=oci,dest=first.tar,rewrite-timestamp=true -o type=tar,dest=root.tar
  local first=$id
  husk-images -q --no-trunc app | grep -qF "${first#sha256:}"
  TZ=UTC tar --full-time -tvf root.tar > list
  grep -q '2017-07-14 02:40:00.* d/x$' list
  grep -q '2017-07-14 02:40:00.* d/link -> x$' list
  grep -q '1970-01-01 00:16:40.* d/old$' list
  grep -q '2023-11-14 22:13:20.* etc/passwd$' list
  grep -q '^-rwsr-xr-x.* d/x$' list
  run ! grep ' etc/group' list
  grep -q ' 7/8 .*2017-07-14 02:40:00.* d/owned$' list
  must_build --no-cache -t app -o type=oci,dest=second.tar,rewrite-timestamp=true
  cmp first.tar second.tar
  [[ $id == "$first" ]]
  # It would be seen, and another time is another image.
  must_build -t app -o type=oci,dest=third.tar
  run ! cmp -s first.tar third.tar
  SOURCE_DATE_EPOCH=1500000001 must_build --no-cache -t app -o type=oci,dest=third.tar,rewrite-timestamp=true
  run ! cmp -s first.tar third.tar
  local wrong
  for wrong in '-o type=oci,dest=x,rewrite-timestamp=true -t x --push' '-o type=image,rewrite-timestamp=true --cache-to=type=inline'; do
    # shellcheck disable=SC2086
    build $wrong
    [[ $status -eq 2 ]]
    says rewrite-timestamp
  done
  unset SOURCE_DATE_EPOCH
  build -o type=image,rewrite-timestamp=true
  [[ $status -eq 2 ]]
  says 'rewrite-timestamp needs a time: SOURCE_DATE_EPOCH'
}

@test "--verify builds twice and says what is not the same" {
  import_busybox
  mkdir -p context
  echo file > context/file
  dockerfile <<< $'FROM busybox\nCOPY file /dir/\nENV a=b\nRUN mkdir /r && cat /dev/urandom | head -c 8 > /r/random; date +%s%N > /r/name-$(cat /proc/sys/kernel/random/uuid); echo same > /r/same'
  must_build
  export SOURCE_DATE_EPOCH=1500000000
  build --verify -t app -o type=image,rewrite-timestamp=true
  [[ $status -eq 1 ]]
  says 'layer 3 differs (RUN '
  says '  r/random: content'
  says ': only in the first'
  says ': only in the second'
  says_not 'r/same:'
  says_not 'layer 2'
  says ': the second build gave another image: 1 of 3 layers differs'
  says_not 'hint: with SOURCE_DATE_EPOCH'
  run ! grep -q app <(husk-images)
  # Times alone, and how not to have them.
  dockerfile <<< $'FROM busybox\nCOPY file /dir/\nRUN echo same > /same'
  build --verify
  [[ $status -eq 1 ]]
  says '  same: time 2'
  says 'hint: with SOURCE_DATE_EPOCH set, -o type=image,rewrite-timestamp=true makes the times the same'
  must_build --verify -o type=image,rewrite-timestamp=true
  says 'the second build gave the same image'
  unset SOURCE_DATE_EPOCH
  dockerfile <<< $'FROM busybox\nCOPY file /\nENV a=b\nRUN true'
  must_build --verify # when it was made does not count
  # What the first found in the cache, the second makes.
  dockerfile <<< $'FROM busybox\nRUN test ! -e /host/stop'
  mkdir host
  must_build -v "$PWD/host:/host"
  touch host/stop
  build --verify -v "$PWD/host:/host"
  [[ $status -eq 1 ]]
  says 'the second build: Dockerfile:2:1: RUN '
  [[ -z $(find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -mindepth 1) ]]
}
