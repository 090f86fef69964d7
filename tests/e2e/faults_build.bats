#!/usr/bin/env bats
# husk-build, killed at its named places.
load helpers
load faults

make_context() {
  mkdir -p context
  echo one > context/one
  printf 'FROM busybox AS first\nRUN echo 1 > /made\nFROM busybox\nCOPY one /\nCOPY --from=first /made /\nENV a=b\nRUN cat /one > /two\n' \
    > context/Dockerfile
  [[ -f base.tar ]] || small_tar > base.tar
}
base() { husk-import busybox < base.tar > /dev/null; }
# Files that RUN makes have the time of day: what is compared is what is in them.
build() { husk-build -q --network=none -t app context > id && husk-run --rm --network=none app cat /one /two /made; }

@test "build, killed at each of its named places" {
  make_context
  sweep_places base build lease.taken lease.tmp_made build.instruction build.layer_begun build.run_started build.run_ended \
    build.layer_pending layer.measured build.layer_measured layer.before_rename layer.renamed build.layer_committed \
    build.record_written build.copying build.copied build.write_image blob.opened blob.before_link blob.linked blob.durable \
    image.config_written image.manifest_written tag.before_rename tag.set
}

build_from_pipe() {
  tar -C context -cf context.tar . && husk-build -q --network=none -t app - < context.tar > id &&
    husk-run --rm --network=none app cat /one /two /made
}

@test "build from a pipe, killed while its context is unpacked" {
  make_context
  sweep_places base build_from_pipe build.unpacking_context
}

make_caching_context() {
  make_context
  printf 'FROM busybox\nRUN --mount=type=cache,id=c,target=/c echo 1 > /c/one; cat /c/one > /one\n' > context/Dockerfile
}
build_with_cache() { husk-build -q --network=none -t app context > id && husk-run --rm --network=none app cat /one; }
base_and_cache() { base && build_with_cache > /dev/null; }

@test "build with a cache mount, and husk-cache rm, killed" {
  make_caching_context
  sweep_places base build_with_cache cache_mount.made cache_mount.renamed
  reset_store base_and_cache
  killed_at cache_mount.in_trash husk-cache rm c
  [[ -z $(husk-cache ls -q) ]]
  husk-build -q --network=none --no-cache context > id
  [[ $(husk-cache ls -q) == c ]]
}

# A file and a repository, which a web server that knows nothing of git gives.
make_adding_context() {
  make_context
  start_server "$(free_port)"
  git init -q repo
  echo two > repo/two
  git -C repo add two
  git -C repo -c user.name=me -c user.email=me@localhost commit -qm two
  git clone -q --bare repo served/repo.git
  git -C served/repo.git update-server-info
  printf 'FROM busybox\nADD http://127.0.0.1:%s/file /one\nADD http://127.0.0.1:%s/repo.git /repo\n' "$PORT" "$PORT" \
    > context/Dockerfile
}
build_added() { husk-build -q -t app context > id && husk-run --rm --network=none app cat /one /repo/two; }

@test "build with ADD of a file and a repository, killed" {
  make_adding_context
  sweep_places base build_added build.downloaded build.checked_out
}

build_squashed() {
  husk-build -q --network=none --squash -t app context > id && husk-run --rm --network=none app cat /one /two /made
}
@test "build into one layer, killed" {
  make_context
  sweep_places base build_squashed layer.squashed
}

build_exporting() {
  rm -rf exported
  husk-build -q --network=none --cache-to type=local,dest=exported,mode=max -t app context > id &&
    husk-run --rm --network=none app cat /one /two /made
}
@test "build that exports its cache, killed" {
  make_context
  sweep_places base build_exporting cache.exported
}
