"""Forms for people in JupyterLab. Where nobody sits in front of a notebook, a list takes their place.

The only room that knows ipywidgets, and the only one besides notebooks that lets a person change a file.
"""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from analysis import pages, provenance

__all__ = ["Listing", "is_live", "review"]

_SESSION = "JPY_SESSION_NAME"  # set by the Jupyter server for the kernel of a notebook that is open in a browser


def review(hardest, quantities, documents, passages, *, file):
    """Return a form that walks through the hardest cases and writes each decision into the file of corrections.

    It shows the words around each quantity and what was read; a person confirms it, corrects it, says that it is no
    quantity, or adds one that was missed. Each decision is saved at once, all or nothing, and never over one that
    somebody else made since the form last looked. The last one can be undone. What was decided before is listed too.

    Where a record is made (``analysis run``, papermill) or ipywidgets is not installed, the cases are listed with the
    way to correct them in the file, the same bytes on each run.

    Parameters
    ----------
    hardest : DataFrame of ``tables.Hardest``
    quantities : DataFrame of ``tables.Quantities``
        As they were read, before corrections.
    documents : DataFrame of ``tables.Documents``
    passages : DataFrame of ``tables.Passages``
    file : Path
        CSV of corrections; the first decision begins it.

    Returns
    -------
    ipywidgets.VBox or Listing

    Raises
    ------
    CorrectionsError
        The file is there and cannot be read as corrections.
    """
    if not is_live():
        return Listing(_listed(hardest, quantities, documents))
    from analysis.forms._cases import Cases
    from analysis.forms._review import Review
    from analysis.forms._store import Store

    file = Path(file)
    cases = Cases(hardest, quantities, documents, passages, Store(file, set(documents["document_id"])))
    return Review(cases, f"{file.parent.name}/{file.name}").box


def is_live():
    """Whether somebody sits in front of this notebook: a Jupyter server started its kernel, and no record is made.

    Widgets have random names, which must not get into a record.
    """
    has_widgets = importlib.util.find_spec("ipywidgets") is not None
    return has_widgets and _SESSION in os.environ and provenance.BATCH not in os.environ


@dataclass(frozen=True)
class Listing:
    """Cases as a list, for a notebook that nobody sits in front of."""

    html: str

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        return f"Listing({len(self.html):,} characters)"


def _listed(hardest, quantities, documents):
    return _HOW + pages.cases(hardest, quantities, documents)


_HOW = (
    "<p>In JupyterLab, with ipywidgets, a form stands here. Without it: copy <code>data/tables/hardest.csv</code> to "
    "<code>data/corrections.csv</code> of the output folder (or take the rows you want from the page of quantities), "
    "add the column <code>decision</code>, and write into it <b>confirm</b> (right as it was read), <b>reject</b> (no "
    "quantity), <b>correct</b> (with the fields that are wrong in columns of their own: <code>low</code>, "
    "<code>high</code>, <code>bound</code>, <code>counted</code>, <code>event</code>, <code>speaker</code> …) or "
    "<b>add</b> (a row for what was missed). A blank cell changes nothing; <code>(none)</code> says that nothing is "
    "stated, as of a number that nobody is named for. Then run the notebook again.</p>"
)
