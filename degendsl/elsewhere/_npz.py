"""Arrays from an npz file that nobody vouches for: every size is checked before it is believed."""

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from degendsl.errors import InputError
from degendsl.store import UNREADABLE

from ._memory import Budget

# Deflate makes nothing smaller than a 1032nd; real activity not even a tenth.
_MOST_PACKED = 200
# A small file may be all zeros without harm.
_HARMLESS = 2**26
_CHUNK = 2**24
_PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle")
_REFUSED = (
    "which could run code, and is refused; save each network into one folder with "
    "safetensors.torch.save_file, or arrays with np.savez"
)


def read_npz(
    path: Path, names: Sequence[str], budget: Budget
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Those of the named arrays that an npz file holds, and what its others are called.

    Nothing in it can run code.

    **Raises** `InputError` naming file, array and remedy.
    """
    found: dict[str, np.ndarray] = {}
    what = str(path)
    if path.suffix.lower() in _PICKLES:
        raise InputError(f"{path} is a pickle by its name, {_REFUSED}")
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one.filename.removesuffix(".npy") for one in archive.infolist()]
            if any(name.endswith("data.pkl") for name in members):
                raise InputError(f"{path} is a pickle of PyTorch, {_REFUSED}")
            for member in archive.infolist():
                name = member.filename.removesuffix(".npy")
                if name not in names:
                    continue
                if members.count(name) > 1:
                    raise InputError(f"{path} holds `{name}` twice; save it again with np.savez")
                what = f"`{name}` of {path}"
                found[name] = _array(what, archive, member, budget)
    except UNREADABLE as error:
        raise InputError(
            f"{what} cannot be read as npz ({error or type(error).__name__}); "
            "save it again with np.savez"
        ) from error
    if not found:
        raise InputError(
            f"{path} holds {_listed(members) or 'no arrays'}; measured are "
            f"{_listed(names)}: rename your arrays"
        )
    return found, [name for name in members if name not in names]


def _array(
    what: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget
) -> np.ndarray:
    packed = member.file_size / max(member.compress_size, 1)
    if member.file_size > _HARMLESS and packed > _MOST_PACKED:
        raise InputError(
            f"{what} is packed {packed:,.0f} times smaller than it claims to be, as no activity "
            "is; if it is sound, save it with np.savez, which does not pack"
        )
    with archive.open(member) as file:
        shape, fortran, kind = _header(file)
        if kind.hasobject:
            raise InputError(
                f"{what} holds pickled objects, which could run code, and is refused; save texts "
                "as np.array(labels, dtype=str), and networks of other sizes into files of their "
                "own"
            )
        if kind.names or kind.kind not in "biufUS":
            raise InputError(f"{what} holds {kind}; save real numbers, or texts as labels")
        size = math.prod(shape) * kind.itemsize
        there = member.file_size - file.tell()
        if size != there:
            raise InputError(
                f"{what} claims {size:,} bytes (shape {shape}, {kind}) and has {there:,}; "
                "save it again"
            )
        budget.take(size, what)
        found = _filled(file, size).view(kind).reshape(shape, order="F" if fortran else "C")
        # One layout: the last bit of a sum depends on it. It makes a single value an axis of one.
        return np.ascontiguousarray(found).reshape(shape)


def _header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:
        raise ValueError(f"npy version {version}")
    shape, fortran, kind = read(file)
    if any(length < 0 for length in shape):
        raise ValueError(f"shape {shape}")
    return shape, fortran, kind


def _filled(file: Any, size: int) -> np.ndarray:
    """So many bytes, and not one less: a stream that ends early was lied about."""
    whole = np.empty(size, np.uint8)
    at = 0
    while at < size:
        part = file.read(min(_CHUNK, size - at))
        if not part:
            raise EOFError(f"{size - at:,} bytes are missing")
        whole[at : at + len(part)] = np.frombuffer(part, np.uint8)
        at += len(part)
    # At the end of the stream its checksum is compared.
    file.read(1)
    return whole


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:10])
    return f"{shown} …" if len(names) > 10 else shown
