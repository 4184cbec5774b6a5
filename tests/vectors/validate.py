#!/usr/bin/env python3
"""Holds documents against a JSON Schema (2020-12).

usage: validate.py SCHEMA FILE...      (FILE "-" is standard input)

Prints one line for each fault.  Exit status: 0 all hold, 1 some do not or are
no JSON, 2 usage or a wrong schema, 77 python3-jsonschema is missing (the test
harness counts that as skipped).
"""
import json
import sys

try:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
except ImportError:
    print("validate.py: python3-jsonschema is missing", file=sys.stderr)
    sys.exit(77)


def once(pairs):
    """An object whose keys are all different, as our readers demand."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def load(name):
    """The document in a file, or on standard input."""
    if name == "-":
        return json.load(sys.stdin, object_pairs_hook=once)
    with open(name, encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=once)


def faults(validator, name):
    """One line for each fault of a document."""
    try:
        document = load(name)
    except (OSError, ValueError) as error:
        return [f"{name}: {error}"]
    found = sorted(validator.iter_errors(document), key=lambda e: list(map(str, e.path)))
    return [f"{name}: /{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in found]


def main():
    """Checks the schema, then every document."""
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        schema = load(sys.argv[1])
        Draft202012Validator.check_schema(schema)
    except (OSError, ValueError, SchemaError) as error:
        print(f"{sys.argv[1]}: {error}", file=sys.stderr)
        return 2
    validator = Draft202012Validator(schema)
    lines = [line for name in sys.argv[2:] for line in faults(validator, name)]
    print("\n".join(lines) if lines else "all hold")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
