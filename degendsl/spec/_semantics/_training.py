"""Whether training fits the model, the task and itself."""

from collections.abc import Iterator

from ._finding import Case, Finding


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the training of a condition."""
    yield from ()
