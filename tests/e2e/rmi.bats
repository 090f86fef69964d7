#!/usr/bin/env bats
load helpers

@test "rmi: removes the image and frees what it took" {
  import_busybox
  run -0 husk-rmi busybox
  [[ $output == "Untagged: busybox"*"Deleted: sha256:"* ]]
  [[ -z $(husk-images -q) ]]
  [[ -z $(find "$HUSK_ROOT"/{blobs/sha256,layers/?,trash} -mindepth 1 2>/dev/null) ]]
}

@test "rmi: a name of several goes alone, an id needs --force" {
  import_busybox
  id=$(husk-images -q)
  busybox_tar > a.tar
  husk-import a.tar other
  husk-rmi other
  cp "$HUSK_ROOT"/refs/docker.io/library/busybox/:latest "$HUSK_ROOT"/refs/docker.io/library/busybox/:two
  sed -i 's/:latest/:two/' "$HUSK_ROOT"/refs/docker.io/library/busybox/:two
  run -1 husk-rmi "$id"
  [[ $output == *"has 2 names"* ]]
  run -0 husk-rmi busybox:two
  [[ $output == "Untagged: busybox:two" ]]
  run -0 husk-rmi -f "$id"
  [[ -z $(husk-images -q) ]]
}

@test "rmi: one that is not there does not keep the others, and is a failure" {
  import_busybox
  run -1 husk-rmi nothing busybox
  [[ $output == *"remove 'nothing': no such image: 'nothing'"* ]]
  [[ -z $(husk-images -q) ]]
}

@test "rmi: the layers that another image has stay" {
  import_busybox
  import_busybox -c 'LABEL a=b'
  husk-rmi "$(husk-images -q --no-trunc | tail -n 1)"
  [[ $(find "$HUSK_ROOT"/layers -mindepth 2 -maxdepth 2 | wc -l) == 1 ]]
}
