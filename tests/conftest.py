"""What every test shares: two host devices, tiny specs, and programs compiled once."""

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("EQX_ON_ERROR", "nan")
# Programs compile in a third of the time and compute the same up to rounding, here and in what
# tests start. Modules that speak of what is shipped, bit by bit, ask for `optimised`.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "true")

import pytest  # noqa: E402
from filelock import FileLock  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from degendsl.api import RunResult  # noqa: E402
from degendsl.spec import Spec, parse_spec  # noqa: E402

TINY = """\
degendsl: 1
study: {name: tiny}
task: {kind: flip_flop, channels: 1, duration: 12}
model: {units: 8}
train:
  optimizer: {kind: adam, learning_rate: 1e-2}
  batch_size: 8
  steps_per_epoch: 4
  max_epochs: 6
  stop: {train_mse: 0.9, patience: 2}
networks: {count: 4}
measure:
  trials: {count: 8}
  dynamics: {kind: dsa, delays: 3, rank: 4, starts: 1}
  weights: {kind: pif, starts: 2}
  floor: {networks: 0}
"""
# One program serves all of these: learning rates are numbers, and numbers never compile.
SWEPT = TINY + "sweep:\n  - train.optimizer.learning_rate: [1e-2, 2e-2]\n"


Made = TypeVar("Made")
_COMPILED = tempfile.TemporaryDirectory()


def tiny(text: str = TINY, *overrides: str) -> Spec:
    """A spec that trains in about a second, with some values changed."""
    return parse_spec(text, overrides=overrides)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What many tests read, made by the worker that comes first, in a folder of that name."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Each worker has a folder of its own in the one of this run.
        folder = folder.parent
    kept = folder / f"{name}.pickle"
    with FileLock(folder / f"{name}.lock"):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(folder / name)))
        return pickle.loads(kept.read_bytes())


def pytest_sessionstart() -> None:
    """As on a laptop: a mesh of more than one device, on any machine.

    Before tests are collected, since arrays among their parameters wake JAX.
    """
    os.environ["SLURM_CPUS_PER_TASK"] = "2"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", _COMPILED.name)
    import jax

    from degendsl.training import prepare_devices

    prepare_devices()
    assert jax.device_count() == 2 or jax.default_backend() != "cpu"


@contextmanager
def as_shipped() -> Iterator[None]:
    """Programs are compiled as for users, here and in what is started here."""
    import jax

    name = "jax_disable_most_optimizations"
    before = jax.config.read(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(name.upper(), raising=False)
        jax.config.update(name, False)
        # A process keeps programs by what they compute, not by how they were compiled; the store
        # on disk does tell them apart.
        jax.clear_caches()
        yield
    jax.config.update(name, before)
    jax.clear_caches()


@pytest.fixture(scope="module")
def optimised() -> Iterator[None]:
    """The rest of a module runs programs as users do."""
    with as_shipped():
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser, or a skip; where `DEGENDSL_REQUIRE` names it, it must be there."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if "chromium" in os.environ.get("DEGENDSL_REQUIRE", ""):
            pytest.fail("chromium is required here and not installed")
        pytest.skip("no chromium on this machine")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The browser, open for all tests of a worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


# A study that tests read, or copy and spoil: see tests/studies.
NETWORKS = 6
TWINS = 3
ASKED = (
    f"networks.count={NETWORKS}",
    f"measure.floor={{networks: {TWINS}}}",
    "measure.also=[weight_change]",
    "measure.sensitivity={dynamics.delays: [2, 3]}",
    "measure.weights=[{starts: 2, surrogate: shuffled}, {starts: 2, group: own, blocks: joint}]",
)
# The same networks, and no more measured than most questions here need.
LITTLE = (*ASKED[:2], "measure.at=[end]")
# Its title would like to be code.
HOSTILE = "</script><script>alert(1)</script> & <b>bold</b> {{ 7 * 7 }}"
EXPECTING = SWEPT.replace("name: tiny", f"name: tiny, title: '{HOSTILE}'") + (
    "expect:\n  - {level: dynamics, unchanged_with: train.optimizer.learning_rate, within: 0.99}\n"
)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """A small study of two conditions, trained and measured once."""
    import degendsl

    spec = tiny(EXPECTING, *ASKED)
    return once(tmp_path_factory, "study", lambda folder: degendsl.run(spec, folder))
