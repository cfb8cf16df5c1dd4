"""Networks and their groups from npz files and from folders of safetensors."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from degendsl.errors import InputError, UsageError
from degendsl.measuring import Given
from degendsl.spec import nearest, printable

from ._memory import Budget
from ._npz import read_npz
from ._paths import TENSORS, files_of, names_of, one_line, others_of
from ._safetensors import Tensors
from ._untrained import with_untrained

GroupBy = Literal["label", "file"]

ARRAYS = ("states", "weights", "losses", "labels")
_AXES = {
    "states": ("network", "trial", "time", "unit"),
    "weights": ("network", "unit", "unit"),
    "losses": ("network",),
    "labels": ("network",),
}
_NAMED = 5
# Names that recurrent weights go by, after whatever modules they lie in.
_RECURRENT = re.compile(
    r"(?:^|\.)(weight_hh(?:_l\d+)?(?:_reverse)?|h2h\.weight|recurrent\.weight|w_?rec|w_?hh|"
    r"recurrent_kernel|recurrent_weight|weight_rec)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What some files hold.

    groups: the networks by their group, in the order in which they come. unused: what else there
    is, which nobody knows how to compare, a line a file or folder.
    """

    groups: dict[str, list[Given]]
    unused: tuple[str, ...]


def read_networks(
    paths: Sequence[Path],
    *,
    untrained: Sequence[Path] = (),
    group_by: GroupBy = "label",
    budget: Budget | None = None,
) -> Reading:
    """The networks of some files and folders.

    untrained: the same networks before training, a file or folder for each of `paths`, in their
    order. Which group a network is in, its label after training says.

    **Raises** `UsageError` where these are not as many, `InputError` naming file, array and remedy
    for what cannot be read at all. What is wrong with one network only is left to the measurement.
    """
    if untrained and len(untrained) != len(paths):
        raise UsageError(
            f"{len(paths)} files or folders of networks need as many of untrained ones, and "
            f"{len(untrained)} are named; give one for each, in the same order"
        )
    budget = budget or Budget()
    those: list[tuple[str, Given, str]] = []
    unused: list[str] = []
    for path, name, early in zip(
        paths, names_of(paths), untrained or [None] * len(paths), strict=True
    ):
        found, others = _read(path, name, budget)
        if early:
            before, more = _read(early, one_line(early.stem), budget)
            found = with_untrained(path, found, early, [network for _, network in before])
            others += more
        for label, network in found:
            those.append((name if group_by == "file" or not label else label, network, name))
        unused += others
    return Reading(groups=_grouped(those), unused=tuple(unused))


def _grouped(those: Sequence[tuple[str, Given, str]]) -> dict[str, list[Given]]:
    """Networks by their group; of one name in a group, each is called by its folder too."""
    times = Counter((group, network.name) for group, network, _ in those)
    groups: dict[str, list[Given]] = {}
    for group, network, folder in those:
        if times[group, network.name] > 1:
            network = replace(network, name=f"{network.name} of {folder}")
        groups.setdefault(group, []).append(network)
    return groups


# Networks with their labels, and what was not used.
_Found = tuple[list[tuple[str | None, Given]], list[str]]


def _read(path: Path, name: str, budget: Budget) -> _Found:
    if path.is_dir():
        return _of_folder(path, budget)
    if not path.is_file():
        raise InputError(f"there is no file or folder {path}")
    if path.suffix == TENSORS:
        label, network, near = _of_tensors(path, budget)
        return [(label, network)], _unused_near([(path.name, near)])
    # Two files of one name are told apart wherever a network is named.
    shown = one_line(path.name) if name == one_line(path.stem) else name
    return _of_npz(path, shown, budget)


def _of_npz(path: Path, shown: str, budget: Budget) -> _Found:
    arrays, others = read_npz(path, ARRAYS, budget)
    if not set(arrays) - {"labels"}:
        raise InputError(f"{path} holds labels only; add `states`, `weights` or `losses`")
    for name, array in arrays.items():
        _check(path, name, array)
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"`{name}` {count}" for name, count in counts.items())
        raise InputError(
            f"the arrays of {path} are of different numbers of networks ({told}); the first axis "
            f"of each must be the network{_moved(arrays)}"
        )
    states, weights = arrays.get("states"), arrays.get("weights")
    losses, labels = arrays.get("losses"), arrays.get("labels")
    found = [
        (
            None if labels is None else _label(labels[index]),
            Given(
                name=f"network {index} of {shown}",
                states=None if states is None else states[index],
                weights=None if weights is None else weights[index],
                loss=None if losses is None else float(losses[index]),
            ),
        )
        for index in range(next(iter(counts.values())))
    ]
    return found, _unused(shown, others, [name for name in ARRAYS if name not in arrays])


def _moved(arrays: Mapping[str, np.ndarray]) -> str:
    """How to put the networks first where another axis of the states is as long as others say."""
    states = arrays.get("states")
    others = {len(array) for name, array in arrays.items() if name != "states"}
    if states is None or len(others) != 1:
        return ""
    (count,) = others
    for axis, length in enumerate(states.shape[1:], 1):
        if length == count:
            return (
                f"; axis {axis} of `states`, {states.shape}, is as long as the others say: "
                f"np.moveaxis(states, {axis}, 0) makes it the first"
            )
    return ""


