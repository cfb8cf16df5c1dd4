"""Every example spec runs from end to end, made small."""

from pathlib import Path

import pytest

import degendsl
from degendsl.spec import parse_spec

SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml"))
# So loose that every network converges in its first epoch.
SMALL = {
    "networks.count": "3",
    "model.units": "12",
    "train.batch_size": "4",
    "train.steps_per_epoch": "2",
    "train.max_epochs": "1",
    "train.stop.train_mse": "1000",
    "train.stop.patience": "0",
    "measure.trials.count": "8",
    "measure.weights.starts": "1",
}

# Sizes of a task each compile programs of their own, and two of them show what three do.
FEWER = {"quickstart": ("task.channels: [1, 2, 3]", "task.channels: [1, 2]")}


@pytest.mark.slow
@pytest.mark.usefixtures("optimised")
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_an_example_runs_small(path: Path, tmp_path: Path):
    text = path.read_text(encoding="utf-8")
    if path.stem in FEWER:
        assert FEWER[path.stem][0] in text
        text = text.replace(*FEWER[path.stem])
    swept = parse_spec(text).factors
    overrides = [f"{key}={value}" for key, value in SMALL.items() if key not in swept]
    spec = parse_spec(text, path.name, overrides=overrides)
    result = degendsl.run(spec, tmp_path)
    assert not result.failed and result.report.exists()
    store = result.store
    assert store.table("problems").is_empty()
    behavior = store.table("degeneracy").filter(level="behavior", at="end")
    assert behavior["value"].null_count() == 0 and len(behavior) > 0
    asked = "task_information" in spec.measure.also
    assert store.table("task_information").is_empty() != asked
