#!/usr/bin/env bats
# shellcheck disable=SC2016  # scripts are for the shell in the container
# Named and unnamed volumes, and all that --mount, -v and --tmpfs show in a container.
load helpers

box() { husk-run --rm --network=none "$@"; }
volumes() { husk-volume ls -q; }

# An image with files and a VOLUME: a directory of somebody else, a link, and one with a mode of its own.
import_data() {
  busybox_tar > data.tar
  mkdir -p extra/data/sub
  echo hello > extra/data/file
  echo app > extra/data/sub/app
  ln -s file extra/data/link
  chmod 750 extra/data/sub
  chmod 4755 extra/data/file
  tar --append -f data.tar -C extra --owner=1000 --group=10 --numeric-owner --mtime=@1600000000 data
  husk-import "$@" data.tar data > /dev/null
}

@test "volume: made by name, kept, listed, inspected, removed" {
  import_busybox
  box -v store:/s busybox sh -c 'echo kept > /s/file'
  run -0 box -v store:/s:ro busybox sh -c 'cat /s/file; touch /s/x 2>/dev/null || echo read-only'
  [[ $output == $'kept\nread-only' ]]
  run -0 husk-volume ls
  [[ ${lines[0]} == 'DRIVER   VOLUME NAME' && ${lines[1]} == 'local    store' ]]
  [[ $(husk-volume create --label a=b --label c other) == other ]]
  [[ $(husk-volume create other) == other ]]
  run -0 husk-volume inspect other store
  [[ $(jq -c '.[0] | [.Name, .Driver, .Scope, .Labels]' <<< "$output") == '["other","local","local",{"a":"b","c":""}]' ]]
  [[ $(< "$(jq -r '.[1].Mountpoint' <<< "$output")/file") == kept ]]
  [[ $(husk-volume ls -q -f label=a=b) == other && $(husk-volume ls -q -f name=sto) == store ]]
  [[ -z $(husk-volume ls -q -f label=a=x) && -z $(husk-volume ls -q -f driver=nfs) ]]
  run -2 husk-volume ls -f nothing=1
  run -0 husk-volume rm other store
  [[ $output == $'other\nstore' && -z $(volumes) ]]
  run -1 husk-volume rm other
  [[ $output == *"no such volume: 'other'"* ]]
  husk-volume rm -f other
  run -1 husk-volume inspect other
  [[ $output == *"no such volume: 'other'"*'[]' ]]
  local bad
  for bad in x ../x a/b '' .hidden 'a b'; do
    run -1 husk-volume create "$bad"
    run -1 husk-volume rm "$bad"
  done
  run -1 husk-volume create -d nfs two
  [[ $output == *"volume driver 'nfs': there is only local"* ]]
}

@test "volume: one that a container has stays, also when that has ended" {
  import_busybox
  husk-create --name box -v store:/s busybox true > /dev/null
  run -1 husk-volume rm store
  [[ $output == *"volume 'store' is in use by container 'box'"* ]]
  husk-start -a box
  run -1 husk-volume rm store
  [[ -z $(husk-volume ls -q -f dangling=true) && $(husk-volume ls -q -f dangling=false) == store ]]
  run -0 husk-volume prune -af
  [[ $(volumes) == store ]]
  husk-rm box
  run -1 husk-volume prune -a < /dev/null
  [[ $(volumes) == store ]]
  run -0 husk-volume prune -f
  [[ $(volumes) == store ]]
  run -0 husk-volume prune -af
  [[ $output == store && -z $(volumes) ]]
}

@test "volume: an empty one gets the files of the image" {
  import_data
  run -0 box -v store:/data data sh -c 'cat /data/link; cat /data/sub/app; stat -c %a%Y /data/file /data/sub'
  [[ $output == $'hello\napp\n47551600000000\n7501600000000' ]]
  # Once: what is in it stays.
  box -v store:/data data sh -c 'rm /data/link; echo mine > /data/file'
  run -0 box -v store:/data data sh -c 'cat /data/file; test -e /data/link || echo gone'
  [[ $output == $'mine\ngone' ]]
  # Made by hand, it counts as empty; nocopy leaves it so.
  husk-volume create other
  run -0 box -v other:/data:nocopy data ls -A /data
  [[ -z $output ]]
  run -0 box --mount type=volume,src=other,dst=/data,volume-nocopy data ls -A /data
  [[ -z $output ]]
  run -0 box --mount type=volume,src=other,dst=/data,volume-label=a=b data cat /data/file
  [[ $output == hello ]]
  run -0 box -v third:/nowhere data ls -A /nowhere
  [[ -z $output ]]
}

# bats test_tags=subids
@test "volume: the files of the image keep their owners" {
  import_data
  run -0 box -v store:/data data stat -c %u:%g /data /data/file /data/link /data/sub/app
  [[ $output == $'1000:10\n1000:10\n1000:10\n1000:10' ]]
  box -u 1000:10 -v store:/data data sh -c 'echo more > /data/more'
  run -0 box --userns=single -v single:/data data stat -c %u:%g /data/file
  [[ $output == 0:0 ]]
  husk-volume rm store single
}

