"""How parameters change: optimisers. Knows nothing about tasks, networks or compiled programs."""

from ._optimizers import AbstractOptimizer as AbstractOptimizer
from ._optimizers import Adam as Adam
