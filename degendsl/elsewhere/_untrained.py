"""Which network is which before training: by name in folders, else by order."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from degendsl.errors import InputError
from degendsl.measuring import Given
from degendsl.spec import printable

_NAMED = 5
# Networks with their labels.
_Found = list[tuple[str | None, Given]]


def with_untrained(path: Path, found: _Found, early_path: Path, early: Sequence[Given]) -> _Found:
    """The networks of a file or folder, each with what it was before training.

    Files of two folders are known by their names where any agree, and of more untrained ones some
    are taken. Where none do, as in one file, networks are in the same order, and as many.

    **Raises** `InputError` naming both places where this does not tell.
    """
    names = [network.name for _, network in found]
    by_name = {network.name: network for network in early}
    lacking = [name for name in names if name not in by_name]
    folders = path.is_dir() and early_path.is_dir()
    if folders and 0 < len(lacking) < len(names):
        shown = ", ".join(lacking[:_NAMED]) + (" …" if len(lacking) > _NAMED else "")
        raise InputError(
            f"{printable(str(early_path))} lacks {len(lacking)} networks of "
            f"{printable(str(path))}: {shown}; give each file of both the same name"
        )
    if folders and not lacking:
        early = [by_name[name] for name in names]
    if len(early) != len(found):
        raise InputError(
            f"{printable(str(early_path))} holds {len(early)} networks and {printable(str(path))} "
            f"{len(found)}; give the same networks before training, in the same order"
        )
    return [
        (label, replace(network, untrained=before))
        for (label, network), before in zip(found, early, strict=True)
    ]
