"""Files and folders of networks: which files they hold, and what they are called."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from degendsl.errors import InputError

TENSORS = ".safetensors"


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Every file that networks are read from; in a folder seed 2 comes before seed 10."""
    return [
        file
        for path in paths
        for file in (sorted(path.glob(f"*{TENSORS}"), key=_counted) if path.is_dir() else [path])
    ]


def names_of(paths: Sequence[Path]) -> list[str]:
    """What groups without a label are called: their file or folder, or its path where two share it.

    Files of tensors hold a network each, and belong together by their folder.

    **Raises** `InputError` where a path is given twice.
    """
    places = [path.resolve() for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"{path} is given twice; its networks would be compared with copies")
    homes = [path.parent if path.suffix == TENSORS and path.is_file() else path for path in paths]
    short = [home.resolve().name if home.is_dir() else home.stem for home in homes]
    sharing = [
        {other.resolve() for other, its in zip(homes, short, strict=True) if its == name}
        for name in short
    ]
    return [
        name if len(those) == 1 else str(home)
        for home, name, those in zip(homes, short, sharing, strict=True)
    ]


def _counted(path: Path) -> list[Any]:
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name)]
