"""The documentation's walk-throughs: what they say to write is all that there is to write."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from degendsl.planning import make_plan
from degendsl.spec import parse_spec

ROOT = Path(__file__).parents[1]
OLD = (ROOT / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
NEW = """\
degendsl: 1
study: {name: new}
task: {kind: echo, channels: 2, lag: 2}
model: {units: 8, nonlinearity: elu}
train: {batch_size: 8, steps_per_epoch: 5, max_epochs: 2, stop: {train_mse: 9, patience: 1}}
networks: {count: 2}
sweep:
  - train.penalties.balance: [1e-3, 1e-1]
measure:
  trials: {count: 8}
  dynamics: {kind: dsa, delays: 3, rank: 4, starts: 1}
  weights: {kind: pif, starts: 2}
  floor: {networks: 0}
"""
SWEPT = NEW.replace("sweep:", "sweep:\n  - task.lag: [1, 2]")
SCRIPT = """\
import json, sys
import degendsl
from degendsl.planning import make_plan
from degendsl.spec import parse_spec
old, new, swept = (parse_spec(text) for text in json.load(sys.stdin))
ids = [condition.id for condition in make_plan(old).conditions]
plan = make_plan(new)
result = degendsl.run(new, "results")
assert not result.failed and result.report.exists()
found = {"old": ids, "new": [condition.id for condition in plan.conditions]}
found |= {"groups": len(make_plan(swept).groups()), "root": str(result.store.root.resolve())}
print(json.dumps(found | {"page": result.report.read_text(encoding="utf-8")}))
"""


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def write(package: Path) -> tuple[set[str], set[str]]:
    """Do what the pages say; names of the files that are new and that are changed."""
    new, changed = set(), set()
    for code in blocks("tasks.md", "python"):
        name = code.split("\n", 1)[0].removeprefix("# ")
        (package / name).write_text(code, encoding="utf-8")
        new.add(name)
    for page in ("tasks.md", "networks.md", "training.md"):
        for change in blocks(page, "diff"):
            first, rest = change.split("\n", 1)
            name = first.removeprefix("--- ")
            for part in rest.split("@@\n"):
                before, after = ("".join(_side(part, signs)) for signs in (" -", " +"))
                text = (package / name).read_text(encoding="utf-8")
                assert text.count(before) == 1, (name, before)
                (package / name).write_text(text.replace(before, after), encoding="utf-8")
            changed.add(name)
    return new, changed


def _side(part: str, signs: str) -> list[str]:
    return [line[1:] for line in part.splitlines(keepends=True) if line[0] in signs]


def test_each_addition_is_a_description_an_implementation_and_a_line(tmp_path: Path):
    shutil.copytree(ROOT / "degendsl", tmp_path / "degendsl")
    new, changed = write(tmp_path)
    assert new == {"degendsl/spec/kinds/echo.py", "degendsl/tasks/_echo.py"}
    assert changed == {
        # The line of the task.
        "degendsl/spec/kinds/document.py",
        # Of the nonlinearity and of the penalty.
        "degendsl/spec/kinds/nonlinearity.py",
        "degendsl/models/nonlinearities.py",
        "degendsl/spec/kinds/training.py",
        "degendsl/learning/penalties.py",
        "degendsl/vocabulary.py",
    }


@pytest.mark.slow
def test_what_the_walk_throughs_add_trains_and_is_measured(tmp_path: Path):
    shutil.copytree(ROOT / "degendsl", tmp_path / "degendsl")
    write(tmp_path)
    others = [str(tmp_path), str(ROOT / "runners"), str(ROOT / "reports")]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps([OLD, NEW, SWEPT]),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(others)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    # What joined the language changes no hash and costs no compilation.
    assert found["old"] == [condition.id for condition in make_plan(parse_spec(OLD)).conditions]
    assert found["groups"] == 1
    assert "the target is the sign received 2 steps before" in found["page"]
    assert "elu units" in found["page"]
    for seed in range(2):
        weak, strong = (row_sums(found, condition, seed) for condition in found["new"])
        assert (strong**2).sum() < (weak**2).sum()


def row_sums(found: dict[str, str], condition: str, seed: int) -> np.ndarray:
    path = Path(found["root"]) / "units" / condition / f"{seed}.npz"
    with np.load(path, allow_pickle=False) as unit:
        return unit["final/recurrent"].sum(axis=1)
