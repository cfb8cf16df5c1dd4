"""A plain PyTorch training loop: one network, a Python loop over time; needs PyTorch alone.

Prints the seconds of one optimiser step, the median of several.
"""

import statistics
import sys
import time

import torch  # pyright: ignore[reportMissingImports]

UNITS, CHANNELS, TRIALS, TIME = 128, 3, 64, 100


def main(steps: int, threads: int) -> None:
    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(0)
    bound = UNITS**-0.5

    def parameter(*shape: int) -> torch.nn.Parameter:
        return torch.nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))

    recurrent, inward, bias = parameter(UNITS, UNITS), parameter(UNITS, CHANNELS), parameter(UNITS)
    readout, readout_bias = parameter(CHANNELS, UNITS), parameter(CHANNELS)
    optimizer = torch.optim.Adam([recurrent, inward, bias, readout, readout_bias], lr=1e-3)
    seconds = []
    for _ in range(steps):
        begun = time.perf_counter()
        pulses = (torch.rand(TIME, TRIALS, CHANNELS) < 0.3).float()
        inputs = pulses * (2 * torch.randint(0, 2, pulses.shape) - 1)
        targets, held = [], torch.zeros(TRIALS, CHANNELS)
        for x in inputs:
            held = torch.where(x != 0, x, held)
            targets.append(held)
        state, outputs = torch.zeros(TRIALS, UNITS), []
        for x in inputs:
            state = torch.tanh(state @ recurrent.T + x @ inward.T + bias)
            outputs.append(state @ readout.T + readout_bias)
        loss = ((torch.stack(outputs) - torch.stack(targets)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - begun)
    print(statistics.median(seconds[2:]))


if __name__ == "__main__":
    main(steps=int(sys.argv[1]), threads=int(sys.argv[2]))
