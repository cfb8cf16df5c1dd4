"""The sensitivity grid: whether a finding survives other settings of the measure."""

from .._charts import Chart
from .._study import Study


def sensitivity_charts(study: Study) -> list[Chart]:
    """One chart a factor, where other settings were asked for."""
    del study
    return []
