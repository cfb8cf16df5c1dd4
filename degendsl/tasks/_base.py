"""What every task gives a network, and nothing about networks."""

import abc

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray


class Trials(eqx.Module):
    """A batch of trials.

    inputs: what the network receives; the value at index t is held over step t.
    targets: what it must produce after step t, auxiliary outputs last.
    mask: weight of each step and output in the loss that counts; 0 where it does not count, which
        is everywhere on auxiliary outputs.
    response: 1 where the answer is due, for the loss in the response window.
    auxiliary: weight of each step and output in what is minimised besides; None without any.
    """

    inputs: Float[Array, "trial time input"]
    targets: Float[Array, "trial time output"]
    mask: Float[Array, "trial time output"]
    response: Float[Array, "trial time output"]
    auxiliary: Float[Array, "trial time output"] | None = None


class AbstractTask(eqx.Module):
    """What a network must do. Draws trials on the device; knows nothing about networks.

    Numbers are array leaves, so networks of different conditions can share a program;
    sizes are static. Out of distribution a task is another task: its description says which.
    """

    n_steps: eqx.AbstractVar[int]

    @abc.abstractmethod
    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        """`batch` independent trials of `n_steps` steps."""
