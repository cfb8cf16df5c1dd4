"""A condition of which only its networks are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Group:
    """Networks that belong together because somebody says so, not because a spec made them.

    Stands where a `Condition` stands. There is no science: what trained them is not known.
    """

    id: str
    label: str
    levels: Mapping[str, Any] = field(default_factory=dict)
    science: None = None
