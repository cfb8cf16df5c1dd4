"""Recurrent networks: parameters, initialisation, dynamics. A model knows nothing about tasks."""

from ._network import NONLINEARITIES as NONLINEARITIES
from ._network import AbstractModel as AbstractModel
from ._network import CurrentModel as CurrentModel
from ._network import RateModel as RateModel
from ._parameters import AbstractInitialiser as AbstractInitialiser
from ._parameters import Gaussian as Gaussian
from ._parameters import Parameters as Parameters
from ._parameters import Uniform as Uniform
