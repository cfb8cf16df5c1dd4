"""Values under other settings of the measure: beside their references, the rank named."""

import re
from pathlib import Path

import polars as pl
import pytest
from synthetic import synthetic_store, write_lock

from degendsl_reports._degeneracy import primary
from degendsl_reports._findings import sentence
from degendsl_reports._sections import _behavior, _dynamics, _weights
from degendsl_reports._sections._level_chart import level_chart, minima
from degendsl_reports._sections._sensitivity import sensitivity_charts
from degendsl_reports._sections._skipped import skipped
from degendsl_reports._study import Study
from degendsl_reports._vega import draw, specification

GRID = ("delays 5, rank per study", "delays 5, rank per condition")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two conditions whose values under both settings are known, for every metric."""
    store = synthetic_store(tmp_path, channels=(1, 2), networks=4, epochs=6)
    end = store.table("degeneracy").filter(at="end").drop("at", "n_pairs", "two_families")
    place = pl.col("condition").rank("dense").cast(pl.Int64)
    ranks = {GRID[0]: pl.lit(6, pl.Int64), GRID[1]: 3 * place}
    rows = [
        end.with_columns(
            setting=pl.lit(setting), rank=pl.when(pl.col("level") == "dynamics").then(rank)
        )
        for setting, rank in ranks.items()
    ]
    store.write_table("sensitivity_values", pl.concat(rows))
    return Study(store)


@pytest.mark.parametrize("level", ["behavior", "dynamics", "weights"])
def test_every_level_shows_its_values_and_references_under_every_setting(study: Study, level: str):
    section = {"behavior": _behavior.behavior, "dynamics": _dynamics.dynamics}.get(
        level, _weights.weights
    )(study)
    assert section is not None
    (chart,) = (one for one in section.charts if one.id == f"settings-{level}")
    assert tuple(panel.title for panel in chart.panels) == GRID
    assert chart.table is not None and chart.table.full == "sensitivity_values"
    values = study.table("sensitivity_values").filter(metric=primary(study, level))
    column = {name: list(cells) for name, cells in _columns(chart.table)}
    assert column["Value"] == values["value"].to_list() and len(column["Value"]) == 4
    for name, stored in (("Floor", "floor"), ("Null", "null"), ("Untrained", "untrained")):
        assert column[name] == values[stored].to_list()
    assert ("Shuffled" in column) == (level == "weights")
    assert ("Rank" in column) == (level == "dynamics")
    for panel in chart.panels:
        said = str(panel.draw(246).to_dict())
        assert "'untrained'" in said and "'floor'" in said
        assert ("'field': 'rank'" in said) == (level == "dynamics")


def _columns(table) -> zip:  # pyright: ignore
    return zip(table.columns, zip(*table.rows, strict=True), strict=True)


def test_ranks_that_differ_between_conditions_are_named(study: Study):
    section = _dynamics.dynamics(study)
    assert section is not None
    (chart,) = (one for one in section.charts if one.id == "settings-dynamics")
    assert chart.note == (
        "Of delays 5, rank per condition: rank 3 in channels 1, 6 in channels 2. "
        "Networks of unequal ranks are never compared, only these values."
    )


@pytest.mark.parametrize("score, unit", [("angular", " (rad)"), ("wasserstein", "")])
def test_only_angles_are_in_radians(study: Study, score: str, unit: str):
    assert study.metric("dsa").axis == "DSA distance (rad)"
    resolved = study.resolved | {"measure": {"sensitivity": {"dynamics.score": [score]}}}
    write_lock(study.store, resolved=resolved)
    assert Study(study.store).metric("dsa").axis == f"DSA distance{unit}"


def test_the_page_says_how_sure_minima_are_and_what_could_have_been_seen(study: Study):
    ids = list(study.by_id)
    solvers = {
        "condition": ids * 2,
        "metric": ["dsa"] * 2 + ["pif"] * 2,
        "at": ["end"] * 4,
        "starts": [16.0, 16.0, 8.0, 8.0],
        "agreeing": [0.5, 0.75, None, None],
        "gap": [None, None, 0.2, 0.4],
    }
    study.store.write_table("solvers", pl.DataFrame(solvers))
    again = Study(study.store)
    assert minima(again, "dsa") == (
        "Distances are upper bounds, the best of 16 starts of quasi-Newton steps, 8 of each "
        "determinant; 50 to 75\u202f% of them end there (means over pairs)."
    )
    assert minima(again, "pif") == (
        "Distances are upper bounds, the best of 8 starts of annealing and Frank–Wolfe steps; "
        "the next best minimum is 0.3 above (means over pairs)."
    )
    assert minima(again, "pif_angle") == ""
    for level in ("dynamics", "weights"):
        name = primary(again, level)
        note = level_chart(again, level, name, id="one").note
        assert note.endswith(minima(again, name))
    unclear = {"factor": "task.channels", "change": -0.1, "ci_low": -0.3, "ci_high": 0.2}
    text, _ = sentence(again, unclear | {"direction": "unclear", "smallest_visible": 0.4})
    assert text.endswith("; only +40\u202f% or more would show.")


@pytest.mark.parametrize("far", [False, True])
def test_every_interval_of_a_change_is_drawn_whole_or_goes_on_as_an_arrow(study: Study, far: bool):
    store = study.store
    changes = {
        "change": [-0.5, 5.0, None],
        "ci_low": [-0.7, -0.2, None],
        "ci_high": [0.1, 9e6 if far else 12.0, None],
    }
    rows = store.table("sensitivity").head(3)
    rows = rows.with_columns(pl.Series(name, values) for name, values in changes.items())
    store.write_table("sensitivity", rows)
    (chart,) = (c for c in sensitivity_charts(Study(store), "dynamics") if "settings" not in c.id)
    assert ("Arrows: there is more beyond" in chart.note) == far
    spec = chart.panels[0].draw(506).to_dict()
    data = spec["datasets"]
    zero, intervals, *arrows, points, none = spec["layer"]
    axis = points["encoding"]["x"]
    low, high = axis["scale"]["domain"]
    # Along logarithms of 1 + change, from the least end to the greatest, at most a hundredfold.
    assert axis["scale"]["type"] == "log" and (low, high) == pytest.approx(
        (0.3, 100.0 if far else 13.0)
    )
    drawn = data[intervals["data"]["name"]]
    assert [(row["low"], row["high"]) for row in drawn] == pytest.approx(
        [pytest.approx((0.3, 1.1)), pytest.approx((0.8, high))]
    )
    assert [row["ratio"] for row in data[points["data"]["name"]]] == pytest.approx([0.5, 6.0])
    assert len(arrows) == far
    assert len(data[none["data"]["name"]]) == 1 and data[zero["data"]["name"]] == [{"ratio": 1.0}]
    said = draw(specification(chart.panels[0].draw, 506)).body
    labels = re.findall(r">([+−]?[\d.]+)</text>", said)
    rising = ["+100", "+900", "+9900"] if far else ["+100", "+400", "+900"]
    assert labels == ["−50", "0", *rising]


def test_changes_to_nothing_and_without_any_value_are_drawn(study: Study):
    store = study.store
    rows = store.table("sensitivity").head(2)
    for gone, ends in ((-1.0, [0.01, 1.0]), (None, [1.0, 1.0])):
        columns = [pl.lit(gone, pl.Float64).alias(name) for name in ("change", "ci_low", "ci_high")]
        store.write_table("sensitivity", rows.with_columns(columns))
        (chart,) = (
            c for c in sensitivity_charts(Study(store), "dynamics") if "settings" not in c.id
        )
        assert ("Arrows" in chart.note) == (gone is not None)
        spec = chart.panels[0].draw(506).to_dict()
        assert spec["layer"][-2]["encoding"]["x"]["scale"]["domain"] == ends
        said = draw(specification(chart.panels[0].draw, 506)).body
        assert ("<circle" in said) == (gone is not None)


def test_a_grid_without_factors_was_asked_for(study: Study):
    study.store.write_table("sensitivity", study.table("sensitivity").clear())
    assert not [
        one for one in skipped(Study(study.store)) if "not asked for" in one and "ensitiv" in one
    ]
