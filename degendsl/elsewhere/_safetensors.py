"""A reader of the safetensors format: eight bytes of length, a JSON header, raw numbers."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from degendsl.errors import InputError

from ._memory import Budget

_KINDS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "<i1", "U8": "<u1", "BOOL": "?",
}  # fmt: skip
# Far more than the names of one network need; the format allows ten times as much.
_LONGEST = 10_000_000


class Tensors:
    """The tensors of one file, of which none is read until it is asked for."""

    def __init__(self, path: Path, budget: Budget) -> None:
        self._path, self._budget = path, budget
        try:
            self._size = path.stat().st_size
            with open(path, "rb") as file:
                length = int.from_bytes(file.read(8), "little")
                if self._size < 8 or length > min(self._size - 8, _LONGEST):
                    raise ValueError(f"its header claims {length:,} of {self._size:,} bytes")
                header = json.loads(file.read(length))
            if not isinstance(header, dict):
                raise ValueError("its header is no mapping")
            said = header.pop("__metadata__", {})
            _check_whole(header, self._size - 8 - length)
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(
                f"{path} cannot be read as safetensors ({error}); copy it again if it was cut off, "
                "else save it again with safetensors.torch.save_file"
            ) from error
        self._begin = 8 + length
        self.metadata: Mapping[str, Any] = said if isinstance(said, dict) else {}
        self._entries: Mapping[str, Any] = header

    @property
    def names(self) -> Sequence[str]:
        return tuple(self._entries)

    def read(self, name: str) -> np.ndarray:
        """One tensor, once shape, type and place in the file agree."""
        what = f"`{name}` of {self._path}"
        try:
            entry = self._entries[name]
            word, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
            numbers = [*shape, begin, end]
            if not all(type(one) is int and one >= 0 for one in numbers):
                raise ValueError("its shape or place is not of whole numbers")
            if word not in _KINDS:
                raise InputError(
                    f"{what} holds numbers of type {word}; known are {', '.join(_KINDS)}; save it "
                    "again as one of these, in PyTorch by `.float()`"
                )
            kind = np.dtype(_KINDS[word])
            size = math.prod(shape) * kind.itemsize
            if size != end - begin or self._begin + end > self._size:
                raise ValueError(f"it claims {size:,} bytes, from {begin:,} to {end:,}")
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{what} is damaged: {error}; save it again") from error
        self._budget.take(size, what)
        with open(self._path, "rb") as file:
            file.seek(self._begin + begin)
            data = file.read(size)
        if len(data) != size:
            raise InputError(f"{what} is cut off; save it again")
        array = np.frombuffer(data, kind).reshape(shape)
        if word == "BF16":
            # The upper half of a float32.
            return (array.astype("<u4") << 16).view("<f4")
        return array


def _check_whole(entries: Mapping[str, Any], size: int) -> None:
    """Tensors lie one behind the other to the end of the file, or part of it is missing."""
    try:
        at = 0
        for begin, end in sorted(tuple(entry["data_offsets"]) for entry in entries.values()):
            if begin != at:
                raise ValueError(f"there is none of its tensors at {at:,}")
            at = end
    except (KeyError, TypeError) as error:
        raise ValueError("its header does not say where its tensors are") from error
    if at != size:
        raise ValueError(f"its tensors need {at:,} bytes and {size:,} are there")
