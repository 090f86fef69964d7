# shellcheck shell=bash
# husk-cache: what RUN --mount=type=cache leaves, seen, moved and removed. No test needs a network.
load helpers
load build

fill_cache() {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=cache,id=packages,target=/c mkdir -m 750 /c/dir && echo content > /c/dir/file && ln -s file /c/dir/link && chown 5:6 /c/dir/file; true
RUN --mount=type=cache,id=other,target=/c,mode=0700 echo x > /c/x
EOF
  must_build
}

@test "cache: ls, in a table, as ids and as JSON" {
  fill_cache
  run husk-cache ls
  [[ ${lines[0]} == ID*NAME*SIZE*USED ]]
  grep -qE '^packages +[0-9a-f]{12} +8B +' <<< "$output"
  grep -qE '^other +[0-9a-f]{12} +2B +' <<< "$output"
  run husk-cache ls -q
  [ "$(sort <<< "$output")" = $'other\npackages' ]
  husk-cache ls --format json | python3 -c '
import json, sys
rows = {row["ID"]: row for row in map(json.loads, sys.stdin)}
assert rows["other"]["Options"] == "mode=700", rows
assert rows["packages"]["Options"] == "" and rows["packages"]["Size"] == "8B", rows'
}

@test "cache: completion knows the commands and the ids" {
  fill_cache
  [ "$(HUSK_COMPLETE=1 husk-cache '' | sort | tr '\n' ' ')" = "export import ls rm " ]
  [ "$(HUSK_COMPLETE=1 husk-cache rm pa)" = packages ]
  [ "$(HUSK_COMPLETE=1 husk-cache ls --fo)" = --format ]
  [ -z "$(HUSK_COMPLETE=1 husk-cache ls pa)" ]
}

@test "cache: export and import in a pipe, to another store, with owners" {
  fill_cache
  export OTHER=$BATS_TEST_TMPDIR/other
  husk-cache export packages | HUSK_ROOT=$OTHER husk-cache import packages
  husk-cache export packages > one.tar
  HUSK_ROOT=$OTHER husk-cache export packages | cmp - one.tar
  tar -tvf one.tar | grep -q 'dir/link -> file'
  ! has_subordinate_ids || tar --numeric-owner -tvf one.tar | grep -q '5/6.*dir/file'
  # Compressed, from a file, over what is there; and a build sees it.
  mkdir -p new && echo new > new/file
  tar -C new --owner=0 --group=0 -czf new.tar.gz .
  husk-cache import -f new.tar.gz packages
  dockerfile <<< $'FROM busybox\nRUN --mount=type=cache,id=packages,target=/c ls -A /c > /got'
  must_build
  look '[ "$(cat /got)" = file ]'
  HUSK_ROOT=$OTHER husk-fsck
  HUSK_ROOT=$OTHER remove_store
}

@test "cache: a tar that is not whole changes nothing" {
  fill_cache
  husk-cache export packages > whole.tar
  head -c 2000 whole.tar > part.tar
  run -1 husk-cache import -f part.tar packages
  echo no tar | run -1 husk-cache import packages
  husk-cache export packages | cmp - whole.tar
  [ -z "$(find "$HUSK_ROOT/tmp" -mindepth 1)" ]
}

@test "cache: rm, but not while a build uses it; wrong usage" {
  fill_cache
  mkdir meet
  dockerfile <<< $'FROM busybox\nRUN --mount=type=cache,id=packages,target=/c touch /meet/in; while [ ! -e /meet/go ]; do sleep 0.1; done'
  husk-build --network=none -v "$PWD/meet:/meet" context 2> log &
  local pid=$! _
  for _ in {1..100}; do [[ -e meet/in ]] && break || sleep 0.1; done
  run -1 husk-cache rm packages
  [[ $output == *"the cache 'packages' is in use"* ]]
  (husk-cache export packages > waited.tar 2> said) &
  local exporter=$!
  wait_for_line said "husk-cache: waiting for the cache 'packages', which a build uses"
  touch meet/go
  wait "$pid"
  wait "$exporter"
  tar -tf waited.tar > /dev/null
  husk-cache rm packages
  run -1 husk-cache rm packages
  [[ $output == *"there is no cache 'packages'"* ]]
  husk-cache rm --all
  [ -z "$(husk-cache ls -q)" ]
  run -2 husk-cache rm
  run -2 husk-cache
  run -2 husk-cache export
  run -2 husk-cache nonsense
  run -1 husk-cache export nothing
}
