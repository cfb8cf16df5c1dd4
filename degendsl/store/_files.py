"""Files that appear whole or not at all."""

import contextlib
import io
import json
import os
import socket
import struct
import tokenize
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, final

import numpy as np

from degendsl.errors import StoreError

from ._faults import fault_point

_HOST = socket.gethostname()
# What reading an archive of arrays raises where it is damaged, or something else altogether.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    tokenize.TokenError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@contextlib.contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turn what an operating system says of a file into a message for a person."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}. Everything already in the results "
            "folder is kept; make room or permit writing there, then run the same command again."
        ) from error


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Host and process are in the name so that a later run can tell a leftover from work going on.
    temporary = path.parent / f".{path.name}.{_HOST}.{os.getpid()}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        with open(temporary, "xb") as file:
            yield temporary, file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole, replacing what was there."""
    with reporting(path):
        with _temporary(path) as (temporary, file):
            file.write(content)
        fault_point(f"before-replacing-{path.name}")
        os.replace(temporary, path)
        _sync_folder(path.parent)


def create_file(path: Path, content: bytes) -> bool:
    """Write a file whole unless it exists; the first writer wins. Says whether this one did."""
    with reporting(path):
        with _temporary(path) as (temporary, file):
            file.write(content)
        fault_point("before-commit")
        try:
            # A link fails where a rename would silently replace the first writer's file.
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError:
            # Some file systems have no links; there a race between writers of equal content is
            # harmless, since a unit's content follows from its key.
            if path.exists():
                return False
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
        fault_point("after-commit")
        return True


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files that dead processes of this host left behind."""
    for leftover in folder.rglob(f".*.{_HOST}.*.tmp"):
        process = int(leftover.name.rsplit(".", 3)[1])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            leftover.unlink(missing_ok=True)
        except PermissionError:
            pass


def pack(arrays: Mapping[str, np.ndarray], manifest: Mapping[str, Any]) -> bytes:
    """An npz file's bytes: named arrays and a manifest. Equal content gives equal bytes."""
    buffer = io.BytesIO()
    text = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in [*sorted(arrays.items()), ("manifest", np.array(text))]:
            # A fixed date keeps the bytes equal between runs.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
    return buffer.getvalue()


def unpack(
    path: Path, *, manifest_only: bool = False
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the manifest of a file that `pack` made. Nothing in it can run code."""
    with _opened(path) as archive:
        names = ["manifest"] if manifest_only else archive.files
        arrays = {name: archive[name] for name in names}
        manifest = json.loads(str(arrays.pop("manifest")))
    return arrays, manifest


@final
class StoredArrays(Mapping[str, np.ndarray]):
    """The arrays of a file that `pack` made, each read when it is asked for.

    Holds no file open and no array in memory, so that thousands of networks can be at hand.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _opened(path) as archive:
            self._names = [name for name in archive.files if name != "manifest"]
            self.manifest: dict[str, Any] = json.loads(str(archive["manifest"]))

    def several(self, names: Iterable[str]) -> list[np.ndarray]:
        """Some of the arrays, with the file opened once."""
        with _opened(self._path) as archive:
            return [archive[name] for name in names]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        return self.several([name])[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    try:
        # Of a file that is cut off, NumPy would leave closing to chance.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            yield archive
    except UNREADABLE as error:
        raise StoreError(
            f"{path} is damaged or not ours ({error}). Delete it and run again: "
            "only what it held is computed anew."
        ) from error
