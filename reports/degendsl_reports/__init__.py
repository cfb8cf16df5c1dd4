"""The page of a study, from its store alone."""

from ._page import render as render
from ._page import write_report as write_report
