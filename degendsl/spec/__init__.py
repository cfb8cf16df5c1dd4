"""The language: reading a spec, saying what is wrong with it, resolving and hashing it.

Imports neither JAX nor polars, so that checking a spec is quick.
"""

from ._choices import Choice as Choice
from ._choices import our_choices as our_choices
from ._codes import CODES as CODES
from ._explain import catalogue as catalogue
from ._explain import explain as explain
from ._hash import digest as digest
from ._keys import describe as describe
from ._load import load_spec as load_spec
from ._load import parse_spec as parse_spec
from ._problems import Problem as Problem
from ._problems import SpecError as SpecError
from ._problems import printable as printable
from ._reference import error_reference as error_reference
from ._reference import language_reference as language_reference
from ._schema import json_schema as json_schema
from ._spec import Point as Point
from ._spec import Spec as Spec
from ._spec import to_plain as to_plain
from ._spec import twin_key as twin_key
from ._spec import unit_key as unit_key
from ._structure import program_structure as program_structure
from ._sweep import SweepItem as SweepItem
from ._types import kind_name as kind_name
from ._words import nearest as nearest
