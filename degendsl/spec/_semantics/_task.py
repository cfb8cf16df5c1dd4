"""Whether the keys of a task fit one another."""

from collections.abc import Iterator

from ._finding import Case, Finding


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the task of a condition."""
    yield from ()
