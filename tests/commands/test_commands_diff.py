"""`diff`: which science differs, and what that did to each level."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import TINY, tiny

from degendsl import api, cli
from degendsl.planning import make_plan
from degendsl.store import Store, store_for

SWEPT = TINY + "sweep: [{task.channels: [1, 2]}]\n"
# Representation where both specs asked for it.
MEASURED = (
    ("dynamics", "dsa"), ("representation", "svcca"), ("weights", "pif"), ("weights", "pif_angle"),
)  # fmt: skip


@pytest.fixture
def specs(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(SWEPT)
    second.write_text(SWEPT.replace("units: 8", "units: 9").replace("rank: 4", "rank: 3"))
    return first, second


def finished(spec_path: Path, out: Path, values: list[float]) -> Store:
    """Results with only what is compared: a lock and the table of degeneracy."""
    spec = tiny(spec_path.read_text())
    store = store_for(spec.study.name, spec.folder_hash, out)
    plan = make_plan(spec)
    store.write_spec(spec.text, api.lock_of(plan, None, {}))
    rows = [
        {
            "condition": condition.id,
            "level": level,
            "metric": metric,
            "at": at,
            "value": value,
            "ci_low": value - 0.1,
            "ci_high": value + 0.1,
        }
        for condition, value in zip(plan.conditions, values, strict=True)
        for level, metric in MEASURED
        for at in ("init", "end")
    ]
    store.write_table("degeneracy", pl.DataFrame(rows))
    return store


def found(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert cli.main(["diff", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_two_specs_differ_in_science_and_in_measures(
    specs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    both = found(capsys, *specs, "--out", tmp_path / "none")
    assert both["science"] == [{"path": "model.units", "before": 8, "after": 9}]
    assert [one["path"] for one in both["measured"]] == ["measure.dynamics"]
    assert both["without_results"] == [str(path) for path in specs] and both["results"] == []
    same = found(capsys, specs[0], specs[0], "--out", tmp_path / "none")
    assert same["science"] == same["measured"] == []


def test_two_results_stand_side_by_side(
    specs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "results"
    first, second = finished(specs[0], out, [1.0, 2.0]), finished(specs[1], out, [1.05, 4.0])
    both = found(capsys, first.root, second.root)
    dynamics = [one for one in both["results"] if one["metric"] == "dsa"]
    assert [one["condition"] for one in dynamics] == ["channels 1", "channels 2"]
    assert [round(one["change"], 6) for one in dynamics] == [0.05, 1.0]
    assert [one["told_apart"] for one in dynamics] == [False, True]
    counted = Counter(one["level"] for one in both["results"])
    assert counted == {"dynamics": 2, "weights": 4, "representation": 2}
    assert both["results"][-1]["level"] == "representation"
    # Specs lead to the same results as their folders.
    assert found(capsys, *specs, "--out", out)["results"] == both["results"]
    assert cli.main(["diff", str(first.root), str(second.root)]) == 0
    text = capsys.readouterr().out
    assert "model.units: 8 → 9" in text and "2 [1.9, 2.1]" in text and "+100%" in text
    assert "pif_angle" not in text and "representation (svcca)" in text


def test_what_is_no_study_is_refused(tmp_path: Path, specs: tuple[Path, Path]):
    assert cli.main(["diff", str(tmp_path), str(specs[0])]) == 4
    assert cli.main(["diff", str(tmp_path / "missing.yaml"), str(specs[0])]) == 3
