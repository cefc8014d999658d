"""The verb ``hand_out``: tables that people fill in, as CSV that a spreadsheet opens and does not compute.

Such a file is no result: it changes under people's hands, so it has no entry in the manifest. The room that asked reads
it, and holds it to what was asked.
"""

import re
from pathlib import Path

from analysis.provenance.files import write
from analysis.provenance.origin import ProvenanceError
from analysis.provenance.tabulation import as_csv, refuse_table

# What a spreadsheet takes for the beginning of a formula; a text of a report may begin so, or be made to.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_BOM = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for another encoding


def hand_out(sheet, folder, names):
    """Write a copy of a table for each person, to be filled in: ``<folder>/<name>.csv``.

    A text that a spreadsheet would compute (=, +, - or @ at its beginning) has an apostrophe before it.

    Parameters
    ----------
    sheet : pandas.DataFrame
    folder : str or Path
        Made where it is not there.
    names : sequence of str
        Letters, digits, ``_`` and ``-``.

    Returns
    -------
    list of Path

    Raises
    ------
    ProvenanceError
        A name is none or stands twice, or its file is there already: it may hold somebody's answers.
    """
    names = [names] if isinstance(names, str) else list(names)
    refuse_table(sheet, "the sheet")
    wrong = [name for name in names if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][\w-]*", name)]
    if wrong or not names or len(set(names)) < len(names):
        raise ProvenanceError(
            f"names expects different names of letters, digits, _ and -; found {', '.join(map(repr, names)) or 'none'}."
        )
    paths = [Path(folder) / f"{name}.csv" for name in names]
    if there := [path for path in paths if path.exists()]:
        raise ProvenanceError(
            f"{there[0]} is there already, and may hold answers. Hand out into another folder, or remove it yourself."
        )
    content = _BOM + as_csv(sheet.map(_as_text))
    write(dict.fromkeys(paths, content))
    return paths


def _as_text(value):
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
