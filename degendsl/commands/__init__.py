"""The commands: one module each, with NAME, HELP, `arguments` and `run`, and a line below.

A module here is imported by every command, so it imports what is slow (JAX, polars, the schema)
inside the functions that need it.
"""

import argparse
from typing import Protocol

from . import check, diff, explain, init, measure, plan, report, run, schema, status
from ._answers import warn as warn


class Command(Protocol):
    """What a command module holds. `run` returns the exit code."""

    @property
    def NAME(self) -> str: ...

    @property
    def HELP(self) -> str: ...

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


COMMANDS: tuple[Command, ...] = (
    init,
    check,
    explain,
    plan,
    run,
    status,
    report,
    measure,
    diff,
    schema,
)
