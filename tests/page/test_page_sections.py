"""What sections say and draw of a study, without a browser."""

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from synthetic import synthetic_store, write_lock

from degendsl.store import Store
from degendsl_reports._charts import Panel
from degendsl_reports._chosen import chosen_data
from degendsl_reports._degeneracy import others_of
from degendsl_reports._findings import measured_by, signed
from degendsl_reports._numbers import typeset
from degendsl_reports._sections import _behavior, _dynamics, _level_chart, _levels, _task, _top
from degendsl_reports._sections._courses import course_charts
from degendsl_reports._sections._maps import map_chart
from degendsl_reports._sections._representation import representation
from degendsl_reports._study import Study
from degendsl_reports._theme import text_width

KICKED = "ood_mse[kick, size 1]"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return synthetic_store(tmp_path, channels=(1, 2), networks=4, epochs=6, exhibited=3)


def rewrite(store: Store, name: str, *columns: pl.Expr) -> None:
    store.write_table(name, store.table(name).with_columns(*columns))


def test_changes_look_the_same_wherever_they_come_from(store: Store):
    plain = "changes by -25% [-31%, +4%]: within ±10% by two one-sided tests (p = 0.04)"
    said = "changes by −25\u202f% [−31\u202f%, +4\u202f%]: within ±10\u202f% by two one-sided tests"
    assert typeset(plain) == f"{said} (p = 0.04)"
    assert typeset("task.delay.max of 3-bit runs, 1-5") == "task.delay.max of 3-bit runs, 1-5"
    assert signed(-0.25) in said
    rewrite(store, "expectations", pl.lit(plain).alias("why"))
    (*_, claim) = _top.top(Study(store)).data["expectations"]
    assert claim["why"] == typeset(plain)


def test_fixed_points_are_filled_where_stable_and_slow_points_are_not_drawn(store: Store):
    # Of three points a network the last is unstable; now the first is slow.
    slow = pl.int_range(pl.len()) % 3 == 0
    rewrite(store, "fixed_points", pl.when(~slow).then("stable").alias("stable"))
    chart = _dynamics.trajectory_chart(Study(store))
    assert chart is not None and chart.table is not None
    assert [row[3:] for row in chart.table.rows] == [(1.0, 1.0)] * 2
    for panel in chart.panels:
        _, unstable, stable = panel.draw(332).to_dict()["layer"]
        assert stable["transform"] == [{"filter": "datum.stable"}]
        assert unstable["transform"] == [{"filter": "!datum.stable"}]
    # A chosen network shows the same two.
    exhibits = chosen_data(Study(store))["exhibits"]
    for shown in exhibits.values():
        rows = [row for one in shown if one["kind"] == "states" for row in one["rows"]]
        assert [row["stable"] for row in rows if "stable" in row] == [True, False]


def test_what_is_held_jumps_and_outputs_stand_where_they_are_read(store: Store):
    study = Study(store)
    panel = next(chart for chart in _behavior.trial_charts(study)).panels[0]
    spec = panel.draw(332).to_dict()
    target, output = (
        (layer["mark"], pl.DataFrame(spec["datasets"][layer["data"]["name"]]))
        for layer in spec["layer"]
    )
    # The first row of a step of one: from 0 to 1, where its output is read.
    kept = study.rows("stimuli", "condition", "ood", "kind", "time", "value").filter(
        condition=study.conditions[0].id, ood="in", kind="target"
    )
    assert target[0]["interpolate"] == "step-before" and "interpolate" not in output[0]
    assert target[1]["time"].to_list() == [0, *range(1, kept.height + 1)]
    assert target[1]["value"].to_list()[1:] == kept["value"].to_list()
    assert output[1]["time"].to_list() == [*range(1, kept.height + 1)]
    # Inputs are held whatever they are, targets only where they jump.
    smooth = pl.col("value").cum_sum().sin()
    rewrite(store, "stimuli", smooth.alias("value"))
    inputs, targets = (
        chart.panels[0].draw(332).to_dict()["layer"][0]["mark"]
        for chart in _task.example_charts(Study(store))
    )
    assert inputs["interpolate"] == "step-before" and "interpolate" not in targets
    kinds = {
        one["kind"] for shown in chosen_data(Study(store))["exhibits"].values() for one in shown
    }
    assert kinds == {"trial", "states"}


