"""The parameters each notebook accepts, the order of the notebooks, and their verified execution with papermill.

In a notebook: ``parameters = study.check("2_duplicates", globals())``. Outside: ``study.run()``, ``study.status()``,
``study.doctor()``, or the command ``analysis``, which does the same.
"""

from analysis.study.cells import agree
from analysis.study.doctor import doctor
from analysis.study.execution import run
from analysis.study.models import NOTEBOOKS, Notebook, ParameterError, Parameters
from analysis.study.parameters import check, select
from analysis.study.staleness import status
from analysis.study.verdict import NotebookFailed

__all__ = [
    "NOTEBOOKS",
    "Notebook",
    "NotebookFailed",
    "ParameterError",
    "Parameters",
    "agree",
    "check",
    "doctor",
    "run",
    "select",
    "status",
]