@test "volume: those of the image, and those without a name" {
  import_data --change 'VOLUME ["/data","/other"]'
  box data sh -c 'test "$(cat /data/file)" = hello && echo x > /data/x'
  [[ -z $(volumes) ]]
  husk-run --name box --network=none data sh -c 'echo x > /data/x'
  [[ $(volumes | wc -l) -eq 2 && $(husk-volume ls -q -f label=com.docker.volume.anonymous | wc -l) -eq 2 ]]
  [[ $(husk-volume ls -q | head -n 1) =~ ^[0-9a-f]{64}$ ]]
  husk-rm box
  [[ $(volumes | wc -l) -eq 2 ]]
  run -0 husk-volume prune -f
  [[ -z $(volumes) ]]
  husk-run --name box --network=none -v /third data true
  [[ $(volumes | wc -l) -eq 3 ]]
  husk-rm -v box
  [[ -z $(volumes) ]]
  # A container that can't be made leaves none.
  husk-create --name box data true > /dev/null
  run -125 husk-create --name box data true
  run -125 husk-create --cidfile /dev/full data true
  run -125 husk-create --mount type=image,src=none,dst=/i --pull=never data true
  [[ $(volumes | wc -l) -eq 2 ]]
  husk-rm -v box
  [[ -z $(volumes) ]]
  # What is mounted there by name, or in memory, takes the place of one.
  box -v store:/data --tmpfs /other data true
  [[ $(volumes) == store ]]
  # A name of an unnamed one can be used, too; then it stays as long as somebody has it.
  husk-run --name box --network=none data true
  husk-create --name more -v "$(husk-volume ls -q -f label=com.docker.volume.anonymous | head -n 1):/x" data true > /dev/null
  run -0 husk-rm -v box
  [[ $output == *"stays: volume"*"in use by container 'more'"* ]]
  husk-rm -v more
}

@test "volume: a part of one, whose links lead nowhere else" {
  import_busybox
  box -v store:/s busybox sh -c 'mkdir -p /s/a/b; echo in > /s/a/b/file; ln -s /a/b /s/inside; ln -s /etc /s/outside'
  run -0 box --mount type=volume,src=store,dst=/p,volume-subpath=a/b busybox cat /p/file
  [[ $output == in ]]
  run -0 box --mount type=volume,src=store,dst=/p,volume-subpath=inside busybox cat /p/file
  [[ $output == in ]]
  run -125 box --mount type=volume,src=store,dst=/p,volume-subpath=outside busybox true
  [[ $output == *"No such file or directory"* ]]
  run -0 box --mount type=volume,src=store,dst=/p,volume-subpath=../../../ busybox ls /p
  [[ $output == $'a\ninside\noutside' ]]
  run -125 box --mount type=volume,src=store,dst=/p,volume-driver=nfs busybox true
  [[ $output == *"volume driver 'nfs': there is only local"* ]]
}

@test "mount: bind, with and without its source, relative, recursive" {
  import_busybox
  mkdir -p host/sub
  echo hello > host/file
  run -0 box --mount type=bind,src=./host,dst=/data,ro busybox sh -c 'cat /data/file; touch /data/x 2>/dev/null || echo no'
  [[ $output == $'hello\nno' ]]
  run -125 box --mount "type=bind,src=$PWD/none,dst=/data" busybox true
  [[ $output == *"No such file or directory"* && ! -e none ]]
  box --mount "type=bind,src=$PWD/none,dst=/data,bind-create-src" busybox true
  [[ -d none ]]
  run -125 box --mount type=bind,src=.,dst=/data,bogus=1 busybox true
  [[ $output == *"unknown option 'bogus' in 'bogus=1'"* ]]
  run -125 box -v ./host:/data --tmpfs /data/ busybox true
  [[ $output == *"two mounts on '/data'"* ]]
  run -0 box --mount type=bind,src=./host,dst=/data,bind-recursive=disabled busybox cat /data/file
  [[ $output == hello ]]
}

# What is mounted below a volume: here in a mount namespace of the test's own, in which nobody has subordinate ids.
@test "mount: read-only is so for all that is mounted below, unless asked otherwise" {
  import_busybox
  box --userns=single busybox true
  mkdir -p host/sub
  cat > script <<'EOF'
set -e
mount -t tmpfs none host/sub
try() { husk-run --rm --network=none --userns=single "$@" busybox sh -c 'touch /d/x 2>/dev/null && echo top; touch /d/sub/x 2>/dev/null && echo below; echo end'; }
echo "$(try -v ./host:/d:ro)|$(try --mount type=bind,src=./host,dst=/d,ro,bind-recursive=readonly)"
echo "$(try --mount type=bind,src=./host,dst=/d,ro,bind-recursive=writable)"
try --mount type=bind,src=./host,dst=/d,bind-recursive=disabled 2>&1 || true
EOF
  run -0 unshare -Urm sh script
  [[ ${lines[0]} == 'end|end' && ${lines[1]} == below && ${lines[2]} == end ]]
  [[ $output == *"leave out what is mounted below '$PWD/host', which the kernel forbids in a user namespace"* ]]
}

