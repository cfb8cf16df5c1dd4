"""Several studies at a glance: which factor turns which level up or down, and the evidence."""

import os
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from degendsl.store import Store

from ._colours import colour_rules
from ._degeneracy import primary
from ._findings import sentence, signed
from ._page import environment, source
from ._security import content_policy
from ._study import Study
from ._words import FURTHER, LEVELS

_ARROWS = {"rises": "↗", "falls": "↘"}


def render_index(stores: Sequence[Store], folder: Path) -> str:
    """A page of links into the pages of some studies, to be put into `folder`."""
    studies = [Study(store) for store in stores]
    levels = LEVELS | {
        level: title
        for level, title in FURTHER.items()
        if any(primary(study, level) for study in studies)
    }
    style = colour_rules(1) + source("page.css")
    return (
        environment()
        .get_template("index.html.jinja")
        .render(
            levels=list(levels.values()),
            rows=[row for study in studies for row in _rows(study, folder, list(levels))],
            studies=[_about(study, folder) for study in studies],
            policy=content_policy([], [style]),
            style=Markup(style),
        )
    )


def write_index(stores: Sequence[Store], folder: Path) -> Path:
    """Write `index.html` into a folder that holds, or lies beside, the studies' results."""
    path = folder / "index.html"
    path.write_text(render_index(stores, folder), encoding="utf-8")
    return path


def _rows(study: Study, folder: Path, levels: Sequence[str]) -> list[dict[str, Any]]:
    """One row a factor, one cell a level."""
    effects = study.rows(
        "effects", "factor", "level", "metric", "change", "ci_low", "ci_high", "direction",
        "monotone",
    )  # fmt: skip
    verdicts = {
        (level, factor): verdict
        for level, factor, verdict in study.rows(
            "expectations", "level", "factor", "verdict"
        ).rows()
    }
    return [
        {
            "factor": factor,
            "study": study.resolved.get("study", {}).get("name", ""),
            "cells": [_cell(study, effects, factor, level, verdicts, folder) for level in levels],
        }
        for factor in effects["factor"].unique(maintain_order=True).to_list()
    ]


def _cell(
    study: Study,
    effects: pl.DataFrame,
    factor: str,
    level: str,
    verdicts: dict[tuple[str, str], str],
    folder: Path,
) -> dict[str, str] | None:
    rows = effects.filter(
        (pl.col("factor") == factor)
        & (pl.col("level") == level)
        & (pl.col("metric") == primary(study, level))
        & pl.col("change").is_not_null()
    )
    if not rows.height:
        return None
    row = rows.row(0, named=True)
    direction = row["direction"] if row["direction"] in _ARROWS else "unclear"
    return {
        "direction": direction,
        "arrow": _ARROWS.get(direction, "·"),
        "change": signed(row["change"]),
        "sentence": sentence(study, row)[0],
        "verdict": verdicts.get((level, factor), ""),
        "link": f"{_address(study, folder)}#level-{level}",
    }


def _about(study: Study, folder: Path) -> dict[str, Any]:
    about = study.resolved.get("study") or {}
    return {
        "title": about.get("title") or about.get("name") or study.store.root.name,
        "name": about.get("name", ""),
        "link": _address(study, folder),
        "networks": study.table("networks").height,
        "conditions": len(study.conditions),
        "made": str(study.lock.get("created") or "")[:10],
    }


def _address(study: Study, folder: Path) -> str:
    relative = os.path.relpath(study.store.report_path, folder)
    return urllib.parse.quote(Path(relative).as_posix())
