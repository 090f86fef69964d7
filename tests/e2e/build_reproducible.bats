# shellcheck shell=bash
# The same inputs give the same image: with SOURCE_DATE_EPOCH, on two stores, with two umasks, however many stages are
# built at the same time. The times of files that a RUN writes are its own business.
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
