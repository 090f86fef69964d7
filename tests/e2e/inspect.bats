#!/usr/bin/env bats
# What there is to say about one container, image or volume.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }
field() { husk-inspect -f "{{$1}}" "${@:2}"; }

import_web() {
  busybox_tar | husk-import --change 'ENTRYPOINT ["sh", "-c"]' --change 'CMD ["exit 3"]' --change 'EXPOSE 80' \
    --change 'LABEL tier=front' --change 'ENV A=1' --change 'WORKDIR /tmp' --change 'STOPSIGNAL SIGUSR1' web > /dev/null
}

@test "inspect: a container through its life" {
  import_web
  id=$(husk-create --network=none --name c -v data:/data -v "$PWD:/here:ro" --tmpfs /t -l own=1 web)
  [[ $(field .Id c) == "$id" && $(field .Name c) == /c && $(field .Id "${id:0:12}") == "$id" ]]
  [[ $(field '.State.Status}} {{.State.Running}} {{.State.StartedAt' c) == "created false 0001-01-01T00:00:00Z" ]]
  [[ $(field '.Path}} {{.Args' c) == "sh [-c exit 3]" ]]
  [[ $(field '.Config.Entrypoint}} {{.Config.Cmd' c) == "[sh -c] [exit 3]" ]]
  [[ $(field 'index .Config.Labels "tier"}} {{.Config.Labels.own' c) == "front 1" ]]
  [[ $(field 'json .Config.Env' c) == '["A=1"]' && $(field .Config.WorkingDir c) == /tmp ]]
  [[ $(field '.Config.Image}} {{.Image' c) == "web $(husk-images -q --no-trunc web)" ]]
  [[ $(field '.Config.StopSignal' c) == SIGUSR1 ]]
  run -0 field 'range .Mounts}}{{.Type}} {{.Source}} {{.Destination}} {{.RW}}{{println}}{{end' c
  [[ $output == *"volume $HUSK_ROOT/volumes/data/tree /data true"* && $output == *"bind $PWD /here false"* ]]
  [[ $output == *"tmpfs  /t true"* ]]
  [[ $(field 'join .HostConfig.Binds " "' c) == *"data:/data"* && $(field .HostConfig.AutoRemove c) == false ]]
  run -3 husk-start -a c
  [[ $(field '.State.Status}} {{.State.ExitCode}} {{.State.Pid' c) == "exited 3 0" ]]
  [[ $(field .State.FinishedAt c) > $(field .State.StartedAt c) ]]
  box -d --name up --entrypoint sleep web 60
  [[ $(field '.State.Status}} {{.State.Running}} {{.Path}} {{.Config.Entrypoint' up) == "running true sleep [sleep]" ]]
  kill -0 "$(field .State.Pid up)"
  [[ $(field '.HostConfig.NetworkMode}}{{range $name, $n := .NetworkSettings.Networks}} {{$name}}{{end' up) == "none none" ]]
  pkill -9 -f "husk-monitor $HUSK_ROOT"
  wait_for_no_process "husk-monitor $HUSK_ROOT"
  for _ in {1..50}; do [[ $(field .State.Running up) == true ]] || break; sleep 0.05; done
  [[ $(field '.State.Status}} {{.State.ExitCode}} {{.State.Error' up) == "exited -1 nobody saw how it ended" ]]
}

@test "inspect: ports and profile" {
  import_web
  husk-create --name c -p 127.0.0.1:8080:80 -p 5353:53/udp --cap-drop CHOWN --cap-add NET_RAW --read-only \
    --security-opt no-new-privileges --add-host db:10.0.0.1 --dns 9.9.9.9 --shm-size 1m -u 0 web > /dev/null
  [[ $(field '(index (index .HostConfig.PortBindings "80/tcp") 0).HostPort' c) == 8080 ]]
  [[ $(field '(index (index .HostConfig.PortBindings "53/udp") 0).HostIp' c) == 0.0.0.0 ]]
  [[ $(field 'json .NetworkSettings.Ports' c) == '{}' ]] # it does not run
  [[ $(field '.HostConfig.CapAdd}} {{.HostConfig.CapDrop}} {{.HostConfig.Privileged' c) == "[CAP_NET_RAW] [CAP_CHOWN] false" ]]
  [[ $(field '.HostConfig.ReadonlyRootfs}} {{.HostConfig.SecurityOpt}} {{.HostConfig.ShmSize' c) == "true [no-new-privileges] 1048576" ]]
  [[ $(field '.HostConfig.ExtraHosts}} {{.HostConfig.Dns}} {{.Config.User' c) == "[db:10.0.0.1] [9.9.9.9] 0" ]]
  husk-create --network=none --limits=best-effort --memory 64m --cpus 1.5 --pids-limit 100 --name l web > /dev/null
  [[ $(field '.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit' l) == "67108864 1500000000 100" ]]
  [[ $(field '.HostConfig.Memory}} {{.HostConfig.PidsLimit' c) == "0 <no value>" ]]
  husk-create --network=none --privileged --name p web > /dev/null
  [[ $(field .HostConfig.Privileged p) == true ]]
}

@test "inspect: images and volumes" {
  import_web
  husk-volume create --label a=b data > /dev/null
  id=$(husk-images -q --no-trunc web)
  [[ $(field '.Id}} {{.RepoTags}} {{.Os' web) == "$id [web:latest] linux" ]]
  [[ $(field '.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.Labels.tier' "$id") == "[sh -c] [exit 3] front" ]]
  [[ $(field 'json .Config.ExposedPorts' web) == '{"80/tcp":{}}' && $(field 'len .RootFS.Layers' web) == 1 ]]
  [[ $(field 'index .RepoDigests 0' web) == web@sha256:* ]]
  [[ $(field '.Name}} {{.Labels.a}} {{.Mountpoint' data) == "data b $HUSK_ROOT/volumes/data/tree" ]]
  [[ $(husk-volume inspect -f '{{.Driver}}' data) == local ]]
  husk-volume inspect data | cmp - <(husk-inspect --type volume data)
  husk-create --network=none --name web web > /dev/null # a container is meant first
  [[ $(field .Name web) == /web && $(husk-inspect --type image -f '{{.Os}}' web) == linux ]]
  run -1 husk-inspect --type container data
  [[ $output == *"no such container: 'data'"* ]]
  run -2 husk-inspect --type nonsense web
  [[ $output == *"--type 'nonsense' is none of container, image and volume"* ]]
}

@test "inspect: several, of which one is not there; sizes; formats" {
  import_web
  husk-create --network=none --name a web > /dev/null
  box --name b --entrypoint sh web -c 'head -c 500 /dev/zero > /tmp/x'
  run --separate-stderr -1 husk-inspect a nobody b
  [[ $stderr == "husk-inspect: there is no container, image or volume 'nobody'" ]]
  [[ $(python3 -c 'import json, sys; print(*(each["Name"] for each in json.load(sys.stdin)))' <<< "$output") == "/a /b" ]]
  run --separate-stderr -1 husk-inspect nobody
  [[ $output == "[]" ]]
  [[ $(field .SizeRw -s b) == 500 && $(field .SizeRootFs -s b) -gt 500 ]]
  [[ $(husk-inspect -f json a b | wc -l) -eq 2 ]]
  run -1 husk-inspect -f '{{.Nope}}' a
  [[ $output == *"there is no field '.Nope'"* ]]
  run -2 husk-inspect -f '{{.Nope' a
  run -1 field .SizeRw a
  run -2 husk-inspect
  run -1 bash -c 'husk-inspect a > /dev/full'
}
