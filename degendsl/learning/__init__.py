"""How parameters change: optimisers and schedules. Knows nothing about tasks and networks."""

from ._optimizers import SGD as SGD
from ._optimizers import AbstractOptimizer as AbstractOptimizer
from ._optimizers import Adam as Adam
from ._optimizers import AdamW as AdamW
from ._schedules import AbstractSchedule as AbstractSchedule
from ._schedules import Constant as Constant
from ._schedules import Cosine as Cosine
from ._schedules import Plateau as Plateau
