"""Effects of the swept factors, over conditions in which all other factors stand still."""

from collections.abc import Callable
from typing import Any, get_args

import polars as pl

from degendsl.measuring import ConditionMeasures
from degendsl.spec import kinds

from ._degeneracy import METRICS, Quantity, metrics_of, primary, quantity_of
from ._effects import Degeneracy, Effect, effect_of_factor
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


def effects_table(study: Study) -> pl.DataFrame:
    """The effect of every factor on every metric; those nobody asked for are exploratory."""
    asked = {(claim.level, claim.factor) for claim in study.claims}
    rows = []
    for factor in study.factors:
        for level, metric in level_metrics(study):
            effect = trained_effect(study, factor, level, metric)
            claimed = (level, factor) in asked and metric == primary(level, study.factors)
            rows.append(
                {
                    "factor": factor,
                    "level": level,
                    "metric": metric,
                    **said(effect),
                    "monotone": effect.monotone if effect else None,
                    "endpoint_ratio": effect.ratio if effect else None,
                    "p": effect.p if effect else None,
                    "smallest_visible": effect.smallest if effect else None,
                    "exploratory": not claimed,
                }
            )
    return frame(rows, EFFECTS)


def level_metrics(study: Study) -> list[tuple[str, str]]:
    """Every level and metric of trained networks; of further levels those that were asked for."""
    found = []
    for level in METRICS:
        trained = (one.levels.get((level, "end")) for one in study.measured)
        measured = [one for one in trained if one is not None]
        if measured or level in get_args(kinds.Level):
            found += [(level, metric) for metric in metrics_of(level, measured)]
    return found


def trained_effect(study: Study, factor: str, level: str, metric: str) -> Effect | None:
    """The effect of one factor on trained networks; None where a condition lacks the metric."""
    return effect_along(study, factor, lambda one: quantity_of(one, level, metric, "end"))


def effect_along(
    study: Study, factor: str, quantity: Callable[[ConditionMeasures], Quantity | None]
) -> Effect | None:
    """The effect of one factor on some quantity, over the slices of the other factors."""
    together = next(item for item in study.items if factor in item)
    slices: dict[tuple[Any, ...], list[Degeneracy]] = {}
    for one in study.measured:
        found = quantity(one)
        if found is None:
            return None
        others = tuple(repr(v) for path, v in one.condition.levels.items() if path not in together)
        level = Degeneracy(value=found.value, without=found.without)
        slices.setdefault(others, []).append(level)
    return effect_of_factor(list(slices.values()), paired=study.paired)


def said(effect: Effect | None) -> dict[str, Any]:
    """What every table says of an effect."""
    if effect is None:
        return {"change": None, "ci_low": None, "ci_high": None, "direction": "unclear"}
    return {
        "change": effect.change,
        "ci_low": effect.low,
        "ci_high": effect.high,
        "direction": effect.direction,
    }
