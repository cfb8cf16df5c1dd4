"""µP: what the table of rates and gradients promises, over widths and γ."""

import importlib.util
import math
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from networks import EPS, made, model_with

from degendsl.cli import main
from degendsl.models import CurrentModel, MuP, to_arrays
from degendsl.planning import make_plan
from degendsl.spec import parse_spec
from degendsl.training import _lane
from degendsl.training._batches import batches
from degendsl.training._loss import loss_of
from degendsl.training._recipe import recipe_of

SCRIPT = Path(__file__).parents[2] / "docs" / "coordinate_check.py"


def mup(units: int, gamma: float, *, centred: bool = False) -> Any:
    scaling = MuP(jnp.asarray(gamma), centred)
    return model_with(CurrentModel, units=units, scaling=scaling)


def test_what_acts_is_as_the_paper_writes_it():
    model = mup(8, 0.5)
    p, inputs = made(model)
    arrays = {name: value.astype(np.float64) for name, value in to_arrays(p).items()}
    h, expected = np.zeros((6, 8)), []
    for t in range(20):
        inner = (
            np.tanh(h) @ arrays["recurrent"].T / 8 + np.asarray(inputs)[:, t] @ arrays["input"].T
        )
        h = h + 0.3 * (-h + inner)
        expected.append(np.tanh(h) @ arrays["readout"].T / (0.5 * 8) + arrays["readout_bias"])
    with jax.default_matmul_precision("highest"):
        outputs = model.respond(p, inputs).outputs
    np.testing.assert_allclose(outputs, np.stack(expected, 1), atol=200 * EPS)
    np.testing.assert_allclose(
        model.recurrent_matrix(p), arrays["recurrent"] / 8, rtol=EPS, atol=EPS
    )


def test_weights_start_with_the_variances_of_the_table():
    p, _ = made(mup(256, 1.0))
    assert p.recurrent is not None
    # 256 × 256, 512 and 256 draws: the variance errs by √(2/n); five standard errors.
    assert float(jnp.var(p.recurrent)) == pytest.approx(1.2**2 * 256, rel=0.03)
    assert float(jnp.var(p.input)) == pytest.approx(1, rel=0.32)
    assert float(jnp.var(p.readout)) == pytest.approx(1, rel=0.45)


def test_scaled_gradients_do_not_depend_on_width():
    def sizes(units: int) -> dict[str, float]:
        model = mup(units, 2.0)
        p, inputs = made(model)
        gradients = jax.grad(lambda p: jnp.mean((model.respond(p, inputs).outputs - 1) ** 2))(p)
        scales = to_arrays(model.gradient_scales(p))
        rms = {name: np.sqrt((g**2).mean()) for name, g in to_arrays(gradients).items()}
        return {name: float(value * scales[name]) for name, value in rms.items()}

    narrow, wide = sizes(64), sizes(256)
    for name, value in narrow.items():
        # Sixteenfold for J and fourfold for the others if they were not scaled; what is left is
        # the chance of one draw of 64 units.
        assert wide[name] == pytest.approx(value, rel=0.6), name


def test_rates_are_those_of_the_table():
    model = mup(16, 0.25)
    p, _ = made(model)
    gradients, rates = (to_arrays(s(p)) for s in (model.gradient_scales, model.rate_scales))
    assert gradients["recurrent"] == 0.25 * 16**2 and rates["recurrent"] == 0.25
    for name in ("input", "bias", "readout"):
        assert gradients[name] == 0.25 * 16 and rates[name] == 0.25
    assert gradients["readout_bias"] == 1 and rates["readout_bias"] == 1


def test_a_centred_network_starts_at_zero_and_its_origin_stays():
    model = mup(16, 0.1, centred=True)
    p, inputs = made(model)
    assert float(jnp.abs(model.respond(p, inputs).outputs).max()) == 0
    assert float(jnp.abs(mup(16, 0.1).respond(p.origin, inputs).outputs).max()) > 0.1
    gradients = jax.grad(lambda p: jnp.sum((model.respond(p, inputs).outputs - 1) ** 2))(p)
    assert all((np.asarray(leaf) == 0).all() for leaf in jax.tree.leaves(gradients.origin))
    assert float(jnp.abs(gradients.recurrent).max()) > 0


