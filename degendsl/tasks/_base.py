"""What every task gives a network, and nothing about networks."""

import abc

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray


class Trials(eqx.Module):
    """A batch of trials.

    inputs: what the network receives; the value at index t is held over step t.
    targets: what it must produce after step t.
    mask: weight of each step and output in the loss, 0 or 1.
    response: 1 where the answer is due, for the loss in the response window.
    """

    inputs: Float[Array, "trial time input"]
    targets: Float[Array, "trial time output"]
    mask: Float[Array, "trial time output"]
    response: Float[Array, "trial time output"]


class AbstractTask(eqx.Module):
    """What a network must do. Draws trials on the device; knows nothing about networks.

    Numbers are array leaves, so networks of different conditions can share a program;
    sizes are static.
    """

    n_steps: eqx.AbstractVar[int]

    @abc.abstractmethod
    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        """`batch` independent trials of `n_steps` steps."""

    @abc.abstractmethod
    def temporal(self, factor: float) -> "AbstractTask":
        """The same task on trials `factor` times longer: temporal generalisation."""
