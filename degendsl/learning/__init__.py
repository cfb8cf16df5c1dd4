"""How parameters change: optimisers and schedules. Knows nothing about tasks and networks."""

from ._optimizers import SGD as SGD
from ._optimizers import AbstractOptimizer as AbstractOptimizer
from ._optimizers import Adam as Adam
from ._optimizers import AdamW as AdamW
from ._penalties import l1 as l1
from ._penalties import l2 as l2
from ._penalties import mean_square as mean_square
from ._penalties import nuclear as nuclear
from ._schedules import AbstractSchedule as AbstractSchedule
from ._schedules import Constant as Constant
from ._schedules import Cosine as Cosine
from ._schedules import Plateau as Plateau
