"""Networks and their groups from npz files and from folders of safetensors."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from degendsl.errors import InputError
from degendsl.measuring import Given

from ._memory import Budget
from ._npz import read_npz
from ._paths import TENSORS, files_of, names_of
from ._safetensors import Tensors

GroupBy = Literal["label", "file"]

ARRAYS = ("states", "weights", "losses", "labels")
_AXES = {
    "states": ("network", "trial", "time", "unit"),
    "weights": ("network", "unit", "unit"),
    "losses": ("network",),
    "labels": ("network",),
}
# Names that recurrent weights go by, after whatever modules they lie in.
_RECURRENT = re.compile(
    r"(?:^|\.)(weight_hh(?:_l\d+)?(?:_reverse)?|h2h\.weight|recurrent\.weight|w_?rec|w_?hh|"
    r"recurrent_kernel|recurrent_weight|weight_rec)$",
    re.IGNORECASE,
)


def read_networks(
    paths: Sequence[Path], *, group_by: GroupBy = "label", budget: Budget | None = None
) -> dict[str, list[Given]]:
    """The networks of some files and folders, by their group, in the order in which they come.

    **Raises** `InputError` naming file, array and remedy for what cannot be read at all. What is
    wrong with one network only is left to the measurement.
    """
    budget = budget or Budget()
    groups: dict[str, list[Given]] = {}
    for path, name in zip(paths, names_of(paths), strict=True):
        for label, network in _read(path, name, budget):
            chosen = name if group_by == "file" or not label else label
            groups.setdefault(chosen, []).append(network)
    return groups


def _read(path: Path, name: str, budget: Budget) -> list[tuple[str | None, Given]]:
    if path.is_dir():
        return _of_folder(path, budget)
    if not path.is_file():
        raise InputError(f"there is no file or folder {path}")
    if path.suffix == TENSORS:
        return [_of_tensors(path, budget)]
    # Two files of one name are told apart wherever a network is named.
    shown = path.name if name == path.stem else str(path)
    return _of_npz(path, shown, budget)


def _of_npz(path: Path, shown: str, budget: Budget) -> list[tuple[str | None, Given]]:
    arrays = read_npz(path, ARRAYS, budget)
    if not set(arrays) - {"labels"}:
        raise InputError(f"{path} holds labels only; add `states`, `weights` or `losses`")
    for name, array in arrays.items():
        _check(path, name, array)
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"`{name}` {count}" for name, count in counts.items())
        raise InputError(
            f"the arrays of {path} are of different numbers of networks ({told}); the first axis "
            "of each must be the network"
        )
    states, weights = arrays.get("states"), arrays.get("weights")
    losses, labels = arrays.get("losses"), arrays.get("labels")
    return [
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


def _check(path: Path, name: str, array: np.ndarray) -> None:
    axes = _AXES[name]
    if array.ndim != len(axes):
        remedy = ""
        if array.ndim == len(axes) - 1:
            remedy = f"; for one network save {name}[None]"
        elif len(axes) == 1 and array.ndim and array.size == len(array):
            remedy = f"; save {name}.ravel()"
        raise InputError(
            f"`{name}` of {path} has shape {array.shape}; it must be ({', '.join(axes)}){remedy}"
        )
    if 0 in array.shape:
        raise InputError(f"`{name}` of {path} is empty: shape {array.shape}; save it with data")
    if name != "labels" and array.dtype.kind in "US":
        raise InputError(f"`{name}` of {path} holds texts; save numbers")


def _label(value: Any) -> str:
    """A label in one line of text; nothing where there is none."""
    if isinstance(value, np.floating):
        return "" if np.isnan(value) else f"{value:g}"
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return " ".join(text.split())


def _of_folder(path: Path, budget: Budget) -> list[tuple[str | None, Given]]:
    files = files_of([path])
    if not files:
        raise InputError(
            f"{path} holds no *{TENSORS}; save a file a network there, or give npz files"
        )
    return [_of_tensors(file, budget) for file in files]


def _of_tensors(path: Path, budget: Budget) -> tuple[str | None, Given]:
    """One network: its recurrent weights, and where they are there `states` and a loss."""
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
        unclear = (
            f"{', '.join(recurrent)} of {path.stem} could each be meant: save the one to be "
            "compared"
        )
    elif states is None:
        raise InputError(
            f"{path} holds {', '.join(tensors.names[:10]) or 'nothing'}, none of which is known "
            "as recurrent weights; save them as `weight_hh`, or `states` (trial, time, unit)"
        )
    label = tensors.metadata.get("label")
    given = Given(
        name=path.stem,
        states=states,
        weights=weights,
        loss=_loss(path, tensors.metadata.get("loss")),
        unclear=unclear,
    )
    return (None if label is None else _label(label)), given


def _loss(path: Path, said: object) -> float | None:
    if said is None:
        return None
    try:
        return float(str(said))
    except ValueError as error:
        raise InputError(f"the `loss` in the metadata of {path} is no number: {said!r}") from error
