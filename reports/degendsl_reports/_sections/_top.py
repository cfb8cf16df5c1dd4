"""The answer in ten seconds: a finding a level, and what became of each expectation."""

from .._findings import findings, measured_by
from .._numbers import typeset
from .._study import Study
from ._section import Section


def top(study: Study) -> Section:
    """Findings in words with numbers, expectations with verdicts and why."""
    claims = study.rows("expectations", "text", "verdict", "why", "level")
    expectations = [
        {**row, "text": typeset(row["text"] or ""), "why": typeset(row["why"] or "")}
        for row in claims.to_dicts()
    ]
    return Section(
        id="findings",
        title="Are these networks the same solution?",
        template="top.html.jinja",
        data={
            "findings": findings(study),
            "about": measured_by(study),
            "expectations": expectations,
        },
    )
