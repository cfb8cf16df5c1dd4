"""One self-contained HTML file, from the store alone."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from degendsl.store import Store

from ._colours import colour_rules
from ._live import live_data, packed, vega
from ._numbers import count
from ._sections import sections_of
from ._security import content_policy
from ._study import Study

TEMPLATES = Path(__file__).parent / "templates"


def write_report(store: Store) -> None:
    """Write the page of a study into its folder. Reads tables, lock and spec; nothing else.

    A page that was made of the same by the same code is left as it is.
    """
    made_of = f'<meta name="made-of" content="{digest(store)}">'
    try:
        with store.report_path.open(encoding="utf-8") as page:
            if made_of in page.read(_HEAD):
                return
    except (OSError, ValueError):
        pass
    store.write_report(render(store))


# Where in a page it is said what it was made of, in characters.
_HEAD = 2000


def digest(store: Store) -> str:
    """What a page is made of: tables, lock, spec, and the code that makes it."""
    made = hashlib.sha256(f"{version('altair')} {version('vl-convert-python')}".encode())
    sources = [path for path in TEMPLATES.parent.rglob("*") if path.suffix != ".pyc"]
    tables = (store.root / "tables").glob("*.parquet")
    given = [store.root / name for name in ("spec.yaml", "spec.lock.json")]
    for path in (*sorted(sources), *sorted(tables), *given):
        if path.is_file():
            made.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]


def render(store: Store) -> str:
    """The page as text: every script and number inside, no address outside."""
    study = Study(store)
    about = study.resolved.get("study") or {}
    styles = [source("chart.css"), colour_rules(len(study.levels)) + source("page.css")]
    script, library = source("page.js"), vega()
    sections = sections_of(study)
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            made_of=digest(store),
            study=about,
            authors=about.get("authors") or (),
            title=about.get("title") or about.get("name") or "Networks",
            counts=_counts(study),
            include=(study.resolved.get("measure") or {}).get("include", "converged"),
            sections=sections,
            lock=study.lock,
            terms=study.terms,
            large=study.shown.height > 1000,
            policy=content_policy([script, library], styles),
            styles=[Markup(style) for style in styles],
            script=Markup(script),
            vega=packed(library),
            data=packed(live_data(study, sections)),
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


def source(name: str) -> str:
    """A template's text, as it is."""
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()


def _counts(study: Study) -> str:
    networks = count(study.table("networks").height, "network")
    if len(study.conditions) == 1:
        return networks
    return f"{networks} in {count(len(study.conditions), study.terms.condition)}"
