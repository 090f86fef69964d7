#!/usr/bin/env bats
load helpers

box() { husk-run --rm --network=none "$@"; }

# busybox and the probe (tests/helpers/probe.cpp).
import_probe() {
  busybox_tar > base.tar
  cp "$(command -v probe)" "$BATS_TEST_TMPDIR/busybox/bin/probe"
  busybox_tar | husk-import probe >/dev/null
}

# What an image may look like: the busybox tree after a script has changed it.
import_changed() { # SCRIPT
  busybox_tar > base.tar
  (cd "$BATS_TEST_TMPDIR/busybox" && eval "$1")
  busybox_tar | husk-import changed >/dev/null
}

@test "isolation: capabilities, filter, groups" {
  import_probe
  run -0 box probe probe status
  [[ $output == *$'CapInh:\t0000000000000000\nCapPrm:\t00000000800405fb\nCapEff:\t00000000800405fb\nCapBnd:\t00000000800405fb\nCapAmb:\t0000000000000000'* ]]
  [[ $output == *$'Seccomp:\t2'* ]]
  if has_subordinate_ids; then
    [[ $output == *$'NoNewPrivs:\t0'* ]]
    run -0 box -u app probe probe status
    [[ $output == *$'Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nGroups:\t10 1000 '* ]]
    [[ $output == *$'CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000'* ]]
  fi
  run -0 box --userns=single probe probe status
  [[ $output == *$'NoNewPrivs:\t1'* ]]
}

@test "isolation: no descriptor of the caller's" {
  import_probe
  local fd
  for fd in {20..70}; do eval "exec $fd</"; done
  run -0 box probe probe fds
  for fd in {20..70}; do eval "exec $fd<&-"; done
  [[ $output == $'0\n1\n2' ]]
}

# What the probe finds is the same wherever a process is started. In the order of tests/data/isolation.
readonly facts="calls old-calls edges writes hidden devices powers"

@test "isolation: the same 300 facts for run, exec and RUN, whatever ids there are" {
  import_probe
  local golden id
  golden=$BATS_TEST_DIRNAME/../data/isolation/$(uname -m)
  # shellcheck disable=SC2086 # words
  {
    box probe probe $facts < /dev/null > run
    diff "$golden" run
    box --userns=single probe probe $facts < /dev/null | diff run -
    box --read-only --tmpfs /tmp probe probe $facts < /dev/null | diff run -
    id=$(husk-run -d --network=none probe sleep 100)
    husk-exec "$id" probe $facts < /dev/null | diff run -
    husk-rm -f "$id"
    husk-build --progress=plain --network=none - 2> log <<< $'FROM probe\nRUN probe '"$facts < /dev/null"
    sed -n '/^== calls/,/^out of chroot/p' log | diff run -
  }
  [[ $(grep -vc '^==' run) -ge 300 ]]
}

@test "isolation: of /proc and /sys nothing can be written in the host's network either" {
  import_probe
  husk-run --rm --network=host probe probe writes hidden > host
  box probe probe writes hidden | diff - host
  run ! grep -E 'allowed|visible' host
}

@test "isolation: an image with links for system directories is refused" {
  local name
  for name in proc dev sys; do
    mkdir canary-dir
    import_changed "rm -rf $name; ln -s $PWD/canary-dir $name"
    run -125 box changed true
    [[ $output == "husk-run: mount '/$name': "* ]]
    [[ -z $(ls canary-dir) ]]
    rm -rf "$BATS_TEST_TMPDIR/busybox" canary-dir
  done
}

@test "isolation: links of an image lead nowhere outside" {
  echo untouched > canary
  mkdir canary-dir
  import_changed "ln -sf $PWD/canary etc/hosts; ln -sf ../../../../../../..$PWD/canary etc/resolv.conf
    ln -sf /proc/self/cwd/../../canary etc/hostname; ln -s $PWD/canary-dir volume; mkdir host"
  mkdir host
  box -v ./host:/volume/x changed sh -c 'echo evil > /etc/hosts; echo evil > /etc/resolv.conf; touch /volume/x/y'
  [[ $(cat canary) == untouched && -z $(ls canary-dir) && -e host/y ]]
}

@test "isolation: what an image has for /dev/null is not used" {
  import_changed "mkdir -p dev; ln -s /proc/sys/kernel/core_pattern dev/null"
  run -0 box changed sh -c 'ls -l /dev/null; echo x > /dev/null'
  [[ $output == crw-rw-rw-*'1,   3'* ]]
}

@test "isolation: /etc/passwd that is no file, or too large, ends in an error at once" {
  local script
  for script in 'mkfifo etc/passwd' 'mkdir etc/passwd' 'truncate -s 1T etc/passwd' 'head -c 2000000 /dev/zero > etc/passwd'; do
    import_changed "rm etc/passwd; ${script/1T/2M}"
    run -125 timeout 10 husk-run --rm --network=none changed true
    [[ $output == *"the image's '/etc/passwd' is no regular file of sensible size"* ]]
    rm -rf "$BATS_TEST_TMPDIR/busybox"
  done
}

@test "isolation: a container can't change the program that started it" {
  import_changed "printf '#!/proc/self/exe\n' > bin/evil; chmod 755 bin/evil"
  local copy=$BATS_TEST_TMPDIR/programs sum
  mkdir "$copy"
  cp "$(command -v husk-run)" "$copy"
  sum=$(sha256sum < "$copy/husk-run")
  run ! "$copy/husk-run" --rm --network=none changed evil
  run -0 "$copy/husk-run" --rm --network=none changed true
  [[ $(sha256sum < "$copy/husk-run") == "$sum" ]]
}

@test "isolation: a descriptor as working directory does not lead out" {
  import_changed "ln -s /proc/self/fd/7 link; ln -s /proc/self/cwd/.. link2"
  exec 7< /
  run -125 box -w /proc/self/fd/7 changed true
  run -125 box -w /link changed true
  run -125 box -w /link2 changed true
  exec 7<&-
}
