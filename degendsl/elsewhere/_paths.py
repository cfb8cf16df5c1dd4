"""Files and folders of networks: which files they hold, and what they are called."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from degendsl.errors import InputError
from degendsl.spec import printable

TENSORS = ".safetensors"
# Characters of a name that are shown; a chart, a line of a terminal hold no more.
_LONGEST = 80


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Every file that networks are read from; in a folder seed 2 comes before seed 10."""
    return [
        file
        for path in paths
        for file in (sorted(path.glob(f"*{TENSORS}"), key=_counted) if path.is_dir() else [path])
    ]


def others_of(folder: Path) -> list[str]:
    """What a folder holds besides files of networks; hidden files are nobody's."""
    names = sorted(one.name for one in folder.iterdir() if one.suffix != TENSORS)
    return [name for name in names if not name.startswith(".")]


def one_line(text: str) -> str:
    """A label or a name as page and terminal show it: one line, nothing that steers either.

    A long one keeps both its ends, and six digits in brackets tell it from others with the same.
    """
    words = printable(" ".join(text.split()))
    if len(words) <= _LONGEST:
        return words
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
    begin, end = words[: _LONGEST - 34].rstrip(), words[-24:].lstrip()
    return f"{begin}…{end} [{digest}]"


def names_of(paths: Sequence[Path]) -> list[str]:
    """What groups without a label are called: their file or folder.

    Where two share a name, it is as much of the path's end as tells them apart.

    Files of tensors hold a network each, and belong together by their folder.

    **Raises** `InputError` where a path is given twice, or a file and the folder that it is in.
    """
    given = [*paths, *files_of([path for path in paths if path.is_dir()])]
    times = Counter(path.resolve() for path in given)
    for path in given:
        if times[path.resolve()] > 1:
            raise InputError(f"{path} is given twice; its networks would be compared with copies")
    homes = [path.parent if path.suffix == TENSORS and path.is_file() else path for path in paths]
    short = [home.resolve().name if home.is_dir() else home.stem for home in homes]
    sharing = [
        {other.resolve() for other, its in zip(homes, short, strict=True) if its == name}
        for name in short
    ]
    return [
        one_line(name if len(those) == 1 else _told_apart(home.resolve(), those))
        for home, name, those in zip(homes, short, sharing, strict=True)
    ]


def _told_apart(place: Path, others: Collection[Path]) -> str:
    """As much of the end of a path as none of the others ends with."""
    for count in range(1, len(place.parts)):
        if sum(other.parts[-count:] == place.parts[-count:] for other in others) == 1:
            return "/".join(place.parts[-count:])
    return str(place)


def _counted(path: Path) -> list[Any]:
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name)]
