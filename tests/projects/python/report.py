"""Prints the numbers of a JSON file as YAML, where there is a module for it, else as lines."""

import json
import sys


def main(path):
    with open(path, encoding="utf-8") as file:
        numbers = json.load(file)
    try:
        import yaml
    except ImportError:
        for name in sorted(numbers):
            print(f"{name} = {numbers[name]}")
    else:
        yaml.safe_dump(numbers, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
