#!/usr/bin/env bats
# 200 containers that come and go, 50 of them at once: nothing of them is left, and who watches over them stays small. Keys
# are looked at in attacks.bats.
load helpers

teardown() {
  end_containers
  clean_up
}

# What could be left outside the store. Other suites of the same user run beside this one, so each looks for its own only.
monitors() { pgrep -u "$(id -u)" -f -- "husk-monitor $HUSK_ROOT"; }
locks_of_store() {
  local inode
  for inode in $(awk '{ split($6, place, ":"); print place[3] }' /proc/locks | sort -u); do
    find "$HUSK_ROOT" -xdev -inum "$inode" 2>/dev/null
  done
}

# In KiB, without the copy of its program that one has which could change that (runtime/own_binary.hpp).
private_memory() { # PID
  awk '/^[0-9a-f]+-/ { copy = /memfd:/ } /^Private_(Clean|Dirty):/ && !copy { sum += $2 } END { print sum + 0 }' "/proc/$1/smaps"
}

start_some() { # FIRST LAST
  seq "$1" "$2" | xargs -P 4 -I N husk-run -d --network=none --name box-N busybox sleep 98765432 > /dev/null
}

@test "200 containers, 50 at once, leave nothing; a monitor has at most 1 MiB beside its program" {
  import_busybox
  local round pid largest=0 private
  for round in 0 1 2 3; do
    start_some $((round * 50)) $((round * 50 + 49))
    [[ $(husk-ps -q | wc -l) -eq 50 && $(monitors | wc -l) -eq 50 && -n $(locks_of_store) ]]
    if [[ $round -eq 0 ]]; then
      for pid in $(monitors); do
        private=$(private_memory "$pid")
        ((private <= largest)) || largest=$private
      done
      echo "a monitor has up to $largest KiB beside its program" >&2
      ((largest > 0 && largest <= 1024))
    fi
    husk-ps -q | xargs -P 4 -n 5 husk-stop -t 0 > /dev/null
    [[ -z $(husk-ps -q) ]]
    husk-ps -aq | xargs -P 4 -n 5 husk-rm > /dev/null
    [[ -z $(husk-ps -aq) ]]
  done
  wait_for_no_process "husk-monitor $HUSK_ROOT"
  wait_for_no_process 'sleep 98765432'
  [[ -z $(ls -A "$HUSK_ROOT/containers") ]]
  [[ -z $(find "$HUSK_ROOT"/{tmp,leases,trash,quarantine} -mindepth 1 2>/dev/null) ]]
  [[ -z $(locks_of_store) ]]
}
