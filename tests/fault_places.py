#!/usr/bin/env python3
"""Checks that every place where a test can kill a program, sys::reached("NAME"), is in a test that does so."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
places = {
    name
    for path in (root / "libcore").rglob("*.cpp")
    for name in re.findall(r'sys::reached\("([a-z_.]+)"\)', path.read_text())
}
tests = "\n".join(path.read_text() for path in (root / "tests/e2e").glob("faults*.bats"))
missing = sorted(place for place in places if not re.search(rf"(^|\s){re.escape(place)}(\s|;|$)", tests))
for place in missing:
    print(f"no faults*.bats kills at {place}")
if not places:
    print("no places found")
sys.exit(bool(missing) or not places)