@test "mount: what the host mounts later comes with rslave only" {
  import_busybox
  box --userns=single busybox true
  mkdir -p host/sub
  cat > script <<'EOF'
set -e
mount --make-rshared /
mount -t tmpfs none host && mkdir host/sub
for how in rslave rprivate; do
  rm -f go out
  husk-run --rm --network=none --userns=single -v ./host:/d:$how -v .:/w busybox \
    sh -c 'echo ready; n=0; while [ ! -e /w/go ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done; cat /d/sub/late 2>/dev/null || echo nothing' > out &
  n=0; while ! grep -q ready out 2>/dev/null && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
  mount -t tmpfs none host/sub && echo late > host/sub/late
  touch go; wait $!; umount host/sub
  tail -n 1 out
done
mount --make-private host
husk-run --rm --network=none --userns=single -v ./host:/d:rslave busybox true 2>&1 || true
EOF
  run -0 unshare -Urm sh script
  [[ ${lines[0]} == late && ${lines[1]} == nothing && $output == *"can't follow what is mounted on the host"* ]]
  run -125 box -v ./host:/d:rshared busybox true
  [[ $output == *"can't reach the host"*"hint: "*rslave* ]]
}

@test "mount: tmpfs, with size, mode and owner; nothing in it is executed unless asked for" {
  import_busybox
  run -0 box --tmpfs /t busybox sh -c 'stat -c %a /t; cp /bin/busybox /t/x; /t/x true 2>/dev/null || echo no'
  [[ $output == $'1777\nno' ]]
  run -0 box --tmpfs /t:size=64k,mode=700,exec busybox \
    sh -c 'stat -c %a /t; head -c 100000 /dev/zero > /t/x 2>/dev/null || echo full; grep " /t " /proc/self/mountinfo'
  [[ ${lines[0]} == 700 && ${lines[1]} == full && $output == *nosuid,nodev* && $output != *noexec* ]]
  run -0 box --mount type=tmpfs,dst=/t,tmpfs-size=64k,tmpfs-mode=1770 busybox stat -c %a /t
  [[ $output == 1770 ]]
  if has_subordinate_ids; then
    run -0 box --tmpfs /t:uid=1000,gid=10 busybox stat -c %u:%g /t
    [[ $output == 1000:10 ]]
  fi
  run -0 box --read-only --tmpfs /tmp busybox sh -c 'touch /x 2>/dev/null || echo no; touch /tmp/x && echo yes'
  [[ $output == $'no\nyes' ]]
  run -125 box --tmpfs /t:suid busybox true
  [[ $output == *"option suid: every tmpfs is nosuid"* ]]
}

@test "mount: an image, read-only, and a part of one; it stays as long as a container has it" {
  import_busybox
  import_data
  run -0 box --mount type=image,src=data,dst=/i busybox sh -c 'cat /i/data/file; touch /i/x 2>/dev/null || echo no'
  [[ $output == $'hello\nno' ]]
  run -0 box --mount type=image,src=data,dst=/i,image-subpath=data busybox cat /i/link
  [[ $output == hello ]]
  run -125 box --mount type=image,src=data,dst=/i,image-subpath=none busybox true
  run -125 box --pull=never --mount type=image,src=nothing,dst=/i busybox true
  [[ $output == *"no such image"* ]]
  husk-create --name box --network=none --mount type=image,src=data,dst=/i busybox cat /i/data/file > /dev/null
  husk-rmi data
  [[ $(husk-start -a box) == hello ]]
}

@test "volume: many containers at once make one, and fill it once" {
  import_data
  local i
  for i in {1..8}; do box -v store:/data data cat /data/file > "out$i" 2> "err$i" 3>&- & done
  wait
  cat err*
  for i in {1..8}; do [[ $(< "out$i") == hello ]]; done
  [[ $(volumes) == store ]]
}

@test "volume: fsck knows what is damaged and what is missing" {
  import_busybox
  husk-create --name box -v store:/s busybox true > /dev/null
  rm "$HUSK_ROOT/volumes/store/volume.json"
  run -1 husk-fsck
  [[ $output == *damaged-volume*volumes/store*"no description"* ]]
  rm -r "$HUSK_ROOT/volumes/store"
  run -1 husk-fsck
  [[ $output == *missing-volume*volumes/store*"container box needs it"* ]]
  run -125 husk-start -a box
  [[ $output == *"no such volume: 'store'"* ]]
  husk-rm box
}
