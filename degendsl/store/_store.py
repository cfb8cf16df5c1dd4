"""The results folder: the one class that knows where everything lies."""

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from degendsl.errors import StoreError

from ._faults import fault_point
from ._files import (
    StoredArrays,
    create_file,
    pack,
    remove_leftovers,
    replace_file,
    reporting,
    unpack,
)

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class UnitRecord:
    """One network as stored.

    arrays: `init/…`, `final/…`, `threshold/…` parameters by name and `loss` per epoch; of a stored
    network read when they are asked for.
    manifest: condition, seed, key, outcome, realisation and versions.
    """

    arrays: Mapping[str, np.ndarray]
    manifest: dict[str, Any]

    def parameters(self, at: str) -> dict[str, np.ndarray]:
        """The parameters by name, `at` `init`, `threshold` or `final`."""
        prefix = f"{at}/"
        names = [name for name in self.arrays if name.startswith(prefix)]
        arrays = self.arrays
        several = isinstance(arrays, StoredArrays)
        found = arrays.several(names) if several else [arrays[name] for name in names]
        return {name.removeprefix(prefix): one for name, one in zip(names, found, strict=True)}


class Store:
    """A study's results folder. Knows every path in it; reads nothing it does not need."""

    def __init__(self, root: Path) -> None:
        try:
            str(root).encode()
        except UnicodeEncodeError as error:
            # Readers of tables take no path that is no text.
            raise StoreError(f"the path {root} is not in UTF-8; give another folder") from error
        self.root = root

    # Spec and lock

    @property
    def report_path(self) -> Path:
        return self.root / "report.html"

    @property
    def spec_text(self) -> str:
        return self._text("spec.yaml")

    @property
    def lock(self) -> dict[str, Any]:
        """The resolved spec, the conditions and the realisation; empty before the first run."""
        path = self.root / "spec.lock.json"
        if not path.exists():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError("no mapping")
            return found
        except (OSError, ValueError, RecursionError) as error:
            raise StoreError(
                f"{path} is damaged ({error}). Delete it and run the spec again: "
                "the networks stay, and the lock is written anew."
            ) from error

    def write_spec(self, text: str, lock: Mapping[str, Any]) -> None:
        """Pin the spec as given and what was made of it."""
        replace_file(self.root / "spec.yaml", text.encode())
        self.write_lock(lock)

    def write_lock(self, lock: Mapping[str, Any]) -> None:
        """Pin what results were made of, where there is no spec."""
        content = json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        replace_file(self.root / "spec.lock.json", content.encode())

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for planning or for writing tables; workers never need this."""
        with reporting(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / ".lock", timeout=0)
            try:
                lock.acquire()
            except Timeout:
                raise StoreError(
                    f"another process is working in {self.root}. Wait for it or stop it; "
                    "finished networks are kept either way."
                ) from None
        try:
            remove_leftovers(self.root)
            yield
        finally:
            lock.release()

    # Log of runs

    def append_run(self, entry: Mapping[str, Any]) -> None:
        """Keep what one run took: a line of JSON."""
        path = self.root / "logs" / "runs.jsonl"
        with reporting(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps(entry, sort_keys=True) + "\n")

    def runs(self) -> list[dict[str, Any]]:
        """What earlier runs took, oldest first; a line that was cut off counts for nothing."""
        path = self.root / "logs" / "runs.jsonl"
        found = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found

    # Units

    def unit_path(self, condition: str, seed: int, *, twin: bool = False) -> Path:
        """Where a network lies; its twin, if asked for, lies apart so that nothing mixes them."""
        return self.root / ("twins" if twin else "units") / condition / f"{seed}.npz"

    def has_unit(self, condition: str, seed: int, *, twin: bool = False) -> bool:
        return self.unit_path(condition, seed, twin=twin).exists()

    def write_unit(
        self, condition: str, seed: int, record: UnitRecord, *, twin: bool = False
    ) -> bool:
        """Commit one network; false where another process has committed it already."""
        path = self.unit_path(condition, seed, twin=twin)
        return create_file(path, pack(record.arrays, record.manifest))

    def unit_key(self, condition: str, seed: int, *, twin: bool = False) -> str:
        """The full hash of what made a network; reads no arrays."""
        _, manifest = unpack(self.unit_path(condition, seed, twin=twin), manifest_only=True)
        return manifest.get("key", "")

    def read_unit(self, condition: str, seed: int, *, twin: bool = False) -> UnitRecord:
        path = self.unit_path(condition, seed, twin=twin)
        arrays = StoredArrays(path)
        if arrays.manifest.get("condition") != condition or arrays.manifest.get("seed") != seed:
            raise StoreError(
                f"{path} holds another network than its name says. Delete it and run again."
            )
        return UnitRecord(arrays=arrays, manifest=arrays.manifest)

    # Checkpoints

    def checkpoint_path(self, name: str) -> Path:
        return self.root / "checkpoints" / f"{name}.npz"

    def write_checkpoint(
        self, name: str, arrays: Mapping[str, np.ndarray], manifest: Mapping[str, Any]
    ) -> None:
        fault_point("before-checkpoint")
        replace_file(self.checkpoint_path(name), pack(arrays, manifest))
        fault_point("after-checkpoint")

    def read_checkpoint(self, name: str) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
        """A checkpoint, or None; a damaged one is worth less than starting again."""
        path = self.checkpoint_path(name)
        if not path.exists():
            return None
        try:
            return unpack(path)
        except StoreError:
            path.unlink(missing_ok=True)
            return None

    def drop_checkpoint(self, name: str) -> None:
        self.checkpoint_path(name).unlink(missing_ok=True)

    # Measures

    def measures(self, condition: str) -> Sequence[Path]:
        """Cached measures of a condition."""
        return sorted((self.root / "measures" / condition).glob("*.npz"))

    def measure_path(self, condition: str, identity: Mapping[str, Any]) -> Path:
        text = json.dumps(identity, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        return self.root / "measures" / condition / f"{digest}.npz"

    def write_measure(
        self, path: Path, arrays: Mapping[str, np.ndarray], manifest: Mapping[str, Any]
    ) -> None:
        fault_point("before-measure")
        create_file(path, pack(arrays, manifest))

    def measure_manifest(self, path: Path) -> dict[str, Any]:
        """What a measure is of; reads no arrays."""
        return unpack(path, manifest_only=True)[1]

    def read_measure(self, path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        return unpack(path)

    # Tables and page

    def write_table(self, name: str, table: "pl.DataFrame") -> None:
        buffer = io.BytesIO()
        table.write_parquet(buffer)
        replace_file(self.root / "tables" / f"{name}.parquet", buffer.getvalue())

    def table(self, name: str) -> "pl.DataFrame":
        import polars as pl

        path = self.root / "tables" / f"{name}.parquet"
        if not path.exists():
            raise StoreError(f"{path} does not exist. `degendsl report` writes the tables.")
        return pl.read_parquet(path)

    def write_report(self, html: str) -> None:
        replace_file(self.report_path, html.encode())

    def _text(self, name: str) -> str:
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{self.root} is not a results folder: no {name} in it.") from error


def open_store(path: str | Path) -> Store:
    """The results folder at `path`.

    **Raises** `StoreError` where there is none.
    """
    root = Path(path)
    if not (root / "spec.lock.json").is_file():
        raise StoreError(
            f"{root} is not a results folder: it has no spec.lock.json. "
            "Give the folder that `degendsl run` named, results/<study>/<hash>."
        )
    return Store(root)


def store_for(spec_name: str, folder_hash: str, out: str | Path) -> Store:
    """Where a study's results go below `out`; made when first written to."""
    return Store(Path(out) / spec_name / folder_hash)
