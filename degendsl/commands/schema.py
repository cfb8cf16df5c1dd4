"""`degendsl schema`: the JSON schema of the language."""

import argparse
import json

NAME = "schema"
HELP = "The JSON schema of the language."


def arguments(parser: argparse.ArgumentParser) -> None:
    # Its answer is JSON anyway; accepted so that no program need know that.
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    from degendsl.spec import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
