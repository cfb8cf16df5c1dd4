"""What each training control costs: a step with it over a step without, timed in turn.

8 networks, 128 units, 64 trials, 100 steps of flip-flop. Words pick controls whose names contain
them: `python benchmarks/controls.py nuclear noise`.
"""

import argparse
import os

os.environ.setdefault("EQX_ON_ERROR", "nan")

import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from degendsl.planning import make_plan
from degendsl.spec import parse_spec
from degendsl.training import prepare_devices
from degendsl.training._program import EnsembleProgram
from degendsl.training._recipe import recipe_of

NETWORKS, STEPS, ROUNDS = 8, 5, 5
SPEC = f"""\
degendsl: 1
study: {{name: benchmark}}
task: {{kind: flip_flop, channels: 3, duration: 100}}
model: {{units: 128}}
train: {{batch_size: 64, steps_per_epoch: {STEPS}}}
networks: {{count: {NETWORKS}}}
"""
CONTROLS = {
    "adamw": "train.optimizer={kind: adamw}",
    "sgd with momentum": "train.optimizer={kind: sgd, momentum: 0.9}",
    "clip": "train.optimizer.clip=1",
    "cosine": "train.optimizer.schedule={kind: cosine}",
    "plateau": "train.optimizer.schedule={kind: plateau}",
    "l1": "train.penalties.l1=1e-4",
    "l2": "train.penalties.l2=1e-4",
    "nuclear": "train.penalties.nuclear=1e-4",
    "rates": "train.penalties.rates=1e-4",
    "input noise": "train.input_noise=0.1",
    "only the readout trained": "train.trainable=[readout]",
}


def epoch(*changes: str) -> Callable[[], Any]:
    """An epoch of every network with these changes, compiled."""
    plan = make_plan(parse_spec(SPEC, overrides=changes))
    program = EnsembleProgram(plan.conditions[0].science, NETWORKS // len(jax.devices()))
    recipes = program.stack([recipe_of(unit, plan.spec.networks) for unit in plan.units])
    state = program.start(recipes)
    epochs = program.place(jnp.zeros(NETWORKS, jnp.int32))
    active = program.place(jnp.ones(NETWORKS, bool))

    def run() -> Any:
        return jax.block_until_ready(program.epoch(recipes, state, epochs, active))

    run()
    return run


def seconds(call: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description="Times training controls.")
    parser.add_argument("word", nargs="*", default=[""], help="controls whose names contain one")
    words = parser.parse_args().word
    prepare_devices()
    plain = epoch()
    each = statistics.median(seconds(plain) for _ in range(ROUNDS)) / STEPS / NETWORKS
    print(f"{len(jax.devices())} devices, {each * 1e3:.1f} ms a network and step without controls")
    for name, change in CONTROLS.items():
        if not any(word in name for word in words):
            continue
        run = epoch(change)
        ratio = statistics.median(seconds(run) / seconds(plain) for _ in range(ROUNDS))
        print(f"{name:26} × {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
