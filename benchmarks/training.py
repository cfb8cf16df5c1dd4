"""A training step of an ensemble against a hand-written scan, and against a plain PyTorch loop.

16 networks, 128 units, 64 trials, 100 steps. Scan and ensemble are sharded alike over all devices
and timed in turn. `--torch PYTHON` names a Python that has PyTorch (requirements-peers.txt); there
as many processes as cores each train one network at a time, as PyTorch comes (a thread per core in
every process) and held to one thread each, which a user has to know of.
"""

import os

os.environ.setdefault("EQX_ON_ERROR", "nan")

import argparse
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import jax.random as jr
import optax

from degendsl.planning import make_plan
from degendsl.spec import parse_spec
from degendsl.training import prepare_devices, usable_cores
from degendsl.training._program import EnsembleProgram
from degendsl.training._recipe import recipe_of

NETWORKS, STEPS, TRIALS = 16, 10, 64
SPEC = f"""\
degendsl: 1
study: {{name: benchmark}}
task: {{kind: flip_flop, channels: 3, duration: 100}}
model: {{units: 128}}
train: {{batch_size: {TRIALS}, steps_per_epoch: {STEPS}}}
networks: {{count: {NETWORKS}}}
"""


def by_hand(task: Any, parameters: Any, moments: Any, key: jax.Array) -> Any:
    """One network's epoch, without diffrax."""
    optimizer = optax.adam(1e-3)

    def loss(p: Any, trials: Any) -> jax.Array:
        def step(h: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
            h = jnp.tanh(h @ p.recurrent.T + x @ p.input.T + p.bias)
            return h, h

        start = jnp.zeros((TRIALS, p.bias.shape[0]))
        _, states = jax.lax.scan(step, start, jnp.swapaxes(trials.inputs, 0, 1))
        outputs = jnp.swapaxes(states, 0, 1) @ p.readout.T + p.readout_bias
        return jnp.mean((outputs - trials.targets) ** 2)

    def step(carry: Any, index: jax.Array) -> Any:
        p, m = carry
        value, gradients = jax.value_and_grad(loss)(p, task.trials(jr.fold_in(key, index), TRIALS))
        updates, m = optimizer.update(gradients, m)
        return (optax.apply_updates(p, updates), m), value

    return jax.lax.scan(step, (parameters, moments), jnp.arange(STEPS))


def seconds(call: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    jax.block_until_ready(call())
    return time.perf_counter() - begun


def torch_seconds(python: str, processes: int, threads: int) -> float:
    """Seconds a network and step of a PyTorch loop, all processes running at once.

    threads: of each process; 0 leaves it to PyTorch.
    """
    words = [python, str(Path(__file__).with_name("torch_loop.py")), "8", str(threads)]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    each = [float(process.communicate()[0]) for process in running]
    return statistics.mean(each) / processes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", metavar="PYTHON", help="a Python that has PyTorch")
    python = parser.parse_args().torch
    prepare_devices()
    plan = make_plan(parse_spec(SPEC))
    program = EnsembleProgram(plan.conditions[0].science, NETWORKS // len(jax.devices()))
    recipes = program.stack([recipe_of(unit, plan.spec.networks) for unit in plan.units])
    state = program.start(recipes)
    epochs = program.place(jnp.zeros(NETWORKS, jnp.int32))
    active = program.place(jnp.ones(NETWORKS, bool))
    hand = jax.jit(jax.vmap(by_hand))
    moments = jax.jit(jax.vmap(optax.adam(1e-3).init))(state.parameters)

    def ours() -> Any:
        return program.epoch(recipes, state, epochs, active)

    def theirs() -> Any:
        with jax.default_matmul_precision("highest"):
            return hand(recipes.task, state.parameters, moments, recipes.data_key)

    ours(), theirs()
    times: list[float] = []
    scan: list[float] = []
    torch: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(7):
        a, b = seconds(ours), seconds(theirs)
        times.append(a / STEPS / NETWORKS)
        scan.append(a / b)
        for threads, ratios in torch.items():
            if python:
                ratios.append(torch_seconds(python, usable_cores(), threads) / times[-1])
    print(
        f"{len(jax.devices())} devices, {statistics.median(times) * 1e3:.1f} ms a network and step"
    )
    print(f"time over that of a hand-written scan: {statistics.median(scan):.2f}")
    if python:
        plain, narrow = (statistics.median(ratios) for ratios in torch.values())
        print(
            f"times as fast as a PyTorch loop in {usable_cores()} processes: {plain:.1f} as it ",
            end="",
        )
        print(f"comes, {narrow:.1f} with one thread each")


if __name__ == "__main__":
    main()
