"""Methods text with its references, what ran, where we had to choose, provenance, the spec."""

from typing import Any

import polars as pl

from degendsl.errors import DegendslError
from degendsl.spec import our_choices, parse_spec

from .._numbers import unquoted
from .._references import references_of, study_bibtex
from .._study import Study
from .._words import PROVISIONAL, word
from ._section import Section
from ._skipped import skipped

_OUTCOMES = ("converged", "unconverged", "diverged")


def ran(study: Study) -> Section:
    """What ran, what failed, what was skipped."""
    outcomes = study.rows("networks", "condition", "outcome")
    counted = {
        (condition, outcome): count
        for condition, outcome, count in outcomes.group_by("condition", "outcome").len().rows()
    }
    planned = (study.resolved.get("networks") or {}).get("count")
    rows = []
    for condition in study.conditions:
        counts = [counted.get((condition.id, outcome), 0) for outcome in _OUTCOMES]
        missing = max(0, planned - sum(counts)) if isinstance(planned, int) else 0
        rows.append([condition.label, *counts, missing])
    totals = [sum(row[index] for row in rows) for index in range(1, 5)]
    problems, notes = (
        study.rows(table, "condition", column)[column].cast(pl.String).to_list()
        for table, column in (("problems", "problem"), ("notes", "note"))
    )
    rates = [row[1] / max(1, sum(row[1:4])) for row in rows]
    return Section(
        id="ran",
        title=study.terms.ran,
        template="ran.html.jinja",
        data={
            "rows": rows,
            "totals": totals,
            "problems": problems,
            "skipped": skipped(study),
            # How networks from elsewhere were trained is not known.
            "given": [
                (condition.label, counted.get((condition.id, "given"), 0))
                for condition in study.conditions
            ]
            if study.lock.get("kind") == "measured"
            else [],
            "uneven": bool(rates) and max(rates) - min(rates) > 0.2,
            # Of files that were read; of networks that were measured.
            "warnings": [*map(str, study.lock.get("warnings") or ()), *notes],
        },
    )


def methods(study: Study) -> Section:
    """Text to paste, its references, and where its numbers come from."""
    references = references_of(study.resolved)
    said = [*(study.lock.get("methods") or ()), *([PROVISIONAL] if study.provisional else [])]
    text = cited(" ".join(said), [one.short for one in references])
    created = str(study.lock.get("created") or "")
    own = study_bibtex(
        study.resolved,
        str(study.lock.get("folder_hash") or ""),
        created[:4] or "2025",
        str(study.lock.get("degendsl") or ""),
    )
    return Section(
        id="methods",
        title="Methods",
        template="methods.html.jinja",
        data={
            "text": text,
            "references": references,
            "bibtex": "\n\n".join([own, *(one.bibtex for one in references)]),
            "cites": list((study.resolved.get("study") or {}).get("cites") or ()),
            "choices": [(c.path, word(c.value), unquoted(c.doc)) for c in choices(study)],
            "provenance": provenance(study),
        },
    )


def cited(text: str, works: list[str]) -> str:
    """Methods text in which the works it leans on are named, where it does not do so itself."""
    missing = [work for work in works if work.split(" ")[0] not in text]
    return f"{text} Built on {', '.join(missing)}." if missing and text else text


def choices(study: Study) -> list[Any]:
    """Defaults of ours that this study uses; none where its spec can't be read again."""
    try:
        spec = parse_spec(
            study.store.spec_text,
            variant=study.lock.get("variant"),
            overrides=study.lock.get("overrides") or (),
            large=True,
        )
    except (DegendslError, KeyError, TypeError):
        return []
    return our_choices(spec)


def provenance(study: Study) -> list[tuple[str, str]]:
    """With what, where and when the numbers were made."""
    lock = study.lock
    git = lock.get("git") or {}
    clean = "" if git.get("clean", True) else ", with uncommitted changes"
    pairs = [
        ("degendsl", lock.get("degendsl")),
        ("results", lock.get("folder_hash")),
        ("variant", lock.get("variant")),
        *(
            (said, f"{one['file']} (SHA-256 {one['sha256']})")
            for key, said in (("inputs", "read"), ("untrained", "untrained"))
            for one in lock.get(key) or ()
        ),
        ("--set", ", ".join(lock.get("overrides") or ())),
        *(
            (name.replace("_", " "), value)
            for name, value in (lock.get("realisation") or {}).items()
        ),
        ("Python", lock.get("python")),
        ("begun", lock.get("created")),
        ("git", f"{git['commit']}{clean}" if git.get("commit") else None),
    ]
    return [(name, str(value)) for name, value in pairs if value not in (None, "")]


def specification(study: Study) -> Section | None:
    """The spec as it was given, its lines numbered."""
    try:
        lines = study.store.spec_text.splitlines()
    except DegendslError:
        return None
    return Section(id="spec", title="The spec", template="spec.html.jinja", data={"lines": lines})
