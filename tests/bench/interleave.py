#!/usr/bin/env python3
"""Runs commands in turn, so that all of them meet the same machine, and prints the median milliseconds of each.

interleave.py ROUNDS [--before COMMAND] COMMAND...   each COMMAND is one argument, for sh; --before runs before each
command of each round and is not measured.
"""

import os
import statistics
import subprocess
import sys
import time


def run(command):
    null = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
    actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - begin
    os.close(null)
    if status != 0:
        sys.exit(f"interleave: {' '.join(command)}: status {status}")
    return took * 1000


def main():
    rounds, commands = int(sys.argv[1]), sys.argv[2:]
    before = None
    if commands[0] == "--before":
        before, commands = commands[1], commands[2:]
    times = [[] for _ in commands]
    for number in range(rounds + 1):
        for command, taken in zip(commands, times):
            if before:
                subprocess.run(["sh", "-c", before], check=True)
            # Without a shell of its own where none is needed: that would be a millisecond of ours.
            plain = not set("|&;<>()$`\\\"'*?[#~%{") & set(command)
            took = run(command.split() if plain else ["sh", "-c", command])
            if number > 0:  # the first warms up
                taken.append(took)
    for taken in times:
        print(f"{statistics.median(taken):.2f}")


main()