def test_findings_say_of_what_and_of_how_many_they_are(store: Store):
    assert measured_by(Study(store)) == (
        "Behaviour: spread of out-of-distribution loss; Dynamics: DSA distance; Weights: "
        "permutation distance. In brackets: 95\u202f% intervals over 4 networks a "
        "condition."
    )
    fewer = pl.when(pl.int_range(pl.len()) == 1).then(3).otherwise("n_networks")
    rewrite(store, "degeneracy", fewer.alias("n_networks"))
    assert measured_by(Study(store)).endswith("3 to 4 networks a condition.")
    # Beyond tenfold only the size is of interest.
    assert [signed(one) for one in (-0.256, 2.344, 26.82)] == [
        "−26\u202f%", "+234\u202f%", "+2700\u202f%"
    ]  # fmt: skip


def test_representations_have_a_section_where_they_were_measured(store: Store):
    assert representation(Study(store)) is None
    words = {"level": "representation", "metric": "svcca"}
    for name in ("degeneracy", "pairs"):
        rows = store.table(name)
        of_dsa = rows.filter(metric="dsa")
        named = (pl.lit(words[column]).alias(column) for column in words if column in rows.columns)
        store.write_table(name, pl.concat([rows, of_dsa.with_columns(*named)]))
    section = representation(Study(store))
    assert section is not None
    assert [chart.title for chart in section.charts] == [
        "SVCCA distance", "How pairs differ: SVCCA distance"
    ]  # fmt: skip
    assert "How unlike the states of two networks are" in section.charts[0].note
    # It is none of the three levels.
    assert len(_levels.levels(Study(store)).charts) == 3


def test_maps_say_where_two_dimensions_are_too_few(store: Store):
    chart = map_chart(Study(store), "dsa", id="map", title="Map", unit="rad")
    assert chart is not None and "(stress) is 0.1; 4 networks" in chart.summary
    assert not chart.flags
    second = pl.col("condition") == list(Study(store).by_id)[1]
    rewrite(store, "maps", pl.when(second).then(0.25).otherwise("stress").alias("stress"))
    chart = map_chart(Study(store), "dsa", id="map", title="Map", unit="rad")
    assert chart is not None and "0.1 to 0.25" in chart.summary
    assert [flag.partition(":")[0] for flag in chart.flags] == ["Stress above 0.2 of channels 2"]


def test_an_interval_that_reaches_far_leaves_values_apart(store: Store):
    """Few networks may have intervals a hundred times as high as their values, or down to zero."""
    second = pl.col("condition") == list(Study(store).by_id)[1]
    rewrite(
        store,
        "degeneracy",
        pl.when(second).then(0.0).otherwise("ci_low").alias("ci_low"),
        pl.when(second).then(100 * pl.col("value")).otherwise("ci_high").alias("ci_high"),
    )
    chart = _level_chart.level_chart(Study(store), "dynamics", "dsa", id="level-dynamics")
    (panel,) = chart.panels
    layers = panel.draw(332).to_dict()["layer"]
    scale = layers[-2]["encoding"]["y"]["scale"]
    assert scale["type"] == "log"
    # The interval that holds zero reaches below all others, and the tooltip says zero.
    drawn = [(row["low"], row["ci_low"]) for row in rows_of(panel, 2)]
    assert min(scale["domain"]) == drawn[1][0] < drawn[0][0] and drawn[1][1] == 0
    assert "near zero" not in chart.note


def test_what_has_no_place_on_logarithms_is_counted(store: Store):
    first, second = list(Study(store).by_id)[:2]
    rewrite(
        store,
        "degeneracy",
        pl.when(condition=second).then(100 * pl.col("value")).otherwise("value").alias("value"),
        pl.when(condition=first).then(0.0).otherwise("floor").alias("floor"),
    )
    copies = (pl.col("condition") == first) & (pl.col("seed_a") == 0)
    rewrite(store, "pairs", pl.when(copies).then(0.0).otherwise("distance").alias("distance"))
    study = Study(store)
    chart = _level_chart.level_chart(study, "dynamics", "dsa", id="level-dynamics")
    few = study.rows("pairs", "condition", "seed_a", "metric", "at").filter(
        condition=first, seed_a=0, metric="dsa", at="end"
    )
    assert (
        f"Too near zero to be drawn on this axis: {few.height} small points, floor of 1 condition."
        in chart.note
    )
    (panel,) = chart.panels
    assert all(row["value"] > 0 for row in rows_of(panel, 1))


