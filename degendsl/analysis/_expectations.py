"""What the study says of its expectations: a verdict each, and why."""

import math
from dataclasses import dataclass

import polars as pl

from degendsl.spec import kinds

from ._comparing import trained_effect
from ._degeneracy import primary, quantity_of
from ._effects import Effect, holm, p_unchanged
from ._references import floor_of
from ._sensitivity import sensitivity_table
from ._study import F, Study, frame

SCHEMA = {
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
    "within": F,
    "p_adjusted": F,
}
# Conditions that converge this differently are compared on selected networks.
_CONVERGENCE_GAP = 0.20
_SIGNIFICANT = 0.05


def expectations_table(study: Study) -> pl.DataFrame:
    """A verdict for each expectation, with Holm's correction over all of them."""
    found = [_judged(study, claim) for claim in study.claims]
    adjusted = holm([one.p for one in found])
    settings = sensitivity_table(study)
    rows = []
    for one, p in zip(found, adjusted, strict=True):
        signs = settings.filter(
            (pl.col("factor") == one.claim.factor)
            & (pl.col("level") == one.claim.level)
            & (pl.col("metric") == one.metric)
        )["change"]
        verdict, why = _verdict(one, p, _doubts(study, one, signs.to_list()))
        effect = one.effect
        rows.append(
            {
                "text": one.claim.text,
                "verdict": verdict,
                "change": effect.change if effect else None,
                "ci_low": effect.low if effect else None,
                "ci_high": effect.high if effect else None,
                "why": why,
                "level": one.claim.level,
                "metric": one.metric,
                "factor": one.claim.factor,
                "claimed": one.claim.direction,
                "within": one.claim.within,
                "p_adjusted": p,
            }
        )
    return frame(rows, SCHEMA)


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A claim, the effect it is about and the p-value of what it is tested against."""

    claim: kinds.Expectation
    metric: str
    effect: Effect | None
    p: float


def _judged(study: Study, claim: kinds.Expectation) -> _Judged:
    metric = primary(claim.level, study.factors)
    effect = trained_effect(study, claim.factor, claim.level, metric)
    p = math.nan
    if effect:
        p = effect.p if claim.within is None else p_unchanged(effect, claim.within)
    return _Judged(claim=claim, metric=metric, effect=effect, p=p)


def _verdict(one: _Judged, p: float, doubts: list[str]) -> tuple[str, str]:
    effect, claim = one.effect, one.claim
    if effect is None:
        return "unclear", "not measured in every condition"
    if not math.isfinite(effect.low):
        return "unclear", "too few networks for an interval"
    said = f"changes by {effect.change:+.0%} [{effect.low:+.0%}, {effect.high:+.0%}]"
    if doubts:
        return "unclear", f"{said}, but {'; '.join(doubts)}"
    if claim.within is not None:
        return _unchanged(claim.within, effect, p, said)
    if effect.direction == "unclear":
        seen = f"with this many networks only {_rough(effect.smallest)} or more would show"
        return "unclear", f"{said}: the interval holds no change; {seen}"
    if p > _SIGNIFICANT:
        return "unclear", f"{said}, but not after Holm's correction (p = {p:.2g})"
    return ("holds" if effect.direction == claim.direction else "fails"), said


def _rough(change: float) -> str:
    """A change as a percentage; beyond tenfold only its size."""
    return f"{change if abs(change) < 10 else float(f'{change:.2g}'):+.0%}"


def _unchanged(within: float, effect: Effect, p: float, said: str) -> tuple[str, str]:
    margin = f"±{within:.0%}"
    if p <= _SIGNIFICANT:
        return "holds", f"{said}: within {margin} by two one-sided tests (p = {p:.2g})"
    if effect.low > within or effect.high < -within:
        return "fails", f"{said}: all of the interval lies beyond {margin}"
    return "unclear", f"{said}: neither within {margin} (p = {p:.2g}) nor wholly beyond it"


def _doubts(study: Study, one: _Judged, under: list[float | None]) -> list[str]:
    """What forbids a verdict, whatever the interval says."""
    doubts = []
    if one.effect is None:
        return doubts
    known = [change for change in under if change is not None]
    if len(known) < len(under):
        # A sign that nobody knows is not the same sign.
        lacking = len(under) - len(known)
        doubts.append(f"not to be had under {lacking} of {len(under)} other settings")
    if one.claim.within is None:
        other = sum(change * one.effect.change <= 0 for change in known)
        if other:
            doubts.append(f"with the other sign under {other} of {len(known)} other settings")
    else:
        beyond = sum(abs(change) > one.claim.within for change in known)
        if beyond:
            doubts.append(f"by more than that under {beyond} of {len(known)} other settings")
    low = [
        measured.condition.label
        for measured in study.measured
        if (found := quantity_of(measured, one.claim.level, one.metric, "end"))
        and found.value <= floor_of(measured, one.claim.level, one.metric)
    ]
    if low:
        doubts.append(f"what rounding alone does is as large in {', '.join(low)}")
    gap = convergence_gap(study, one.claim.level, one.metric)
    if gap > _CONVERGENCE_GAP:
        doubts.append(f"convergence differs by {gap:.0%} between conditions")
    return doubts


def convergence_gap(study: Study, level: str, metric: str) -> float:
    """The largest difference between conditions in the share of networks that were let in.

    Of those that converged, of those that are compared, and of those that the metric is of: each
    step may select, and conditions that select otherwise are compared on other networks.
    """
    shares = []
    for one in study.measured:
        outcomes = [record.manifest["outcome"] for record in one.records.values()]
        if outcomes:
            found = quantity_of(one, level, metric, "end")
            let_in = (
                outcomes.count("converged"),
                len(one.compared),
                len(found.seeds) if found else len(one.compared),
            )
            shares.append([count / len(outcomes) for count in let_in])
    if not shares:
        return 0.0
    return max(max(column) - min(column) for column in zip(*shares, strict=True))
