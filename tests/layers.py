#!/usr/bin/env python3
"""Checks that a module of libcore includes only itself and modules below it."""

import pathlib
import re
import sys

FORMATS = {"oci", "dockerfile", "archive", "userns"}
MAY_INCLUDE = {
    "base": set(),
    "oci": {"base"},
    "dockerfile": {"base"},
    "archive": {"base"},
    "userns": {"base"},
    "store": {"base", "oci", "archive", "userns"},
    "registry": {"base", "oci"},
    "runtime": {"base", "oci", "userns"},
    "transfer": {"base", "store", "registry", *FORMATS},
    "container": {"base", "store", "runtime", *FORMATS},
    "build": {"base", "store", "runtime", "registry", "transfer", *FORMATS},
    "cli": {"base", "container"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"libcore/(\w+)/', re.MULTILINE)

root = pathlib.Path(sys.argv[1]) / "libcore"
bad = [f"{path}: no such module" for path in root.iterdir() if path.is_dir() and path.name not in MAY_INCLUDE]
for module, below in MAY_INCLUDE.items():
    for path in sorted((root / module).rglob("*.[ch]pp")):
        for other in INCLUDE.findall(path.read_text()):
            if other != module and other not in below:
                bad.append(f"{path}: {module} must not include {other}")
print("\n".join(bad))
sys.exit(bool(bad))
