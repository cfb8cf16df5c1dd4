"""How a run goes, on standard error: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Sequence
from typing import Any

from degendsl.api import Listener
from degendsl.planning import Plan, Unit
from degendsl.store import Store

_LINE_EVERY_SECONDS = 10.0


def make_listener() -> "PlainListener | BarListener":
    """What suits standard error."""
    return BarListener() if sys.stderr.isatty() else PlainListener()


class PlainListener(Listener):
    """A line now and then, for logs."""

    def __init__(self) -> None:
        self._total = self._done = 0
        self._said = time.monotonic()
        self._stage = ""

    def planned(self, plan: Plan, missing: Sequence[Unit], store: Store) -> None:
        self._total = len(missing)
        kept = len(plan.everything) - len(missing)
        already = f", {kept} done already" if kept else ""
        self._say(f"training {self._total} networks{already}; results in {store.root}")

    def trained(self, report: Any) -> None:
        self._done += report.outcome is not None
        due = time.monotonic() - self._said > _LINE_EVERY_SECONDS
        if due or (report.outcome is not None and self._done == self._total):
            self._said = time.monotonic()
            self._say(
                f"{self._done} of {self._total} networks; {report.unit.condition.label}, "
                f"network {report.unit.seed}: epoch {report.epoch}, loss {report.loss:.3g}"
            )

    def stage(self, name: str, detail: str = "") -> None:
        self._say(f"{name}: {detail}" if detail else name)

    def close(self) -> None:
        """Nothing is left open."""

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class BarListener(Listener):
    """A bar of finished networks, with the latest loss."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Elapsed(),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task("starting", total=None)
        self._progress.start()

    def planned(self, plan: Plan, missing: Sequence[Unit], store: Store) -> None:
        self._progress.console.print(f"results in {store.root}", markup=False, highlight=False)
        self._progress.update(self._task, description="training", total=len(missing))

    def trained(self, report: Any) -> None:
        words = f"{report.unit.condition.label}, epoch {report.epoch}, loss {report.loss:.3g}"
        self._progress.update(
            self._task, description=f"training: {words}", advance=int(report.outcome is not None)
        )

    def stage(self, name: str, detail: str = "") -> None:
        self._progress.update(self._task, description=f"{name}: {detail}" if detail else name)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._progress.stop()
