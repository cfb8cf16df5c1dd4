"""What networks are trained to do. A task knows nothing about networks."""

from ._base import AbstractTask as AbstractTask
from ._base import Trials as Trials
from ._delayed_discrimination import DelayedDiscrimination as DelayedDiscrimination
from ._delayed_discrimination import delayed_discrimination as delayed_discrimination
from ._flip_flop import FlipFlop as FlipFlop
from ._flip_flop import flip_flop as flip_flop
