"""What a study of this kind can show and this one does not, with the reason."""

from collections.abc import Sequence

import polars as pl

from .._numbers import unquoted
from .._study import Study
from .._words import lowered

_NAMED = 5


def skipped(study: Study) -> list[str]:
    """A line for everything that is not shown, and why."""
    rows = study.rows("degeneracy", "floor", "null", "untrained")
    there = {name: rows[name].is_not_null().any() for name in rows.columns}
    said = _not_given(study, there) if study.given else _not_asked(study, there)
    said += _without_logarithm(study)
    return [unquoted(one) for one in said]


def _not_asked(study: Study, there: dict[str, bool]) -> list[str]:
    """What the spec did not ask for."""
    said = []
    if not there["untrained"]:
        said.append("Untrained reference: `init` is not among `measure.at`.")
    if not there["null"]:
        said.append("Null (a network against itself on other trials): not measured.")
    if not there["floor"]:
        said.append("Numerical floor: not measured; see `measure.floor`.")
    if not study.table("sensitivity_values").height and not study.table("sensitivity").height:
        said.append("Sensitivity to settings of the measure: not asked for.")
    if not study.rows("networks", "kernel_alignment")["kernel_alignment"].is_not_null().any():
        said.append("Kernel alignment: not asked for; see `measure.also`.")
    if not study.table("task_information").height:
        said.append("Information measures of the task: not asked for; see `measure.also`.")
    return said


def _not_given(study: Study, there: dict[str, bool]) -> list[str]:
    """What files did not hold, and what they cannot."""
    networks = study.rows("networks", "condition", "ood_mse", "spectral_radius")
    trajectories = study.rows("trajectories", "condition", "trial")
    known = {
        "losses": ("behaviour", networks.drop_nulls("ood_mse")),
        "states": ("dynamics", trajectories),
        "weights": ("weights", networks.drop_nulls("spectral_radius")),
    }
    problems = study.rows("problems", "problem")["problem"].drop_nulls().to_list()
    said = []
    for array, (level, rows) in known.items():
        # Of what was refused the problems say why.
        without = [
            one.label
            for one in study.conditions
            if not (rows["condition"] == one.id).any()
            and not any(text.startswith(f"{one.label}: {level}") for text in problems)
        ]
        if without:
            said.append(f"{level.capitalize()}: no {array} were given{_of(study, without)}.")
    if not there["untrained"]:
        said.append("Untrained reference: no untrained networks were given; see `--untrained`.")
    return [*said, "Floor: not to be had from networks as given."]


def _without_logarithm(study: Study) -> list[str]:
    """Where logarithms of losses have no spread, because there are none."""
    values = study.rows("degeneracy", "condition", "metric", "at", "value")
    gone = values.filter(pl.col("value").is_null(), metric="ood_log10_sd", at="end")["condition"]
    losses = study.rows("networks", "condition", "ood_mse").filter(ood_mse=0.0)["condition"]
    both = set(gone).intersection(losses)
    labels = [one.label for one in study.conditions if one.id in both]
    title = lowered(study.metric("ood_log10_sd").title)
    return (
        [f"Behaviour: no {title}{_of(study, labels)}, since a loss is 0 and has no logarithm."]
        if labels
        else []
    )


def _of(study: Study, labels: Sequence[str]) -> str:
    """Which conditions a line is about; nothing where it is about all."""
    if len(labels) == len(study.conditions):
        return ""
    more = len(labels) - _NAMED
    shown = [*labels[:_NAMED], *([f"{more} more {study.terms.condition}s"] if more > 0 else [])]
    return f" in {', '.join(shown)}"
