"""The index of a folder of studies, once their pages are written."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._answers import specs_of


def index_of(options: argparse.Namespace, target: str, stores: Sequence[Any]) -> None:
    """Write `index.html` beside the results of a folder's specs, and say where it is."""
    if specs_of(target) is None or not stores:
        return
    from degendsl_reports import write_index

    path = write_index(stores, Path(options.out))
    # With --json the answer is on standard output already, whole.
    print(f"index: {path}", file=sys.stderr if options.json else sys.stdout)
