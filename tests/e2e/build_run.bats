# shellcheck shell=bash
# husk-build: what a RUN sees and may do, and the instructions beside it. No test needs a network.
load helpers
load build

@test "RUN: stdin, umask, PATH, HOME, host name, files of the runtime that are not stored" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN [ "$(readlink /proc/self/fd/0)" = /dev/null ] && [ "$(umask)" = 0022 ] && hostname > /got && echo $PATH >> /got
RUN echo $HOME >> /got && echo "10.0.0.1 x" >> /etc/hosts; cat /etc/resolv.conf > /dev/null
USER 7
RUN [ "$HOME" = / ] && [ "$(id -u):$(id -g)" = 7:0 ]
EOF
  has_subordinate_ids || sed -i '/^USER/,$d' context/Dockerfile
  umask 077
  must_build < /etc/passwd
  [ -z "$(find "$HUSK_ROOT/layers" -path '*/tree/etc/hosts' -o -path '*/tree/etc/resolv.conf')" ]
  look 'tr "\n" " " < /got'
  says "buildkitsandbox /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root"
  must_build --build-arg BUILDKIT_SANDBOX_HOSTNAME=box
  look 'head -n 1 /got'
  says box
}

@test "RUN: heredocs for the shell, as a script, as standard input, several" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
ARG WHO=world
RUN <<-END
	echo "hello $WHO" > /got
	cd /tmp && pwd >> /got
END
RUN <<END
#!/bin/awk -f
BEGIN { print "awk" >> "/got" }
END
RUN cat <<A - <<B >> /got
first
A
second
B
RUN <<'QUOTED' cat >> /got
literal
QUOTED
SHELL ["/bin/busybox", "sh", "-ec"]
RUN <<END
false
echo not reached >> /got
END
EOF
  build
  [ "$status" -eq 1 ]
  says "exit code 1"
  sed -i '/^SHELL/,$d' context/Dockerfile
  must_build
  look 'tr "\n" "," < /got'
  says "hello world,/tmp,awk,second,literal,"
}

@test "RUN: --network, --security, --add-host, --shm-size and --ulimit" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN --network=none --security=sandbox ls /sys/class/net | tr '\n' ' ' > /got; ulimit -n >> /got
RUN grep db.example /etc/hosts >> /got; df -k /dev/shm | tail -n 1 | awk '{ print $2 }' >> /got
EOF
  must_build --add-host db.example:10.1.2.3 --shm-size 1m --ulimit nofile=123:456
  look 'tr "\n\t" ", " < /got'
  says "lo 123,10.1.2.3 db.example,1024,"
  must_build --add-host db.example:10.9.9.9 --shm-size 1m --ulimit nofile=123:456
  [ "$(grep -c CACHED <<< "$stderr")" -eq 2 ] # an address is in no key
  dockerfile <<< $'FROM busybox\nRUN --network=host ls /sys/class/net'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:15: RUN --network=host has to be allowed"
  must_build --allow network.host
  dockerfile <<< $'FROM busybox\nRUN --security=insecure true'
  build
  [ "$status" -eq 1 ]
  says "--security=insecure is never granted"
  local option
  for option in --add-host=x --add-host=x:host-gateway --shm-size=none --ulimit=files=1 --ulimit=nofile=2:1 --allow=security.insecure; do
    build "$option"
    [ "$status" -eq 2 ]
  done
  dockerfile <<< $'FROM busybox\nRUN true'
  build --ulimit nofile=-1
  [ "$status" -eq 1 ]
  says "set the limit 'nofile': Operation not permitted"
}

@test "RUN: --device, once it is allowed" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN --device=/dev/fuse [ -c /dev/fuse ] && : < /dev/fuse\nRUN --device=/dev/no-such true\nRUN [ ! -e /dev/fuse ]'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:14: the device '/dev/fuse' has to be allowed"
  says "hint: husk-build --allow device=/dev/fuse"
  must_build --allow device=/dev/fuse --allow device=/dev/no-such
  sed -i 's/no-such/no-such,required/' context/Dockerfile
  build --no-cache --allow device
  [ "$status" -eq 1 ]
  says "the device '/dev/no-such' is not there"
  dockerfile <<< $'FROM busybox\nRUN --device=gpu true'
  build --allow device
  [ "$status" -eq 1 ]
  says "Dockerfile:2:14: 'gpu' is not the name of a device"
}

