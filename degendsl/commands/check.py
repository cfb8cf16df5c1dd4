"""`degendsl check`: is this spec good, and if not, what is wrong with it and where."""

import argparse

from ._answers import Answer, answer_each, count, json_option
from ._specs import load, spec_options

NAME = "check"
HELP = "Validate a spec, or every spec of a folder; every problem with its place."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "spec", "the YAML file, or a folder of them")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    return answer_each(options, options.spec, lambda path: _checked(options, path))


def _checked(options: argparse.Namespace, path: str) -> Answer:
    from degendsl.spec import SpecError

    try:
        spec = load(options, path)
    except SpecError as error:
        if not options.json:
            raise
        content = {"valid": False, "problems": [one.to_json() for one in error.problems]}
        return Answer(text="", content=content, code=error.exit_code)
    networks = len(spec.points) * spec.networks.count
    return Answer(
        text=f"{path}: good; {count(len(spec.points), 'condition')}, {networks} networks",
        content={
            "valid": True,
            "problems": [],
            "warnings": [one.to_json() for one in spec.warnings],
            "conditions": len(spec.points),
            "networks": networks,
        },
    )
