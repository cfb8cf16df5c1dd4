"""What a run or a report left behind, as an answer."""

from typing import Any

from ._answers import Answer, warned


def listener() -> Any:
    """Who hears how a run goes."""
    from degendsl._progress import make_listener

    return make_listener()


def answer_of(result: Any, *, strict: bool) -> Answer:
    """A result with the exit code that it deserves; see `degendsl.api.RunResult`."""
    counts = ", ".join(f"{n} {outcome}" for outcome, n in sorted(result.outcomes.items()))
    lines = [f"networks: {counts}"]
    lines += [f"{verdict:>8}: {text}" for text, verdict in result.verdicts.items()]
    lines.append(f"page: {result.report}")
    unconverged = set(result.outcomes) - {"converged"}
    missed = set(result.verdicts.values()) - {"holds"}
    return Answer(
        text="\n".join(lines),
        content={
            "folder": str(result.store.root),
            "report": str(result.report),
            "outcomes": result.outcomes,
            "verdicts": result.verdicts,
            "failed": list(result.failed),
            "warnings": list(result.warnings),
        },
        problems="\n".join([*warned(result.warnings), *result.failed]),
        code=1 if result.failed or (strict and (unconverged or missed)) else 0,
    )
