"""The command line. Environment variables are set here, before anything imports JAX."""

import argparse
import os
import sys
from collections.abc import Sequence

from degendsl.commands import COMMANDS, warn
from degendsl.errors import DegendslError
from degendsl.version import __version__

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    # Read when Equinox is imported: errors become NaN instead of host callbacks, without which
    # the compilation cache never hits.
    os.environ.setdefault("EQX_ON_ERROR", "nan")
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except DegendslError as error:
        if options.debug:
            raise
        warn(str(error))
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("interrupted; everything finished is kept", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="degendsl",
        description="Are these trained networks the same solution? One YAML file in, a page out.",
        epilog="Exit codes: 0 done, 1 incomplete, 2 usage, 3 invalid spec or file, "
        "4 results folder, 5 runner, 130 interrupted, 143 terminated.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        added = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        added.set_defaults(command=command.run)
        added.add_argument("--debug", action="store_true", help="show tracebacks")
        command.arguments(added)
    return parser
