"""Effects and values under other settings of a measure."""

import polars as pl

from degendsl.measuring import ConditionMeasures

from ._comparing import effect_along, said
from ._degeneracy import METRICS, Quantity, quantity_of, rank_of
from ._references import NAMES, references
from ._study import F, Study, frame

SENSITIVITY = {
    "factor": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "setting": pl.String,
    "change": F,
    "ci_low": F,
    "ci_high": F,
    "direction": pl.String,
}
VALUES = {
    "condition": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "setting": pl.String,
    "rank": pl.Int64,
    "value": F,
    "ci_low": F,
    "ci_high": F,
    "n_networks": pl.Int64,
    **dict.fromkeys(NAMES, F),
}


def sensitivity_table(study: Study) -> pl.DataFrame:
    """The effect of every factor under every setting of the grid; null where it was not to be had.

    A verdict needs the same sign in all of them.
    """
    rows = [
        {
            "factor": factor,
            "level": level,
            "metric": metric,
            "setting": setting,
            **said(
                effect_along(
                    study, factor, lambda one, s=setting, m=metric, k=level: _under(one, k, m, s)
                )
            ),
        }
        for factor in study.factors
        for level, setting in _settings(study)
        for metric in METRICS[level]
    ]
    return frame(rows, SENSITIVITY)


def sensitivity_values_table(study: Study) -> pl.DataFrame:
    """The values behind `sensitivity` by condition, and what each must be read beside.

    rank: of the operators compared, which a setting can choose for each condition alone. Values of
    unequal ranks stand side by side; networks of two conditions are never compared.
    """
    rows = []
    for one in study.measured:
        for (level, setting), under in one.sensitivity.items():
            for metric in METRICS[level]:
                found = quantity_of(under, level, metric, "end")
                rows.append(
                    {
                        "condition": one.condition.id,
                        "level": level,
                        "metric": metric,
                        "setting": setting,
                        "rank": rank_of(under.levels.get((level, "end")), metric),
                        "value": found.interval.value if found else None,
                        "ci_low": found.interval.low if found else None,
                        "ci_high": found.interval.high if found else None,
                        "n_networks": len(found.seeds) if found else 0,
                        **references(under, level, metric, "end"),
                    }
                )
    return frame(rows, VALUES)


def _settings(study: Study) -> list[tuple[str, str]]:
    """Every (level, setting) that some condition was measured under, in order."""
    return list(dict.fromkeys(key for one in study.measured for key in one.sensitivity))


def _under(one: ConditionMeasures, level: str, metric: str, setting: str) -> Quantity | None:
    under = one.sensitivity.get((level, setting))
    return quantity_of(under, level, metric, "end") if under else None
