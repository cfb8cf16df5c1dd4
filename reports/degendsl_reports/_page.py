"""One self-contained HTML file, from the store alone."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from degendsl.store import Store

from . import _charts

_TEMPLATES = Path(__file__).parent / "templates"
_LEVEL_WORDS = {"behavior": "Behaviour", "dynamics": "Dynamics", "weights": "Weights"}
_LEVEL_NOTES = {
    "behavior": "How much networks differ in their loss on trials longer than those trained on.",
    "dynamics": "How differently the states of two networks evolve, whatever their coordinates.",
    "weights": "How far apart two recurrent matrices stay under the best matching of units.",
}


def write_report(store: Store) -> None:
    """Write the page of a study into its folder. Reads tables, lock and spec; nothing else."""
    store.write_report(render(store))


def render(store: Store) -> str:
    """The page as text: every script and number inside, no address outside."""
    lock = store.lock
    names = ("networks", "conditions", "degeneracy", "pairs", "effects", "expectations")
    tables = {
        name: store.table(name) for name in (*names, "maps", "learning", "trials", "problems")
    }
    labels = tables["conditions"]["label"].to_list()
    by_condition = tables["conditions"].select("condition", "label")
    labelled = {
        name: tables[name].join(by_condition, on="condition", how="left", maintain_order="left")
        for name in ("networks", "degeneracy", "pairs", "maps", "learning", "trials", "problems")
    }
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    environment.globals["num"] = _number
    charts = _chart_specs(labelled, labels, lock)
    study = lock["resolved"]["study"]
    return environment.get_template("page.html.jinja").render(
        study=study,
        title=study["title"] or study["name"],
        findings=_findings(tables["effects"]),
        expectations=tables["expectations"].to_dicts(),
        levels=_levels(labelled["degeneracy"]),
        counts=tables["conditions"].select("label", "n_networks", "n_converged").to_dicts(),
        outcomes=dict(tables["networks"]["outcome"].value_counts().rows()),
        problems=labelled["problems"].to_dicts(),
        losses=_losses(labelled["networks"], labels),
        lock=lock,
        spec_text=store.spec_text,
        chart_ids=list(charts),
        trial_labels=labels,
        charts_json=Markup(_inline_json(charts)),
        vega=Markup(_vega_bundle()),
    )


def _chart_specs(
    tables: dict[str, pl.DataFrame], labels: list[str], lock: dict[str, Any]
) -> dict[str, Any]:
    charts: dict[str, Any] = {}
    for level in _charts.LEVELS:
        if tables["degeneracy"].filter(pl.col("level") == level).height:
            charts[f"level-{level}"] = _charts.degeneracy_chart(
                tables["degeneracy"], tables["pairs"], level, labels
            )
    dsa = tables["maps"].filter(pl.col("metric") == "dsa")
    if dsa.height:
        charts["map"] = _charts.map_chart(dsa, labels)
    if tables["learning"].height:
        threshold = lock["resolved"]["train"]["stop"]["train_mse"]
        charts["learning"] = _charts.learning_chart(tables["learning"], labels, threshold)
    for index, label in enumerate(labels):
        if tables["trials"].filter(pl.col("label") == label).height:
            charts[f"trials-{index}"] = _charts.trials_chart(tables["trials"], label)
    return {name: chart.to_dict() for name, chart in charts.items()}


def _findings(effects: pl.DataFrame) -> list[dict[str, Any]]:
    """One sentence a level and factor: what happened, with numbers."""
    found = []
    for level, (metric, _) in _charts.LEVELS.items():
        for row in effects.filter(
            (pl.col("level") == level) & (pl.col("metric") == metric)
        ).iter_rows(named=True):
            found.append({"level": _LEVEL_WORDS[level], "text": _sentence(row)})
    return found


def _sentence(row: dict[str, Any]) -> str:
    if row["change"] is None:
        return f"could not be compared along {row['factor']}."
    change = f"{abs(row['change']):.0%}"
    if row["ci_low"] is None:
        few = "too few networks for an interval"
        return f"changes by {row['change']:+.0%} along {row['factor']}; {few}."
    interval = f"[{row['ci_low']:+.0%}, {row['ci_high']:+.0%}]"
    if row["direction"] == "unclear":
        return f"no clear change along {row['factor']} ({row['change']:+.0%} {interval})."
    steadily = "" if row["monotone"] else ", not steadily"
    return f"degeneracy {row['direction']} by {change} {interval} along {row['factor']}{steadily}."


def _levels(degeneracy: pl.DataFrame) -> list[dict[str, Any]]:
    """Per level: its words and its table."""
    return [
        {
            "id": level,
            "name": _LEVEL_WORDS[level],
            "note": _LEVEL_NOTES[level],
            "rows": degeneracy.filter(
                (pl.col("level") == level) & (pl.col("at") == "end")
            ).to_dicts(),
        }
        for level in _charts.LEVELS
    ]


def _losses(networks: pl.DataFrame, labels: list[str]) -> list[dict[str, Any]]:
    """The premise of any comparison: how alike the losses are at measurement."""
    converged = networks.filter(pl.col("outcome") == "converged")
    grouped = converged.group_by("label").agg(
        pl.col("epochs").median().alias("epochs"),
        pl.col("eval_mse").median().alias("median"),
        pl.col("eval_mse").min().alias("least"),
        pl.col("eval_mse").max().alias("most"),
        pl.col("ood_mse").median().alias("ood"),
    )
    rows = {row["label"]: row for row in grouped.iter_rows(named=True)}
    return [rows[label] for label in labels if label in rows]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _inline_json(value: Any) -> str:
    """JSON that no text inside can end the script element of."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def _vega_bundle() -> str:
    import vl_convert

    bundle = vl_convert.javascript_bundle("globalThis.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")
