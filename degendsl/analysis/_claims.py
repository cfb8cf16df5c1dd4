"""Effects of the swept factors, and what they say of the study's expectations."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures
from degendsl.spec import kinds

from ._degeneracy import METRICS, degeneracy_of, primary
from ._effects import Effect, effect_of_factor, holm
from ._study import F, Study, frame

EFFECTS = {
    "factor": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "change": F,
    "ci_low": F,
    "ci_high": F,
    "direction": pl.String,
    "monotone": pl.Boolean,
    "endpoint_ratio": F,
    "p": F,
    "smallest_visible": F,
    "exploratory": pl.Boolean,
}
EXPECTATIONS = {
    "text": pl.String,
    "verdict": pl.String,
    "change": F,
    "ci_low": F,
    "ci_high": F,
    "why": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "factor": pl.String,
    "claimed": pl.String,
    "p_adjusted": F,
}
# Conditions that converge this differently are compared on selected networks.
_CONVERGENCE_GAP = 0.20


def effects_table(study: Study) -> pl.DataFrame:
    """The effect of every factor on every metric; those nobody asked for are exploratory."""
    factors = study.factors
    asked = {(claim.level, _factor(claim)) for claim in study.claims}
    rows = []
    for factor, level in itertools.product(factors, METRICS):
        for metric in METRICS[level]:
            effect = _effect(study, factor, level, metric)
            claimed = (level, factor) in asked and metric == primary(level, factors)
            rows.append(
                {
                    "factor": factor,
                    "level": level,
                    "metric": metric,
                    **_numbers(effect),
                    "direction": effect.direction if effect else "unclear",
                    "monotone": effect.monotone if effect else None,
                    "endpoint_ratio": effect.ratio if effect else None,
                    "p": effect.p if effect else None,
                    "smallest_visible": effect.smallest if effect else None,
                    "exploratory": not claimed,
                }
            )
    return frame(rows, EFFECTS)


def expectations_table(study: Study) -> pl.DataFrame:
    """A verdict for each expectation, with Holm's correction over all of them."""
    factors, effects = study.factors, effects_table(study)
    found = []
    for claim in study.claims:
        metric = primary(claim.level, factors)
        row = effects.row(
            by_predicate=(pl.col("factor") == _factor(claim))
            & (pl.col("level") == claim.level)
            & (pl.col("metric") == metric),
            named=True,
        )
        found.append((claim, metric, row))
    adjusted = holm([math.nan if row["p"] is None else row["p"] for _, _, row in found])
    rows = []
    for (claim, metric, row), p in zip(found, adjusted, strict=True):
        verdict, why = _verdict(claim, row, p, _convergence_gap(study.measured))
        direction = "rises" if claim.rises_with else "falls"
        rows.append(
            {
                "text": f"degeneracy of {claim.level} {direction} with {_factor(claim)}",
                "verdict": verdict,
                "change": row["change"],
                "ci_low": row["ci_low"],
                "ci_high": row["ci_high"],
                "why": why,
                "level": claim.level,
                "metric": metric,
                "factor": _factor(claim),
                "claimed": direction,
                "p_adjusted": p,
            }
        )
    return frame(rows, EXPECTATIONS)


def _verdict(
    claim: kinds.Expectation, row: dict[str, Any], p: float, gap: float
) -> tuple[str, str]:
    if row["change"] is None:
        return "unclear", "not measured in every condition"
    if row["ci_low"] is None:
        return "unclear", "too few networks for an interval"
    said = f"changes by {row['change']:+.0%} [{row['ci_low']:+.0%}, {row['ci_high']:+.0%}]"
    if gap > _CONVERGENCE_GAP:
        return "unclear", f"{said}, but convergence differs by {gap:.0%} between conditions"
    if row["direction"] == "unclear":
        visible = row["smallest_visible"]
        seen = f"; this many networks would show a change of {visible:+.0%}" if visible else ""
        return "unclear", f"{said}: the interval holds no change{seen}"
    if p > 0.05:
        return "unclear", f"{said}, but not after Holm's correction (p = {p:.2g})"
    claimed = "rises" if claim.rises_with else "falls"
    return ("holds" if row["direction"] == claimed else "fails"), said


def _effect(study: Study, factor: str, level: str, metric: str) -> Effect | None:
    """The effect of one factor, over the slices in which all other factors stand still."""
    together = next(item for item in study.items if factor in item)
    slices: dict[tuple[Any, ...], list[ConditionMeasures]] = {}
    for one in study.measured:
        levels = one.condition.point.levels
        others = tuple(repr(value) for path, value in levels.items() if path not in together)
        slices.setdefault(others, []).append(one)
    values = [[degeneracy_of(one, level, metric) for one in group] for group in slices.values()]
    known = [[d for d in group if d is not None] for group in values]
    if any(len(group) != len(all_) for group, all_ in zip(known, values, strict=True)):
        return None
    return effect_of_factor(known)


def _convergence_gap(measured: Sequence[ConditionMeasures]) -> float:
    rates = []
    for one in measured:
        outcomes = [record.manifest["outcome"] for record in one.records.values()]
        if outcomes:
            rates.append(outcomes.count("converged") / len(outcomes))
    return max(rates) - min(rates) if rates else 0.0


def _factor(claim: kinds.Expectation) -> str:
    return claim.rises_with or claim.falls_with or ""


def _numbers(effect: Effect | None) -> dict[str, float | None]:
    if effect is None:
        return {"change": None, "ci_low": None, "ci_high": None}
    return {"change": effect.change, "ci_low": effect.low, "ci_high": effect.high}
