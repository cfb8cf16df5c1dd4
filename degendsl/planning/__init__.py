"""From a spec to everything it asks for, hashed and grouped. No JAX, no disk."""

from ._methods import Sentences as Sentences
from ._methods import methods as methods
from ._methods import sentences as sentences
from ._plan import CompileGroup as CompileGroup
from ._plan import Condition as Condition
from ._plan import Plan as Plan
from ._plan import Unit as Unit
from ._plan import make_plan as make_plan
from ._plan import structure_of as structure_of
