"""What brings drawings to life: Vega, specifications and their numbers, packed into the page."""

import base64
import gzip
import json
import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from ._chosen import chosen_data
from ._colours import palette
from ._sections._section import Section
from ._study import Study
from ._theme import config


def live_data(study: Study, sections: Sequence[Section]) -> dict[str, Any]:
    """Everything the script of the page reads."""
    panels = [panel for section in sections for chart in section.charts for panel in chart.shown]
    return {
        "config": config(),
        "palette": palette(len(study.levels)),
        "views": {panel.view: panel.spec for panel in panels},
        **chosen_data(study),
    }


def packed(value: Any) -> str:
    """A text, or what is written as JSON, in letters that no text inside can break out of."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    # A fixed time keeps the page the same when nothing in it changed.
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def vega() -> str:
    """Vega with Vega-Lite, Vega-Embed and the interpreter of expressions, as one script.

    Putting it together takes two seconds, so it is kept beside compiled programs.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "degendsl"
    path = base / f"vega-{version('vl-convert-python')}.js"
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        pass
    script = vl_convert.javascript_bundle()  # pyright: ignore[reportCallIssue]
    try:
        base.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(script, encoding="utf-8")
        os.replace(unfinished, path)
    except OSError:
        # Only time is lost.
        pass
    return script
