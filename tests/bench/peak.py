#!/usr/bin/env python3
"""Runs a command and prints the largest resident size, in MB, that one of its processes had: peak.py COMMAND..."""

import resource
import subprocess
import sys

subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000:.0f}")
