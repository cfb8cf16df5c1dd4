"""The sections of the page, in their order. Each is a function of the study alone."""

from collections.abc import Callable

from .._study import Study
from ._behavior import behavior
from ._downloads import downloads
from ._dynamics import dynamics
from ._learning import learning
from ._levels import levels
from ._methods import methods, ran, specification
from ._representation import representation
from ._section import Section
from ._task import task
from ._top import top
from ._weights import weights

SECTIONS: tuple[Callable[[Study], Section | None], ...] = (
    top,
    levels,
    behavior,
    dynamics,
    representation,
    weights,
    learning,
    task,
    ran,
    methods,
    downloads,
    specification,
)


def sections_of(study: Study) -> list[Section]:
    """Every section that a study has something for."""
    return [section for make in SECTIONS if (section := make(study)) is not None]
