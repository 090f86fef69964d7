# shellcheck shell=bash
# Layers as other projects wrote them down, and layers that want out of the tree that they are unpacked in.
load helpers

cases=${TEST_CASES:-$BATS_TEST_DIRNAME/../../../shared/cases}

make_canary() {
  mkdir -p canary/dir
  echo "canary of the test" > canary/file
  echo "inner canary" > canary/dir/inner
  chmod 640 canary/file
  touch -d @1600000000 canary/dir/inner canary/file canary/dir canary
  canary_before=$(look_at_canary)
}
# Names, content, mode, owner, links and times.
look_at_canary() {
  find canary -printf '%p %m %U %G %n %s %T@ %l\n' | sort
  cat canary/file canary/dir/inner
}

# Pulls every layout of FAMILY and, where that is accepted, exports it: nothing of the canaries may change or show.
check_family() { # FAMILY EXPECTED-REFUSALS
  local layout id refused=0 accepted=0
  make_canary
  "$BATS_TEST_DIRNAME/../helpers/evil-layout" "$PWD/canary" "$PWD/layouts"
  for layout in layouts/"$1"-*; do
    if id=$(husk-pull -q "oci:$layout:x" 2> errors); then
      accepted=$((accepted + 1))
      husk-export "$id" > out.tar
      ! grep -qaE "canary of the test|inner canary" out.tar || { echo "$layout: canary in the tree" >&2 && return 1; }
    else
      refused=$((refused + 1))
      grep -q "^husk-pull: .*entry [0-9]" errors || { echo "$layout: $(< errors)" >&2 && return 1; }
    fi
    [[ $(look_at_canary) == "$canary_before" ]] || { echo "$layout: the canary changed" >&2 && look_at_canary >&2 && return 1; }
  done
  echo "$1: $refused refused, $accepted contained" >&2
  [[ $refused -ge $2 && $((refused + accepted)) -gt $2 ]]
}

@test "the layers of other projects, as they say" {
  [[ -d $cases/layers ]] || skip_or_fail "no cases of other projects at $cases"
  run python3 "$cases/tools/run-layers.py" --cases "$cases/layers" --unpack \
    'export HUSK_ROOT=$W/store; id=$(husk-pull -q oci:$OCI:x) && husk-export $id > $W/x.tar && mkdir $ROOT && tar -xf $W/x.tar -C $ROOT && husk-fsck >&2'
  echo "$output"
  [[ ${lines[-1]} == *" 0 failed"* && $status -eq 0 ]]
}

@test "paths that lead out (A1)" { check_family path 30; }
@test "links that lead out (A2)" { check_family link 40; }
@test "hard links that lead out (A3)" { check_family hard 7; }
@test "whiteouts that are none, or lead out (A4, A5)" { check_family whiteout 12; }

@test "what overlayfs would read (A6)" {
  check_family overlay 1
  # What was contained shows only what is in the layer.
  id=$(husk-pull -q oci:layouts/overlay-001:x)
  [[ $(husk-export "$id" | tar -tf - | tr '\n' ' ') == "d/ e " ]]
  ! getfattr -R -d -m - "$HUSK_ROOT"/layers 2>/dev/null | grep -E "overlay\.|containers\." || false
}

@test "a layer that hides all below it, in what runs as well" {
  import_busybox
  mkdir top && mkdir top/bin && cp "$(command -v busybox)" top/bin/ && ln -s busybox top/bin/ls && : > top/.wh..wh..opq
  tar -C top --owner=0 --group=0 --numeric-owner --sort=name -cf top.tar .wh..wh..opq bin
  busybox_tar > base.tar
  "$BATS_TEST_DIRNAME/../helpers/evil-layout" --of hiding base.tar top.tar
  id=$(husk-pull -q oci:hiding:x)
  [[ $(husk-export "$id" | tar -tf - | tr '\n' ' ') == "bin/ bin/busybox bin/ls " ]]
  [[ $(husk-run --rm --network=none "$id" ls /bin | tr '\n' ' ') == "busybox ls " ]]
}
