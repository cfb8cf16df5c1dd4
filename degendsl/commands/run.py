"""`degendsl run`: train, measure, write the page."""

import argparse
import signal
import sys
from typing import Any

from ._answers import Answer, answer_each, json_option, specs_of
from ._index import index_of
from ._results import answer_of, listener
from ._specs import load, out_option, spec_options

NAME = "run"
HELP = "Train, measure, write the page; again, only what is missing. A folder runs all its specs."

INTERRUPTED = 130


class StoppedByUser(Exception):
    """A run was asked to stop, and everything finished is kept."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "spec", "the YAML file, or a folder of them")
    out_option(parser)
    parser.add_argument("--profile", metavar="P", help="a name under `profiles`")
    parser.add_argument("--mixed", action="store_true", help="accept another device or version")
    parser.add_argument("--strict", action="store_true", help="exit 1 unless all converge and hold")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    invalid = _invalid(options)
    if invalid:
        return invalid
    asked = _Signals()
    stores: list[Any] = []
    try:
        code = answer_each(options, options.spec, lambda path: _ran(options, path, asked, stores))
        index_of(options, options.spec, stores)
        return code
    except StoppedByUser as stopped:
        print("stopped; the next run goes on from the checkpoint", file=sys.stderr)
        return stopped.code


def _invalid(options: argparse.Namespace) -> int:
    """The exit code where some spec of a folder is wrong: better told now than after hours."""
    from degendsl.spec import SpecError

    code = 0
    for path in specs_of(options.spec) or ():
        try:
            load(options, str(path))
        except SpecError as error:
            print(error, file=sys.stderr)
            code = error.exit_code
    if code:
        print("nothing was run", file=sys.stderr)
    return code


def _ran(options: argparse.Namespace, path: str, asked: "_Signals", stores: list[Any]) -> Answer:
    from degendsl import api
    from degendsl.training import Stopped

    spec = load(options, path)
    heard = listener()
    try:
        result = api.run(
            spec,
            options.out,
            profile=options.profile,
            mixed=options.mixed,
            listener=heard,
            should_stop=lambda: asked.code is not None,
        )
    except Stopped:
        raise StoppedByUser(asked.code or INTERRUPTED) from None
    finally:
        heard.close()
    stores.append(result.store)
    return answer_of(result, strict=options.strict)


class _Signals:
    """Remembers the first request to stop; a second one stops at once."""

    def __init__(self) -> None:
        self.code: int | None = None
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, _: Any) -> None:
        if self.code is not None:
            raise KeyboardInterrupt
        self.code = 128 + number
        print("stopping after this epoch; once more to stop at once", file=sys.stderr, flush=True)
