"""Solution degeneracy of task-trained recurrent networks, from one YAML file.

Names below load on first use, so that `import degendsl` and `degendsl check` stay fast.
"""

import importlib
from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

if TYPE_CHECKING:
    from . import metrics as metrics
    from .api import run as run
    from .planning import make_plan as make_plan
    from .spec import load_spec as load_spec
    from .store import open_store as open_store


_HOMES = {
    "load_spec": "degendsl.spec",
    "make_plan": "degendsl.planning",
    "open_store": "degendsl.store",
    "run": "degendsl.api",
}


def __getattr__(name: str) -> Any:
    if name == "metrics":
        return importlib.import_module("degendsl.metrics")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'degendsl' has no attribute {name!r}")
