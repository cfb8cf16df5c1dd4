"""Options that say which study is meant, and the study that they mean."""

import argparse
import sys
from pathlib import Path
from typing import Any

from degendsl.errors import UsageError


def spec_options(parser: argparse.ArgumentParser, name: str, text: str) -> None:
    """The positional argument `name` with `--variant`, `--set` and `--large`."""
    parser.add_argument(name, metavar=name.upper(), help=text)
    parser.add_argument("--variant", metavar="V", help="a name under `variants`")
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="change one value; may be repeated",
    )
    parser.add_argument("--large", action="store_true", help="allow very large studies")


def out_option(parser: argparse.ArgumentParser) -> None:
    """`--out`, the folder that holds results."""
    parser.add_argument("--out", default="results", metavar="DIR", help="results folder")


def load(options: argparse.Namespace, path: str) -> Any:
    """The spec at a path with the options of the command line; warnings on standard error."""
    from degendsl.spec import load_spec

    spec = load_spec(
        path, variant=options.variant, overrides=options.overrides, large=options.large
    )
    for warning in spec.warnings:
        print(warning.format(), file=sys.stderr)
    return spec


def measured_store(target: str) -> Any:
    """The store of a folder that `degendsl measure` wrote; None where it is something else."""
    from degendsl.errors import StoreError
    from degendsl.store import Store

    store = Store(Path(target))
    lock = store.lock
    if lock.get("kind") != "measured":
        return None
    # Said once all is measured.
    if not lock.get("methods"):
        raise StoreError(f"{target} was begun and has not ended; run `degendsl measure` again")
    return store


def spec_and_store(options: argparse.Namespace, target: str) -> tuple[Any, Any]:
    """Spec and store of a results folder, or of a spec with the same options as its run."""
    from degendsl.spec import load_spec
    from degendsl.store import open_store, store_for

    folder = Path(target)
    if not folder.is_dir():
        spec = load(options, target)
        return spec, store_for(spec.study.name, spec.folder_hash, options.out)
    if options.variant or options.overrides:
        raise UsageError("--variant and --set go with a spec; a results folder has its own")
    store = open_store(folder)
    lock = store.lock
    if lock.get("kind") == "measured":
        raise UsageError(
            f"{folder} holds networks measured from files, which no spec describes; "
            "`degendsl measure` measures them again"
        )
    spec = load_spec(
        folder / "spec.yaml", variant=lock["variant"], overrides=lock["overrides"], large=True
    )
    return spec, store
