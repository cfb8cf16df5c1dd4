"""What a study does, in sentences fit for a methods section."""

from ._plan import Plan


def methods(plan: Plan) -> list[str]:
    """What is trained and how many; where conditions differ, the first speaks and says so."""
    spec, science = plan.spec, plan.conditions[0].science
    model, train, task = science.model, science.train, science.task
    measure = spec.measure
    behavior, dynamics, weights = measure.behavior[0], measure.dynamics[0], measure.weights[0]
    varied = f", which differ in {', '.join(spec.factors)}" if spec.factors else ""
    first = " in the first condition" if spec.factors else ""
    return [
        f"Networks were trained on {task.sentence()}{first}.",
        f"Each had {model.units} {model.nonlinearity} units in {model.kind} form with time "
        f"constant {model.time_constant:g}, integrated by forward Euler with step "
        f"{science.solver.dt:g}.",
        train.sentence(),
        f"{spec.networks.count} networks differing in {' and '.join(spec.networks.vary)} were "
        f"trained in each of {len(plan.conditions)} conditions{varied}.",
        f"Behaviour: spread of the loss on trials {behavior.factor:g} times as long. "
        f"Dynamics: {dynamics.score} distance of Dynamical Similarity Analysis "
        f"({dynamics.delays} delays, rank {dynamics.rank}) on "
        f"{measure.trials.count} test trials. Weights: permutation-invariant Frobenius "
        f"distance of the recurrent matrices ({weights.starts} starts).",
        "Intervals are 95 %: delete-one-network jackknife for means over pairs, bias-corrected "
        "accelerated bootstrap over networks for spreads.",
    ]
