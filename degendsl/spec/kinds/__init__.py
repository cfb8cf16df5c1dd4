"""The blocks of the language: each a JAX-free description of one thing a spec can say.

A block with several kinds is a tuple of dataclasses; the first is the default kind.
"""

from .behavior import Behavior as Behavior
from .behavior import HoldBehavior as HoldBehavior
from .behavior import KickBehavior as KickBehavior
from .behavior import NoiseBehavior as NoiseBehavior
from .behavior import RolloutBehavior as RolloutBehavior
from .behavior import TemporalBehavior as TemporalBehavior
from .delayed_discrimination import Auxiliary as Auxiliary
from .delayed_discrimination import Delay as Delay
from .delayed_discrimination import DelayedDiscrimination as DelayedDiscrimination
from .document import Document as Document
from .document import Model as Model
from .document import Science as Science
from .document import Solver as Solver
from .document import Task as Task
from .flip_flop import FlipFlop as FlipFlop
from .initialisation import GaussianInit as GaussianInit
from .initialisation import OrthogonalInit as OrthogonalInit
from .initialisation import UniformInit as UniformInit
from .lorenz96 import Lorenz96 as Lorenz96
from .measurement import DSA as DSA
from .measurement import PIF as PIF
from .measurement import Expectation as Expectation
from .measurement import Floor as Floor
from .measurement import Level as Level
from .measurement import Measure as Measure
from .measurement import Pairs as Pairs
from .measurement import Profile as Profile
from .measurement import Report as Report
from .measurement import Trials as Trials
from .measurement import changed as changed
from .measurement import under_setting as under_setting
from .model import CurrentModel as CurrentModel
from .model import RateModel as RateModel
from .model import Recurrent as Recurrent
from .model import TimeConstants as TimeConstants
from .nonlinearity import HOMOGENEOUS as HOMOGENEOUS
from .nonlinearity import ODD as ODD
from .nonlinearity import Nonlinearity as Nonlinearity
from .optimizer import SGD as SGD
from .optimizer import Adam as Adam
from .optimizer import AdamW as AdamW
from .optimizer import ConstantSchedule as ConstantSchedule
from .optimizer import CosineSchedule as CosineSchedule
from .optimizer import Optimizer as Optimizer
from .optimizer import PlateauSchedule as PlateauSchedule
from .optimizer import Schedule as Schedule
from .parameterization import MuPParameterization as MuPParameterization
from .parameterization import StandardParameterization as StandardParameterization
from .path_integration import PathIntegration as PathIntegration
from .sine_wave import Frequencies as Frequencies
from .sine_wave import SineWave as SineWave
from .solver import Dopri5 as Dopri5
from .solver import Euler as Euler
from .solver import Heun as Heun
from .solver import Tsit5 as Tsit5
from .study import Author as Author
from .study import Study as Study
from .task import Shift as Shift
from .task import TaskDescription as TaskDescription
from .training import FixedData as FixedData
from .training import Networks as Networks
from .training import Numerics as Numerics
from .training import Penalties as Penalties
from .training import Stop as Stop
from .training import Train as Train

Init = UniformInit | GaussianInit | OrthogonalInit
Parameterization = StandardParameterization | MuPParameterization