def test_coordinates_change_alike_at_three_widths():
    widths = (32, 128, 512)
    spec = importlib.util.spec_from_file_location("coordinate_check", SCRIPT)
    assert spec is not None and spec.loader is not None
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    gammas = (0.5, 1.0, 2.0)
    scaled = [check.changes("mup", width, gammas) for width in widths]
    plain = [check.changes("standard", width, (1.0,)) for width in (widths[0], widths[-1])]
    for index in range(len(gammas)):
        for part in ("hidden", "output"):
            values = [getattr(one, part)[index].mean() for one in scaled]
            # 1/√N of chance at 32 units is 0.18 and four networks halve it, so over a factor of
            # sixteen in width an exponent of 0.09/ln 16 = 0.03; three times that.
            assert abs(check.slope(widths, values)) < 0.1, (part, gammas[index])
    # Hidden states change in proportion to γ; outputs do not change with γ to first order.
    for width, one in zip(widths, scaled, strict=True):
        # Four networks of N units err by 1/(2√N) at each end of a factor of four in γ; thrice that
        # is 0.27 at 32 units and 0.07 at 512.
        chance = 3 * 2**0.5 / (2 * width**0.5) / math.log(4)
        assert check.slope(gammas, one.hidden.mean(axis=1)) == pytest.approx(1, abs=chance)
        assert abs(check.slope(gammas, one.output.mean(axis=1))) < 0.1
    ends = (widths[0], widths[-1])
    for part in ("hidden", "output"):
        assert check.slope(ends, [getattr(one, part).mean() for one in plain]) > 0.5


TRAINED = """\
degendsl: 1
study: {name: a}
task: {kind: flip_flop, channels: 2, duration: 10}
model: {kind: current, units: 6, parameterization: {kind: mup, gamma: 3}}
train: {batch_size: 4, steps_per_epoch: 1, optimizer: %s}
networks: {count: 2}
measure: {dynamics: {delays: 2, rank: 2}}
"""


def _one_step(optimizer: str) -> tuple[dict[str, np.ndarray], ...]:
    """Parameters, gradients and parameters after one step of training as training does it."""
    spec = parse_spec(TRAINED % optimizer)
    train = spec.points[0].science.train
    recipe = recipe_of(make_plan(spec).units[0], spec.networks)
    state, epoch = _lane.fresh(train, recipe), jnp.asarray(0)
    trials, key = batches(train, recipe, epoch)(epoch)
    gradients = jax.grad(lambda p: loss_of(p, recipe.model, trials, None, key)[0])(state.parameters)
    after, _ = jax.jit(partial(_lane.train_epoch, train))(recipe, state, epoch)
    return tuple(
        {name: value.astype(float) for name, value in to_arrays(one).items()}
        for one in (state.parameters, gradients, after.parameters)
    )


@pytest.mark.parametrize(
    "optimizer",
    [
        "{kind: sgd, learning_rate: 1e-2}",
        "{kind: adam, learning_rate: 1e-2}",
        "{kind: adamw, learning_rate: 1e-2, weight_decay: 0.5}",
    ],
)
def test_a_training_step_has_the_rates_of_the_table(optimizer: str):
    rate, gamma, n = 1e-2, 3.0, 6
    before, gradients, after = _one_step(optimizer)
    for name, start in before.items():
        # What a gradient is divided by in size, and the rate, of J, of the others and of c.
        size, own = {"recurrent": (gamma * n**2, gamma), "readout_bias": (1.0, 1.0)}.get(
            name, (gamma * n, gamma)
        )
        g = gradients[name]
        if "sgd" in optimizer:
            # γ²N² η for J, γ²N η for the others, η for c.
            step = rate * size * own * g
        else:
            # ε/(γN²), ε/(γN) and ε. The first step of Adam is g over its own size.
            step = rate * own * g / (np.abs(g) + 1e-8 / size)
        if "adamw" in optimizer:
            # Decay is η λ whatever γ.
            step = step + rate * 0.5 * start
        # Both sides round the parameter; 1 − 0.999 in float32 is off by 1000 EPS, halved.
        atol = 4 * EPS * np.abs(start).max() + 600 * EPS * np.abs(step).max()
        np.testing.assert_allclose(start - after[name], step, atol=atol)


def test_plan_shows_the_table_of_rates(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    spec = tmp_path / "spec.yaml"
    spec.write_text(TRAINED % "{kind: adam}", encoding="utf-8")
    assert main(["plan", str(spec), "--out", str(tmp_path), "--no-probe"]) == 0
    said = capsys.readouterr().out
    for row in ("recurrent J", "U, b, h_0", "readout V", "output bias c"):
        assert row in said
    assert "gradient × γN²" in said and "decay ηλ" in said
