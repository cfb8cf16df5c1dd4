"""docs/tables.md names every table and every column, and no other."""

import re
from pathlib import Path

import numpy as np
import polars as pl

from degendsl.elsewhere import measure_files

DOCS = Path(__file__).parent.parent / "docs" / "tables.md"


def test_every_column_is_described(tmp_path: Path):
    np.savez(tmp_path / "nets.npz", losses=np.ones(2))
    measure_files([tmp_path / "nets.npz"], tmp_path / "out")
    there = {
        path.stem: sorted(pl.read_parquet_schema(path))
        for path in (tmp_path / "out" / "tables").glob("*.parquet")
    }
    _, *sections = re.split(r"^## ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    described = {}
    for section in sections:
        name, *lines = section.splitlines()
        cells = [line.split("|")[1] for line in lines if line.startswith("| `")]
        described[name] = sorted(re.findall(r"`(\w+)`", " ".join(cells)))
    assert described == there
