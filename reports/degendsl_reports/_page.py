"""One self-contained HTML file, from the store alone."""

import re
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from degendsl.store import Store

from ._chosen import chosen_data
from ._colours import colour_rules, heat_rules
from ._sections import sections_of
from ._security import content_policy, inline_json
from ._study import Study

TEMPLATES = Path(__file__).parent / "templates"
_LIGHT = {
    "INK": "#1c1e21", "SOFT": "#565b63", "GRID": "#eceef1", "LINE": "#b9bec6", "PAPER": "#ffffff",
    "REFERENCE": "#7a8089", "TARGET": "#c9cdd3", "RISING": "#c44e00", "FALLING": "#0072b2",
}  # fmt: skip
_DARK = {
    "INK": "#e8eaed", "SOFT": "#a9afb8", "GRID": "#2a2e34", "LINE": "#565c66", "PAPER": "#17191c",
    "REFERENCE": "#9aa1ab", "TARGET": "#4a505a", "RISING": "#ff8a4a", "FALLING": "#4aa8e0",
}  # fmt: skip


def write_report(store: Store) -> None:
    """Write the page of a study into its folder. Reads tables, lock and spec; nothing else."""
    store.write_report(render(store))


def render(store: Store) -> str:
    """The page as text: every script and number inside, no address outside."""
    study = Study(store)
    about = study.resolved.get("study") or {}
    levels = len(study.levels)
    dark = f"{chart_style(levels, dark=True)}"
    styles = [
        chart_style(levels),
        f"@media screen and (prefers-color-scheme:dark){{{dark}}}",
        source("page.css"),
    ]
    script = source("page.js")
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            study=about,
            authors=about.get("authors") or (),
            title=about.get("title") or about.get("name") or "Networks",
            counts=_counts(study),
            include=(study.resolved.get("measure") or {}).get("include", "converged"),
            sections=sections_of(study),
            lock=study.lock,
            large=study.shown.height > 1000,
            policy=content_policy([script], styles),
            styles=[Markup(style) for style in styles],
            script=Markup(script),
            data=Markup(inline_json(chosen_data(study))),
        )
    )


def environment() -> Environment:
    """Templates; everything in them is escaped unless made here."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        # A lock of another version may lack a word; the page then has a gap, not an error.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def chart_style(levels: int, *, dark: bool = False) -> str:
    """The style of every chart on one kind of paper."""
    names = _DARK if dark else _LIGHT
    text = re.sub(r"\b[A-Z]{3,}\b", lambda word: names[word[0]], source("chart.css"))
    return text + colour_rules(levels, dark=dark) + heat_rules()


def source(name: str) -> str:
    """A template's text, as it is."""
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()


def _counts(study: Study) -> str:
    def count(number: int, word: str) -> str:
        return f"{number} {word}{'' if number == 1 else 's'}"

    networks: Any = study.table("networks").height
    return f"{count(networks, 'network')} in {count(len(study.conditions), 'condition')}"
