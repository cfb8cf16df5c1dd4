"""Whether the keys of a model fit one another and the task."""

from collections.abc import Iterator

from ._finding import Case, Finding


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the model of a condition."""
    yield from ()