def _unused(
    where: str, others: Sequence[str], known: Iterable[str] = (), what: str = "arrays"
) -> list[str]:
    """A line on `what` was not used; `known`: the words that could have been meant."""
    if not others:
        return []
    shown = [f"`{one_line(name)}`" for name in others[:_NAMED]]
    more = f" and {len(others) - _NAMED:,} more {what}" if len(others) > _NAMED else ""
    guesses = dict.fromkeys(nearest(name, known).strip() for name in others[:_NAMED])
    return [" ".join([f"{where}: not used: {', '.join(shown)}{more};", *guesses]).rstrip("; ")]


def _check(path: Path, name: str, array: np.ndarray) -> None:
    axes = _AXES[name]
    if array.ndim != len(axes):
        raise InputError(
            f"`{name}` of {path} has shape {array.shape}; it must be ({', '.join(axes)})"
            f"{_mended(name, array)}"
        )
    if 0 in array.shape:
        raise InputError(f"`{name}` of {path} is empty: shape {array.shape}; save it with data")
    if name != "labels" and array.dtype.kind in "US":
        raise InputError(f"`{name}` of {path} holds texts; save numbers")


def _mended(name: str, array: np.ndarray) -> str:
    """What gives an array the axes that it lacks or has too many of, where that is plain."""
    if array.ndim == 0:
        return f"; for n networks save np.full(n, {name})" if len(_AXES[name]) == 1 else ""
    if len(_AXES[name]) == 1:
        return f"; save {name}.ravel()" if array.size == len(array) else ""
    if array.ndim != len(_AXES[name]) - 1:
        return ""
    if name == "weights" and array.shape[0] != array.shape[1]:
        units = math.isqrt(array.shape[1])
        flat = units**2 == array.shape[1]
        return f"; save weights.reshape(-1, {units}, {units})" if flat else ""
    return f"; for one network save {name}[None]"


def _label(value: Any) -> str:
    """A label in one line of text; nothing where there is none."""
    if isinstance(value, np.floating):
        # As few digits as tell it from its neighbours: dates are numbers too.
        return "" if np.isnan(value) else str(value).removesuffix(".0")
    return one_line(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))


def _of_folder(path: Path, budget: Budget) -> _Found:
    files = files_of([path])
    if not files:
        there = f"those there, {path}/*.npz" if any(path.glob("*.npz")) else "npz files"
        raise InputError(
            f"{path} holds no *{TENSORS}; save a file a network there, or give {there}"
        )
    read = [_of_tensors(file, budget) for file in files]
    unused = _unused_near([(file.name, near) for file, (*_, near) in zip(files, read, strict=True)])
    others = _unused(one_line(path.name), others_of(path), what="files")
    return [(label, network) for label, network, _ in read], [*others, *unused]


def _of_tensors(path: Path, budget: Budget) -> tuple[str | None, Given, list[tuple[str, str]]]:
    """One network: its recurrent weights, and where they are there `states` and a loss.

    With names that are near those of what is read, which are not used.
    """
    tensors = Tensors(path, budget)
    states = tensors.read("states") if "states" in tensors.names else None
    if states is not None and (states.ndim != 3 or 0 in states.shape):
        raise InputError(
            f"`states` of {path} has shape {states.shape}; it must be (trial, time, unit)"
        )
    recurrent = [name for name in tensors.names if _RECURRENT.search(name)]
    weights, unclear = None, ""
    if len(recurrent) == 1:
        weights = tensors.read(recurrent[0])
    elif recurrent:
        unclear = printable(", ".join(recurrent))
    elif states is None:
        raise InputError(
            f"{path} holds {', '.join(tensors.names[:10]) or 'nothing'}, none of which is known "
            "as recurrent weights; save them as `weight_hh`, or `states` (trial, time, unit)"
        )
    label = tensors.metadata.get("label")
    given = Given(
        name=one_line(path.stem),
        states=states,
        weights=weights,
        loss=_loss(path, tensors.metadata.get("loss")),
        unclear=unclear,
    )
    return (None if label is None else _label(label)), given, _near(tensors)


def _near(tensors: Tensors) -> list[tuple[str, str]]:
    """What may have been meant to be read; a network has other tensors by nature."""
    given = {"states": tensors.names, **dict.fromkeys(("label", "loss"), tuple(tensors.metadata))}
    return [
        (name, word)
        for word, names in given.items()
        if word not in names
        for name in names
        if nearest(name, [word])
    ]


def _unused_near(files: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> list[str]:
    """A line for each name that is near one that is read, whatever number of files has it."""
    where: dict[tuple[str, str], list[str]] = {}
    for file, near in files:
        for pair in near:
            where.setdefault(pair, []).append(one_line(file))
    return [
        line
        for (name, word), (first, *more) in where.items()
        for line in _unused(f"{first}{f' and {len(more):,} more' if more else ''}", [name], [word])
    ]


def _loss(path: Path, said: object) -> float | None:
    if said is None:
        return None
    try:
        return float(str(said))
    except ValueError as error:
        raise InputError(f"the `loss` in the metadata of {path} is no number: {said!r}") from error
