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


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="module")
def undisturbed(spec: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    out = tmp_path_factory.mktemp("undisturbed")
    subprocess.run(command(spec, out), env=environment(), check=True, capture_output=True)
    return content(out)


@pytest.mark.parametrize(
    "fault",
    [
        "before-replacing-spec.lock.json",
        "before-commit",
        "after-commit:2",
        "before-measure:2",
        "before-tables",
        "before-replacing-pairs.parquet",
        "before-page",
    ],
)
@pytest.mark.slow
def test_after_a_kill_the_next_run_gives_the_same_bits(
    fault: str, spec: Path, undisturbed: dict[str, object], tmp_path: Path
):
    killed = subprocess.run(
        command(spec, tmp_path), env=environment(DEGENDSL_FAULT=fault), capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL
    subprocess.run(command(spec, tmp_path), env=environment(), check=True, capture_output=True)
    same(content(tmp_path), undisturbed)
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("fault", ["before-checkpoint:2", "after-checkpoint:2"])
@pytest.mark.slow
def test_after_a_kill_in_the_middle_of_training_the_checkpoint_is_taken_up(
    fault: str, spec: Path, undisturbed: dict[str, object], tmp_path: Path
):
    # A checkpoint after every epoch, so that the kill falls between two epochs of every network.
    code = "import sys, degendsl; degendsl.run(*sys.argv[1:], checkpoint_seconds=0)"
    words = [sys.executable, "-c", code, str(spec), str(tmp_path)]
    killed = subprocess.run(words, env=environment(DEGENDSL_FAULT=fault), capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.rglob("checkpoints/*.npz"))) == 1
    assert not list(tmp_path.rglob("units/*/*.npz"))
    subprocess.run(command(spec, tmp_path), env=environment(), check=True, capture_output=True)
    same(content(tmp_path), undisturbed)


@pytest.mark.slow
def test_a_twin_goes_on_to_the_same_bits_after_a_kill(tmp_path: Path):
    spec = tmp_path / "twins.yaml"
    spec.write_text(TINY.replace("floor: {networks: 0}", "floor: {networks: 2}"))
    code = "import sys, degendsl; degendsl.run(*sys.argv[1:], checkpoint_seconds=0)"

    def run(out: str, **extra: str) -> int:
        words = [sys.executable, "-c", code, str(spec), str(tmp_path / out)]
        return subprocess.run(words, env=environment(**extra), capture_output=True).returncode

    def twins(out: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (tmp_path / out).rglob("twins/*/*.npz")}

    assert run("whole") == 0 and len(twins("whole")) == 2
    assert run("killed", DEGENDSL_FAULT="after-checkpoint:3") == -signal.SIGKILL
    assert len(twins("killed")) < 2 and list(tmp_path.rglob("killed/**/checkpoints/*.npz"))
    assert run("killed") == 0 and twins("killed") == twins("whole")
    floors = [
        pl.read_parquet(next((tmp_path / out).rglob("degeneracy.parquet")))["floor"]
        for out in ("whole", "killed")
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


@pytest.mark.slow
def test_an_update_of_the_code_during_a_run_does_not_reach_it(spec: Path, tmp_path: Path):
    """All of ours is loaded before training begins."""
    words = [sys.executable, "-c", _LATE, str(spec), str(tmp_path)]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
