"""What was measured before of networks from elsewhere, known by the numbers that it is of."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import numpy as np

from degendsl.errors import StoreError
from degendsl.store import Store

from .._cache import MEASURE_VERSION, Arrays
from .._left_out import WHY

# The networks that a number is of, one or a pair, by their content.
Row = tuple[str, ...]


@final
class Kept:
    """Numbers of networks and of pairs in a results folder, so that none is computed twice.

    Files may be added, renamed and come in another order; an array that changed is another. Each
    file here holds what one measurement added to those before. A file that cannot be read, or is of
    something else, counts for nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def numbers(
        self,
        what: str,
        settings: Mapping[str, Any],
        rows: Sequence[Row],
        shapes: Mapping[str, tuple[int, ...]],
        compute: Callable[[list[int]], Arrays],
    ) -> Arrays:
        """The arrays of `shapes`, a row each of `rows`.

        settings: what the numbers depend on besides the networks. compute: is given the places in
        `rows` of what is not known, and answers with arrays of these.
        """
        identity = {"what": what, "version": MEASURE_VERSION, **settings}
        place, parts = self._known(what, identity, shapes)
        new: dict[Row, int] = {}
        for index, row in enumerate(rows):
            if row not in place:
                new.setdefault(row, index)
        if new:
            found = compute(list(new.values()))
            part = {name: np.asarray(found[name]) for name in shapes}
            self._add(what, identity, list(new), part)
            total = sum(_length(one) for one in parts)
            place |= {row: total + k for k, row in enumerate(new)}
            parts.append(part)
        order = [place[row] for row in rows]
        return {
            name: np.concatenate([part[name] for part in parts])[order]
            if parts
            else np.empty((0, *shape))
            for name, shape in shapes.items()
        }

    def _known(
        self, what: str, identity: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]
    ) -> tuple[dict[Row, int], list[Arrays]]:
        """What all files hold, and where in it each network or pair stands."""
        place: dict[Row, int] = {}
        parts: list[Arrays] = []
        total = 0
        for path in self._store.measures(what):
            with contextlib.suppress(StoreError, KeyError, IndexError, TypeError, ValueError):
                if self._store.measure_manifest(path)["identity"] != identity:
                    continue
                arrays, manifest = self._store.read_measure(path)
                rows = [tuple(manifest["keys"][k] for k in row) for row in arrays["of"].tolist()]
                part = {name: arrays[name] for name in shapes}
                if all(_fits(part[name], name, (len(rows), *shapes[name])) for name in shapes):
                    place = {row: total + k for k, row in enumerate(rows)} | place
                    parts.append(part)
                    total += len(rows)
        return place, parts

    def _add(
        self, what: str, identity: Mapping[str, Any], rows: Sequence[Row], arrays: Arrays
    ) -> None:
        keys = sorted({key for row in rows for key in row})
        index = {key: position for position, key in enumerate(keys)}
        of = [[index[key] for key in row] for row in rows]
        path = self._store.measure_path(what, {**identity, "keys": keys, "of": of})
        # What stands there in its name could not be read.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        manifest = {"identity": identity, "keys": keys}
        self._store.write_measure(path, {"of": np.array(of, int), **arrays}, manifest)


def _length(part: Arrays) -> int:
    return len(next(iter(part.values())))


def _fits(array: np.ndarray, name: str, shape: tuple[int, ...]) -> bool:
    return array.shape == shape and array.dtype.kind == ("U" if name == WHY else "f")
