"""Networks as a laboratory would save them, and what is read of the tables."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from degendsl.spec import kinds

UNITS = 5
DSA = kinds.DSA(delays=3, rank=4.0, starts=2)
PIF = kinds.PIF(starts=3)
FEW = ("--delays", "3", "--rank", "4", "--starts", "2")
Arrays = dict[str, np.ndarray]


def networks(n: int = 4, *, units: int = UNITS, seed: int = 0, steps: int = 24) -> Arrays:
    """Driven tanh networks: what a laboratory would save."""
    random = np.random.default_rng(seed)
    weights = random.normal(size=(n, units, units)) / np.sqrt(units)
    states = np.zeros((n, 6, steps, units))
    states[:, :, 0] = random.normal(size=(n, 6, units))
    drive = np.sin(0.7 * np.outer(np.arange(steps), 1 + np.arange(6)))
    for t in range(1, steps):
        states[:, :, t] = np.tanh(
            np.einsum("nij,nkj->nki", weights, states[:, :, t - 1]) + drive[t, None, :, None]
        )
    return {"states": states, "weights": weights, "losses": random.uniform(0.1, 1, n)}


def save(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def tables(folder: Path) -> Mapping[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in (folder / "tables").glob("*.parquet")}


def value(folder: Path, metric: str, label: str | None = None) -> float | None:
    """The one value of a metric in a folder, or of one group."""
    found = tables(folder)
    rows = found["degeneracy"].filter(pl.col("metric") == metric)
    if label is not None:
        ids = found["conditions"].filter(pl.col("label") == label)["condition"]
        rows = rows.filter(pl.col("condition").is_in(ids.to_list()))
    return rows["value"].to_list()[0] if rows.height else None


def tensors(path: Path, arrays: Arrays, metadata: Mapping[str, str] | None = None) -> Path:
    """The format, written by hand: a length, a JSON header, the numbers."""
    words = {"f4": "F32", "f8": "F64", "u2": "BF16"}
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    data = b""
    for name, array in arrays.items():
        content = array.tobytes()
        header[name] = {
            "dtype": words[array.dtype.str[1:]],
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def state_dict(weights: np.ndarray) -> Arrays:
    """As `torch.nn.RNN` inside a module calls them."""
    n = len(weights)
    return {
        "rnn.weight_ih_l0": np.ones((n, 2), np.float32),
        "rnn.weight_hh_l0": weights.astype(np.float32),
        "rnn.bias_hh_l0": np.zeros(n, np.float32),
        "readout.weight": np.ones((1, n), np.float32),
    }


def archive(path: Path, content: bytes, name: str = "states.npy", packed: bool = False) -> Path:
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as file:
        file.writestr(name, content)
    return path
