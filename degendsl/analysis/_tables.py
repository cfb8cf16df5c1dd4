"""Every table of a study by name: one line a table. Columns are the contract with readers."""

from collections.abc import Sequence

import polars as pl

from degendsl.measuring import ConditionMeasures
from degendsl.planning import Plan

from ._comparing import effects_table
from ._conditions import conditions_table
from ._exhibits import (
    eigenvalues_table,
    fixed_points_table,
    matched_table,
    singular_values_table,
    stimuli_table,
    trajectories_table,
    trials_table,
)
from ._expectations import expectations_table
from ._information import information_table
from ._learning import learning_table
from ._maps import maps_table
from ._networks import networks_table
from ._pairs import pairs_table
from ._problems import notes_table, problems_table
from ._sensitivity import sensitivity_table, sensitivity_values_table
from ._solvers import solvers_table
from ._study import Builder, Study, study_of
from ._values import degeneracy_table

TABLES: dict[str, Builder] = {
    "networks": networks_table,
    "conditions": conditions_table,
    "degeneracy": degeneracy_table,
    "pairs": pairs_table,
    "effects": effects_table,
    "sensitivity": sensitivity_table,
    "sensitivity_values": sensitivity_values_table,
    "expectations": expectations_table,
    "solvers": solvers_table,
    "maps": maps_table,
    "learning": learning_table,
    "stimuli": stimuli_table,
    "trials": trials_table,
    "trajectories": trajectories_table,
    "fixed_points": fixed_points_table,
    "eigenvalues": eigenvalues_table,
    "singular_values": singular_values_table,
    "matched": matched_table,
    "task_information": information_table,
    "problems": problems_table,
    "notes": notes_table,
}


def tables(plan: Plan, measured: Sequence[ConditionMeasures]) -> dict[str, pl.DataFrame]:
    """All tables of a study; what was not measured is null, never a missing column."""
    return tables_of(study_of(plan, measured))


def tables_of(study: Study) -> dict[str, pl.DataFrame]:
    """All tables of what was measured, also where no spec planned it."""
    return {name: build(study) for name, build in TABLES.items()}
