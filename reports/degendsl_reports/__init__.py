"""The page of a study, from its store alone; its figures as files; an index of several studies."""

from ._figures import write_figures as write_figures
from ._index import render_index as render_index
from ._index import write_index as write_index
from ._page import render as render
from ._page import write_report as write_report
