#!/usr/bin/env bats
# husk-build, killed and failing at every system call.
load helpers
load faults

# From nothing, with a step of each kind.
make_small_context() {
  mkdir -p small_context
  cp "$(command -v busybox)" small_context/
  printf 'FROM scratch\nCOPY busybox /\nRUN ["/busybox", "touch", "/x"]\n' > small_context/Dockerfile
}
build_small() { husk-build -q --network=none -t small small_context > id && husk-images -q small | wc -l; }

@test "build, killed at every call" { make_small_context && sweep kill nothing build_small; }
@test "build, disk full at every call" { make_small_context && sweep ENOSPC nothing build_small; }
@test "build, disk failing at every call" { make_small_context && sweep EIO nothing build_small; }
