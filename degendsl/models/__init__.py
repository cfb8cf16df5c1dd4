"""Recurrent networks: parameters, initialisation, dynamics. A model knows nothing about tasks."""

from ._connectivity import Connectivity as Connectivity
from ._initialisers import AbstractInitialiser as AbstractInitialiser
from ._initialisers import Gaussian as Gaussian
from ._initialisers import Orthogonal as Orthogonal
from ._initialisers import Uniform as Uniform
from ._integration import AbstractIntegrator as AbstractIntegrator
from ._integration import Adaptive as Adaptive
from ._integration import Euler as Euler
from ._integration import OneStep as OneStep
from ._network import AbstractModel as AbstractModel
from ._network import CurrentModel as CurrentModel
from ._network import RateModel as RateModel
from ._network import Response as Response
from ._network import Spread as Spread
from ._network import Weights as Weights
from ._parameters import GROUPS as GROUPS
from ._parameters import Parameters as Parameters
from ._parameters import from_arrays as from_arrays
from ._parameters import parameter_groups as parameter_groups
from ._parameters import scaled as scaled
from ._parameters import to_arrays as to_arrays
from ._scaling import MuP as MuP
