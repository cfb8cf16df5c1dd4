"""What a section of the page is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._charts import Chart


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page.

    template: a partial that shows it; by default heading, introduction and charts in their order.
    data: what else that partial shows.
    """

    id: str
    title: str
    intro: str = ""
    charts: Sequence[Chart] = ()
    template: str = "section.html.jinja"
    data: Mapping[str, Any] = field(default_factory=dict)
