#!/usr/bin/env python3
"""named_tests.py TESTS: the tables LANGUAGE.md and ATTACKS.md name no test that is not there."""

import glob
import re
import sys

tests = sys.argv[1]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


there = set()
for path in glob.glob(f"{tests}/unit/*/*_test.cpp"):
    there.update(f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_F)?\((\w+),\s*(\w+)\)", read(path), re.M))
for path in glob.glob(f"{tests}/e2e/*.bats"):
    there.update(f"{path.rsplit('/', 1)[1]}: {title}" for title in re.findall(r'^@test "(.*)" \{', read(path), re.M))
for path in glob.glob(f"{tests}/conformance/dockerfiles/*"):
    there.update(f"{path.rsplit('/', 1)[1]}/{name}" for name in re.findall(r"^-- (.*)", read(path), re.M))
missing = []
for table in ("LANGUAGE.md", "ATTACKS.md"):
    rows = [line.split("|")[1:3] for line in read(f"{tests}/conformance/{table}").splitlines() if line.startswith("| ")]
    for what, names in rows:
        if what.strip() in ("what", "---"):
            continue
        named = re.findall(r"`([^`]+)`", names)
        missing += [f"{table}: {what.strip()}: no test {name}" for name in named if name not in there]
        if not named:
            missing.append(f"{table}: {what.strip()}: no test is named")
    if not rows:
        missing.append(f"{table}: no rows")
print("".join(f"tests/conformance/{each}\n" for each in missing), end="")
sys.exit(bool(missing))