@test "RUN: --device of the Container Device Interface" {
  import_busybox
  export XDG_CONFIG_HOME=$PWD/config
  mkdir -p config/cdi lib
  echo library > lib/file
  cat > config/cdi/vendor.yaml << EOD
# As nvidia-ctk writes it.
cdiVersion: "0.6.0"
kind: vendor.com/gpu
containerEdits:
  env: [ALL=devices]
devices:
- name: "0"
  containerEdits:
    deviceNodes:
    - path: /dev/vendor0
      hostPath: /dev/fuse
    mounts:
    - hostPath: $PWD/lib
      containerPath: /usr/lib/vendor
      options: [ro, nosuid, nodev, bind]
    env:
    - FOO=injected
EOD
  printf '{"cdiVersion": "1.0.0", "kind": "other.com/x", "devices": [{"name": "y", "containerEdits": {"hooks": [{"hookName": "createContainer", "path": "/bin/true"}]}}]}' > config/cdi/other.json
  dockerfile <<< $'FROM busybox\nENV FOO=image\nRUN --device=vendor.com/gpu=0,required --device=vendor.com/gpu=9 [ -c /dev/vendor0 ] && : < /dev/vendor0 && cat /usr/lib/vendor/file && echo "$FOO $ALL" && ! touch /usr/lib/vendor/x\nRUN echo "then $FOO"; ls -d /dev/vendor0 /usr/lib/vendor || true'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:3:14: the device 'vendor.com/gpu=0' has to be allowed"
  says "hint: husk-build --allow device=vendor.com/gpu=0"
  must_build --allow device=vendor.com/gpu=0 --allow device=vendor.com/gpu=9
  says library
  says "injected devices"
  says "then image"
  says "ls: /usr/lib/vendor: No such file or directory"
  says "ls: /dev/vendor0: No such file or directory"
  sed -i 's/gpu=9/gpu=9,required/' context/Dockerfile
  build --no-cache --allow device
  [ "$status" -eq 1 ]
  says "no device 'vendor.com/gpu=9'"
  says "hint: what the device is says a file NAME.json or NAME.yaml in /etc/cdi, /var/run/cdi, $PWD/config/cdi"
  dockerfile <<< $'FROM busybox\nRUN --device=other.com/x=y true'
  build --allow device
  [ "$status" -eq 1 ]
  says "the device 'other.com/x=y' needs hooks, which husk does not do: '$PWD/config/cdi/other.json'"
  says "hint: nvidia-ctk cdi generate --disable-hook=all"
  build --allow device=vendor
  [ "$status" -eq 2 ]
}

@test "WORKDIR is made for USER, VOLUME keeps what a later RUN writes" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
VOLUME /data
RUN mkdir -p /data && echo kept > /data/file
USER app
WORKDIR /made/by/user
WORKDIR sub
EOF
  must_build
  look 'cat /data/file; stat -c "%a %u:%g" /made /made/by/user/sub'
  says kept
  if has_subordinate_ids; then
    [ "$(grep -c '755 1000:1000' <<< "$stderr")" -eq 2 ]
  else # what the file can't show, the layer's tar does
    husk-export "$id" > image.tar
    tar --numeric-owner -tvf image.tar made/by/user/sub/ | grep -q 1000/1000
  fi
  run config
  [[ $output == *'"WorkingDir":"/made/by/user/sub"'* ]]
}

@test "STOPSIGNAL and HEALTHCHECK: what can't be is an error" {
  import_busybox
  dockerfile <<< $'FROM busybox\nSTOPSIGNAL SIGNONSENSE'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:12: Invalid signal: SIGNONSENSE"
  dockerfile <<< $'FROM busybox\nSTOPSIGNAL rtmin+3\nHEALTHCHECK NONE\nEXPOSE 8000-8002/udp'
  must_build
  run config
  [[ $output == *'"StopSignal":"rtmin+3"'* && $output == *'"Healthcheck":{"Test":["NONE"]}'* && $output == *'"8001/udp":{}'* ]]
}
