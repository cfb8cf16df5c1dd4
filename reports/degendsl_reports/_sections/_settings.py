"""The values behind the sensitivity grid, each beside its references."""

import polars as pl

from .._charts import Chart, panel_width
from .._degeneracy import primary
from .._numbers import count
from .._study import Study
from .._words import LEVELS, PROVISIONAL
from ._level_chart import COLUMNS, told, values_drawn

_COLUMNS = {"label": COLUMNS["label"], "setting": "Setting"} | {
    name: words for name, words in COLUMNS.items() if name not in ("label", "n_pairs")
}


def settings_chart(study: Study, level: str) -> Chart | None:
    """The value of each condition under every setting, a panel a setting."""
    name = primary(study, level)
    measured = (column for column in _COLUMNS if column != "label")
    rows = study.rows("sensitivity_values", "condition", "level", "metric", *measured)
    rows = study.placed(rows.filter((pl.col("level") == level) & (pl.col("metric") == name)))
    if not rows["value"].is_not_null().any():
        return None
    words = study.metric(name)
    panel, not_drawn = values_drawn(study, rows, None, words.axis)
    settings = rows["setting"].unique(maintain_order=True).to_list()
    many = count(len(settings), "setting")
    panels = [
        panel(
            (pl.col("setting") == setting) & (pl.col("facet") == facet),
            ", ".join(filter(None, (setting, facet))),
        )
        for setting in settings
        for facet in study.facets
    ]
    return Chart(
        id=f"settings-{level}",
        title=f"{LEVELS[level]}: values under other settings of the measure",
        summary=f"{words.title}{study.of_each} under {many}, with 95\u202f% interval and "
        "references: a panel a setting.",
        panels=panels,
        width=panel_width(len(panels)),
        table=told(study, rows, _COLUMNS, full="sensitivity_values"),
        note=" ".join(filter(None, (_ranks(rows), not_drawn))),
        flags=[PROVISIONAL] if study.provisional and rows["rank"].is_not_null().any() else [],
    )


def _ranks(rows: pl.DataFrame) -> str:
    """The rank of each condition, under settings in which they differ."""
    said = []
    for (setting,), here in rows.drop_nulls("rank").group_by("setting", maintain_order=True):
        if here["rank"].n_unique() > 1:
            each = [f"{rank} in {label}" for label, rank in here.select("label", "rank").rows()]
            said.append(f"Of {setting}: rank {', '.join(each)}.")
    if said:
        said.append("Networks of unequal ranks are never compared, only these values.")
    return " ".join(said)
