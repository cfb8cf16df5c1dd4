"""Real processes, really killed, at the points where it would hurt."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from conftest import TINY

SLOWER = TINY.replace("train_mse: 0.9", "train_mse: 1e-9").replace("max_epochs: 6", "max_epochs: 8")
TABLES = ("networks", "conditions", "degeneracy", "pairs", "effects", "expectations", "maps")


def environment(**extra: str) -> dict[str, str]:
    return {**os.environ, "SLURM_CPUS_PER_TASK": "2", **extra}


def command(spec: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "degendsl", "run", str(spec), "--out", str(out)]


def content(out: Path) -> dict[str, object]:
    (root,) = out.glob("tiny/*")
    found: dict[str, object] = {
        str(p.relative_to(root)): p.read_bytes() for p in sorted(root.glob("units/*/*.npz"))
    }
    return found | {name: pl.read_parquet(root / f"tables/{name}.parquet") for name in TABLES}


def same(a: dict[str, object], b: dict[str, object]) -> None:
    assert a.keys() == b.keys()
    for name, value in a.items():
        other = b[name]
        if isinstance(value, pl.DataFrame):
            assert isinstance(other, pl.DataFrame) and value.equals(other), name
        else:
            assert value == other, name


# What a run imports of ours after it has begun to train.
_LATE = """
import sys
import degendsl
from degendsl import api

def ours():
    return {name for name in sys.modules if name.startswith("degendsl")}

train, before = api.train, set()
api.train = lambda *given: (before.update(ours()), train(*given))
degendsl.run(*sys.argv[1:])
print(sorted(ours() - before))
"""
# A checkpoint after every epoch, so that a kill falls between two epochs of every network.
_KEPT = "import sys, degendsl; degendsl.run(*sys.argv[1:], checkpoint_seconds=0)"


def script(code: str, spec: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", code, str(spec), str(out)]


def killed(words: list[str], fault: str) -> None:
    done = subprocess.run(words, env=environment(DEGENDSL_FAULT=fault), capture_output=True)
    assert done.returncode == -signal.SIGKILL, (fault, done.stderr)


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="module")
def undisturbed(
    spec: Path, tmp_path_factory: pytest.TempPathFactory, optimised: None
) -> tuple[dict[str, object], str]:
    """What a run leaves that nothing disturbs, and what it imported late."""
    out = tmp_path_factory.mktemp("undisturbed")
    words = script(_LATE, spec, out)
    done = subprocess.run(words, env=environment(), check=True, capture_output=True, text=True)
    return content(out), done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_after_a_kill_at_every_step_the_last_run_gives_the_same_bits(
    spec: Path, undisturbed: tuple[dict[str, object], str], tmp_path: Path
):
    # Each run takes up what the kill before it left.
    for fault in (
        "before-replacing-spec.lock.json",
        "before-commit",
        "after-commit:2",
        "before-measure:2",
        "before-tables",
        "before-replacing-pairs.parquet",
        "before-page",
    ):
        killed(command(spec, tmp_path), fault)
    subprocess.run(command(spec, tmp_path), env=environment(), check=True, capture_output=True)
    same(content(tmp_path), undisturbed[0])
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.slow
def test_after_kills_in_the_middle_of_training_checkpoints_are_taken_up(
    spec: Path, undisturbed: tuple[dict[str, object], str], tmp_path: Path
):
    # The second epoch's checkpoint is not written, and then it is.
    for fault in ("before-checkpoint:2", "after-checkpoint"):
        killed(script(_KEPT, spec, tmp_path), fault)
        assert len(list(tmp_path.rglob("checkpoints/*.npz"))) == 1
        assert not list(tmp_path.rglob("units/*/*.npz"))
    subprocess.run(command(spec, tmp_path), env=environment(), check=True, capture_output=True)
    same(content(tmp_path), undisturbed[0])


@pytest.mark.slow
def test_an_update_of_the_code_during_a_run_does_not_reach_it(
    undisturbed: tuple[dict[str, object], str],
):
    """All of ours is loaded before training begins."""
    assert undisturbed[1] == "[]"


@pytest.mark.slow
@pytest.mark.usefixtures("optimised")
def test_a_twin_goes_on_to_the_same_bits_after_a_kill(tmp_path: Path):
    spec = tmp_path / "twins.yaml"
    spec.write_text(TINY.replace("floor: {networks: 0}", "floor: {networks: 2}"))
    whole, cut = tmp_path / "whole", tmp_path / "cut"

    def twins(out: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in out.rglob("twins/*/*.npz")}

    subprocess.run(script(_KEPT, spec, whole), env=environment(), check=True, capture_output=True)
    killed(script(_KEPT, spec, cut), "after-checkpoint:3")
    assert len(twins(cut)) < 2 and list(cut.rglob("checkpoints/*.npz"))
    subprocess.run(script(_KEPT, spec, cut), env=environment(), check=True, capture_output=True)
    assert twins(cut) == twins(whole) and len(twins(whole)) == 2
    floors = [
        pl.read_parquet(next(out.rglob("degeneracy.parquet")))["floor"] for out in (whole, cut)
    ]
    assert floors[0].equals(floors[1]) and floors[0].null_count() < len(floors[0])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_asked_to_stop_keeps_a_checkpoint(number: int, code: int, tmp_path: Path):
    spec = tmp_path / "slow.yaml"
    spec.write_text(SLOWER.replace("max_epochs: 8", "max_epochs: 100000"))
    process = subprocess.Popen(
        command(spec, tmp_path / "out"),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert "training 4 networks" in process.stderr.readline()
    process.send_signal(number)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == code, said
    assert "goes on from the checkpoint" in said and "Traceback" not in said
    assert len(list((tmp_path / "out").rglob("checkpoints/*.npz"))) == 1
