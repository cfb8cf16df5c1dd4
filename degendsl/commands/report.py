"""`degendsl report`: tables and page from what is trained."""

import argparse

from ._answers import Answer, answer_each, json_option
from ._results import answer_of, listener
from ._specs import out_option, spec_and_store, spec_options

NAME = "report"
HELP = "Measure what is missing and write tables and page; train nothing."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "target", "the YAML file, a folder of them, or a results folder")
    out_option(parser)
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    return answer_each(options, options.target, lambda target: _reported(options, target))


def _reported(options: argparse.Namespace, target: str) -> Answer:
    from degendsl import api
    from degendsl.errors import StoreError

    spec, store = spec_and_store(options, target)
    if not (store.root / "spec.lock.json").exists():
        raise StoreError(f"there is nothing in {store.root} yet; `degendsl run` comes first")
    heard = listener()
    try:
        return answer_of(api.report(spec, store, listener=heard), strict=False)
    finally:
        heard.close()
