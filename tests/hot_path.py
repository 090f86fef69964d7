#!/usr/bin/env python3
"""Reads what the programs on the hot path are linked with, and fails when that grows.

A static program needs nothing at run time. Where the programs are linked dynamically (a build with a sanitizer), curl,
libarchive and TLS must not be among what they need."""

import re
import subprocess
import sys

FORBIDDEN = re.compile(r"lib(curl|archive|ssl|crypto|isal|zstd|z)\.so")
failed = False
for program in sys.argv[1:]:
    dynamic = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    bad = [library for library in needed if FORBIDDEN.match(library)]
    if bad:
        failed = True
        print(f"{program} needs {', '.join(bad)}")
sys.exit(failed)
