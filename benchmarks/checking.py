"""What checking a spec takes: seconds of processor time, and beside reading numbers as YAML.

python benchmarks/checking.py
"""

import time
from collections.abc import Callable

import yaml

from degendsl.spec import parse_spec

HEAD = "degendsl: 1\nstudy: {name: checked}\ntask: {kind: flip_flop}\n"


def main() -> None:
    numbers = levels(5000)
    reading = seconds(lambda: yaml.compose(numbers, Loader=yaml.SafeLoader))
    print(f"reading 5,000 numbers by PyYAML's own loader: {reading:.2f} s")
    for count in (1250, 2500, 5000):
        for name, text in (("levels", levels(count)), ("conditions", conditions(count))):
            checking = seconds(lambda text=text: parse_spec(text))
            ratio = checking / reading
            print(f"checking {count:,} {name}: {checking:.2f} s, {ratio:.1f} times as long")


def levels(count: int) -> str:
    """A sweep of one path over this many levels, each a condition."""
    return HEAD + f"sweep: [{{task.flip_probability: [{_shares(count)}]}}]\n"


def conditions(count: int) -> str:
    """A sweep of two paths over this many conditions, 50 levels the one."""
    channels = ", ".join(str(i + 1) for i in range(50))
    swept = f"{{task.channels: [{channels}]}}, {{task.flip_probability: [{_shares(count // 50)}]}}"
    return HEAD + f"sweep: [{swept}]\n"


def _shares(count: int) -> str:
    return ", ".join(str((i + 1) / count) for i in range(count))


def seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Processor time of the quickest of some rounds."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


if __name__ == "__main__":
    main()
