#!/usr/bin/env bats
load helpers

need_pasta() { command -v pasta >/dev/null && [[ -w /dev/net/tun ]] || skip_or_fail "no pasta, or /dev/net/tun is closed"; }

@test "network: none has a loopback interface and no way out" {
  import_busybox
  run -0 husk-run --rm --network=none busybox sh -c 'ip -o addr | grep -c "inet "; cat /sys/class/net/*/operstate'
  [[ ${lines[0]} == 1 ]]
  run -0 husk-run --rm --network=none busybox ping -c 1 -W 1 127.0.0.1 || true
}

@test "network: host sees the host's services" {
  import_busybox
  local port
  port=$(free_port)
  start_server "$port"
  run -0 husk-run --rm --network=host busybox wget -qO- "http://127.0.0.1:$port/file"
  [[ $output == served ]]
  stop_server
}

@test "network: private does not reach the host's loopback" {
  need_pasta
  import_busybox
  local port
  port=$(free_port)
  start_server "$port"
  run ! husk-run --rm busybox wget -T 2 -qO- "http://127.0.0.1:$port/file"
  [[ $output != *served* ]]
  local gateway
  gateway=$(husk-run --rm busybox ip route | sed -n 's/^default via \([^ ]*\).*/\1/p')
  run ! husk-run --rm busybox wget -T 2 -qO- "http://$gateway:$port/file"
  [[ $output != *served* ]]
  stop_server
}

@test "network: a published port answers, and is closed afterwards" {
  need_pasta
  import_busybox
  local port
  port=$(free_port)
  husk-run --rm -p "127.0.0.1:$port:80" busybox sh -c \
    'mkdir /www; echo from the container > /www/file; exec httpd -f -p 80 -h /www' 3>&- &
  local pid=$!
  wait_for_http "http://127.0.0.1:$port/file"
  run -0 curl -s "http://127.0.0.1:$port/file"
  [[ $output == 'from the container' ]]
  run -0 husk-ps --format '{{.Ports}}'
  [[ $output == "127.0.0.1:$port->80/tcp" ]]
  kill -INT $pid
  exit_code_of $pid
  [[ $code -eq 130 ]]
  run ! curl -s "http://127.0.0.1:$port/file"
  wait_for_no_process "$port:80"
}

@test "network: a port that is taken is an error" {
  need_pasta
  import_busybox
  local port
  port=$(free_port)
  start_server "$port"
  run -125 husk-run --rm -p "127.0.0.1:$port:80" busybox true
  [[ $output == *"set up the network"* ]]
  stop_server
  run -0 husk-ps -aq
  [[ -z $output ]]
}

@test "network: its helper ends when husk-run is killed" {
  need_pasta
  import_busybox
  local port
  port=$(free_port)
  husk-run --rm --name victim -p "127.0.0.1:$port:80" busybox sh -c 'echo ready; sleep 4712' > out 3>&- &
  wait_for_line out ready
  kill -9 $!
  wait $! || true
  wait_for_no_process "$port:80"
  wait_for_no_process 'sleep 4712'
  husk-rm victim
}

@test "network: ports need a private network and a sensible form" {
  import_busybox
  local bad
  for bad in x x:80 0:80 65536:80 80:80/sctp a:80:80 80-90:80-91 80:80-81 90-80:80 published=80,target=80,x=1; do
    run -125 husk-run --rm -p "$bad" busybox true
    [[ $output == *"published port"* ]]
  done
  run -125 husk-run --rm --network=host -p 8080:80 busybox true
  [[ $output == *"ports can't be published with --network=host"* ]]
}
