"""Representations: how unlike states are sample by sample, where that was asked for."""

from .._degeneracy import primary
from .._study import Study
from .._words import FURTHER
from ._level_chart import level_chart
from ._pairs import distribution_chart
from ._section import Section


def representation(study: Study) -> Section | None:
    """What the same trials look like inside of two networks, beside how they evolve."""
    level = "representation"
    name = primary(study, level)
    if not name:
        return None
    title = study.metric(name).title
    charts = [
        level_chart(study, level, name, id=f"level-{level}", title=title),
        distribution_chart(study, name, id=f"pairs-{level}"),
    ]
    return Section(id=level, title=FURTHER[level], charts=[c for c in charts if c is not None])