def test_courses_name_each_line_and_cells_of_heat_maps_fit(tmp_path: Path):
    store = synthetic_store(tmp_path, channels=range(1, 7), delays=(5, 10), networks=2, exhibited=1)
    study = Study(store)
    course = course_charts(study)[0]
    assert [panel.title for panel in course.panels] == ["delay max 5", "delay max 10"]
    for panel in course.panels:
        assert [row["short"] for row in rows_of(panel, 3)] == list("123456")
        assert all(row["ci_low"] < row["value"] < row["ci_high"] for row in rows_of(panel, 1))
    heat = _levels.heat_map(study, "behavior")
    # From 0.6 to 1 thousandths.
    assert heat.summary.endswith("Cells in units of 0.001.")
    (said,) = ({row["said"] for row in rows_of(panel, 1)} for panel in heat.panels)
    assert {"1", "0.6"} < said and max(map(len, said)) == 4


def rows_of(panel: Panel, layer: int) -> list[dict[str, Any]]:
    spec = panel.draw(332).to_dict()
    return spec["datasets"][spec["layer"][layer].get("data", spec.get("data"))["name"]]


def test_every_condition_out_of_distribution_shows_its_losses(store: Store):
    rewrite(store, "networks", (pl.col("ood_mse") * 2).alias(KICKED))
    rewrite(store, "stimuli", pl.col("ood").replace("temporal", "kick"))
    rewrite(store, "trials", pl.col("ood").replace("temporal", "kick"))
    section = _behavior.behavior(Study(store))
    assert section is not None
    charts = {chart.id: chart for chart in section.charts}
    losses = charts["ood-losses-kick-size-1"]
    assert losses.title == "Out-of-distribution loss (kick, size 1)"
    networks = store.table("networks")
    medians = networks.group_by("condition", maintain_order=True).agg(pl.col(KICKED).median())
    assert losses.table is not None and charts["trials-kick"].table is not None
    assert [row[2] for row in losses.table.rows] == medians[KICKED].to_list()
    # The shown trial carries the loss of its own condition.
    for (_, _, seed, loss), index in zip(charts["trials-kick"].table.rows, [0] * 3, strict=False):
        one = networks.filter(
            pl.col("condition") == list(Study(store).by_id)[index], pl.col("seed") == seed
        )
        assert loss == one[KICKED][0]
    assert "out-of-distribution loss (kick, size 1)" in chosen_data(Study(store))["facts"]


def test_losses_that_were_given_are_called_that(store: Store):
    assert "given loss" not in str(words(store))
    write_lock(store, kind="measured")
    found = words(store)
    assert not re.search(r"[Oo]ut.of.distribution|OOD|other than those trained", str(found))
    assert found["level"] == "Spread of the given loss" and "given loss" in found["facts"]


def words(store: Store) -> dict[str, Any]:
    study = Study(store)
    chart = _level_chart.level_chart(study, "behavior", "ood_spread", id="level-behavior")
    (mean,) = (
        _level_chart.level_chart(study, "behavior", name, id=name)
        for name in others_of(study, "behavior")
    )
    return {
        "level": study.metric("ood_spread").title,
        "charts": [
            (one.summary, one.note, one.panels[0].draw(332).to_dict()) for one in (chart, mean)
        ],
        "facts": chosen_data(study)["facts"],
    }


def test_names_where_lines_end_are_not_cut_off(tmp_path: Path):
    store = synthetic_store(tmp_path, channels=(1, 2), networks=3, exhibited=1)
    names = ["gaussian gain 0.5", "orthogonal gain 1.2"]
    write_lock(
        store,
        conditions=[
            one | {"levels": {"task.channels": name}}
            for one, name in zip(store.lock["conditions"], names, strict=True)
        ],
    )
    for chart in course_charts(Study(store)):
        (shown,) = chart.shown
        (width,) = re.findall(r'<svg [^>]*width="([\d.]+)"', shown.svg)
        for name in names:
            (left,) = re.findall(rf'<text x="([\d.]+)" y="[\d.]+">{name}<', shown.svg)
            assert float(left) + text_width(name) <= float(width)
