"""Every table as CSV inside the page: a plain link, which works without JavaScript."""

import base64
import gzip
import json
import math
import urllib.parse
from typing import Any

import polars as pl
from markupsafe import Markup

from .._study import Study
from ._section import Section

# Bytes that all tables together may take; a table that would pass that is thinned, and says so.
BUDGET = 1_700_000
_PLAIN = 24_000
_CELLS = 4_000_000
_NAMES = {
    "networks": "one row a network",
    "conditions": "one row a condition",
    "degeneracy": "one row a condition, level, metric and time",
    "pairs": "one row a pair of networks and metric",
    "effects": "one row a factor, level and metric",
    "expectations": "one row an expectation",
    "sensitivity": "one row a factor, setting and metric: what a setting does to its effect",
    "sensitivity_values": "one row a condition, setting and metric",
    "solvers": "one row a condition, distance and time",
    "task_information": "one row a condition and measure",
    "learning": "one row a network and epoch",
    "maps": "one row a network and map",
    "stimuli": "one row a condition, trial, time and channel",
    "trials": "one row a network, trial, time and channel",
    "trajectories": "one row a network, trial and time",
    "fixed_points": "one row a fixed or slow point",
    "eigenvalues": "one row a network and eigenvalue",
    "singular_values": "one row a condition, time and index",
    "matched": "one row a pair of units",
    "problems": "one row a thing that could not be measured",
    "notes": "one row a thing to know of networks that were measured",
    "sources": "one row a network: where it came from",
}


def downloads(study: Study) -> Section:
    """Links to tables that have rows, small ones first so that those are never thinned."""
    present = [(name, study.table(name)) for name in _all_names(study)]
    present = [(name, table) for name, table in present if table.height]
    left = BUDGET
    links = []
    for name, table in sorted(present, key=lambda pair: pair[1].height * pair[1].width):
        link, size = _link(study, name, table, left)
        left -= size
        links.append(link)
    order = {name: index for index, (name, _) in enumerate(present)}
    links.sort(key=lambda link: order[link["name"]])
    return Section(
        id="tables",
        title="Tables",
        intro="Each with all columns, to six significant digits; the results folder has them in "
        "full precision as tables/*.parquet.",
        template="tables.html.jinja",
        data={"links": links},
    )


def csv_of(table: pl.DataFrame) -> str:
    """A table as text; numbers to six significant digits, nested values as JSON."""
    plain = table.with_columns(
        pl.col(name).cast(pl.Float64).round_sig_figs(6)
        for name, kind in table.schema.items()
        if kind.is_float()
    ).with_columns(
        pl.Series(name, [json.dumps(value) for value in table[name].to_list()], pl.String)
        for name, kind in table.schema.items()
        if kind.is_nested()
    )
    return plain.write_csv()


def _all_names(study: Study) -> list[str]:
    folder = study.store.root / "tables"
    there = sorted(path.stem for path in folder.glob("*.parquet"))
    known = [name for name in _NAMES if name in there]
    return [*known, *(name for name in there if name not in known)]


def _link(study: Study, name: str, table: pl.DataFrame, left: int) -> tuple[dict[str, Any], int]:
    step = 1
    # A table far too large is not written out whole only to see that.
    if table.height * table.width > _CELLS:
        step = -(-table.height * table.width // _CELLS)
    kept = table.gather_every(step)
    address, zipped = _address(csv_of(kept))
    while len(address) > max(left, 0) and step < table.height:
        step = max(step + 1, math.ceil(1.05 * step * len(address) / max(left, 1)))
        kept = table.gather_every(step)
        address, zipped = _address(csv_of(kept))
    thinned = f"every {step}th row, {kept.height} of {table.height}" if step > 1 else ""
    link = {
        "name": name,
        "about": _NAMES.get(name, "").replace("condition", study.terms.condition),
        "rows": f"{kept.height:,}",
        "columns": table.width,
        "file": f"{name}.csv" + (".gz" if zipped else ""),
        "address": Markup(address),
        "thinned": thinned,
    }
    return link, len(address)


def _address(text: str) -> tuple[str, bool]:
    """A `data:` address: readable where small, compressed where large."""
    if len(text) <= _PLAIN:
        return "data:text/csv;charset=utf-8," + urllib.parse.quote(text, safe=" ,.:;-_/"), False
    # A fixed time keeps the page the same when nothing in it changed.
    packed = gzip.compress(text.encode(), 6, mtime=0)
    return "data:application/gzip;base64," + base64.b64encode(packed).decode(), True
