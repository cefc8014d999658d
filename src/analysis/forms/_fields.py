"""The fields of a quantity as widgets: filled from a row, and told which of them a person has changed."""

import ipywidgets as widgets

from analysis import lexicon, tables
from analysis.forms._cases import spelled
from analysis.quantities.corrections import NOT_STATED
from analysis.quantities.speakers import KINDS

FIRST = ("low", "high", "bound", "approximate", "counted", "event", "cumulative", "speaker", "time", "place")
_LABELS = {
    "approximate": "about",
    "counted_class": "class",
    "cumulative": "adds up",
    "speaker_name": "known as",
    "speaker_kind": "speaker is",
    "speaker_start": "speaker from",
    "speaker_end": "speaker to",
}
_CHOICES = {
    "bound": tables.BOUNDS,
    "trend": tables.TRENDS,
    "kind": tables.KINDS,
    "cumulative": ("", "cumulative", "incremental"),
    "speaker_kind": KINDS,
}
_HINTS = {
    "low": "35000",
    "high": "35000, or inf",
    "speaker": "empty: nobody is named",
    "event": "empty: none",
}


class Fields:
    """Widgets for all fields of a quantity, those that are most often wrong first.

    Parameters
    ----------
    names : sequence of str
        The fields.
    """

    def __init__(self, names):
        self._fields = {name: _widget(name) for name in names}
        self._shown = {}
        rest = [name for name in names if name not in FIRST]
        more = widgets.Accordion([_grid([self._fields[name] for name in rest])], titles=["more fields"])
        self.box = widgets.VBox([_grid([self._fields[name] for name in FIRST]), more])

    def __getitem__(self, name):
        return self._fields[name]

    def show(self, row, speakers=()):
        """Fill the widgets from a row of ``tables.Quantities``, and offer the speakers of its report."""
        self._fields["speaker"].options = tuple(speakers)
        for name, field in self._fields.items():
            field.value = row[name] if name == "approximate" else spelled(name, row[name])
        self._shown = {name: field.value for name, field in self._fields.items()}

    def changed(self):
        """What a person has changed since ``show``, as cells of a correction."""
        found = {name: field.value for name, field in self._fields.items() if field.value != self._shown[name]}
        return {name: str(value).strip() or NOT_STATED for name, value in found.items()}


def _widget(name):
    label = _LABELS.get(name, name)
    common = {"description": label, "layout": widgets.Layout(width="auto")}
    if name == "approximate":
        return widgets.Checkbox(indent=True, **common)
    if name in _CHOICES:
        return widgets.Dropdown(options=[(choice or NOT_STATED, choice) for choice in _CHOICES[name]], **common)
    if name in ("event", "speaker"):
        options = sorted({row["event"] for row in lexicon.rows("events")}) if name == "event" else ()
        return widgets.Combobox(options=options, placeholder=_HINTS[name], ensure_option=False, **common)
    return widgets.Text(placeholder=_HINTS.get(name, ""), **common)


def _grid(fields):
    layout = widgets.Layout(grid_template_columns="repeat(auto-fill, minmax(260px, 1fr))", grid_gap="2px 8px")
    return widgets.GridBox(fields, layout=layout)
