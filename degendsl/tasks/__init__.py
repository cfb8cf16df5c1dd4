"""What networks are trained to do. A task knows nothing about networks."""

from ._base import AbstractTask as AbstractTask
from ._base import Trials as Trials
from ._delayed_discrimination import DelayedDiscrimination as DelayedDiscrimination
from ._delayed_discrimination import delayed_discrimination as delayed_discrimination
from ._flip_flop import FlipFlop as FlipFlop
from ._flip_flop import flip_flop as flip_flop
from ._lorenz96 import Lorenz96 as Lorenz96
from ._lorenz96 import lorenz96 as lorenz96
from ._path_integration import PathIntegration as PathIntegration
from ._path_integration import path_integration as path_integration
from ._sine_wave import SineWave as SineWave
from ._sine_wave import sine_wave as sine_wave
