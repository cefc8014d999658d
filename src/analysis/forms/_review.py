"""The form: one case after the other, in its words, with what was read in fields, and a button for each decision."""

from html import escape

import ipywidgets as widgets

from analysis import pages
from analysis.forms._cases import DecisionError
from analysis.forms._fields import Fields
from analysis.forms._store import ChangedMeanwhileError
from analysis.provenance import ProvenanceError
from analysis.quantities import CorrectionsError
from analysis.quantities.corrections import FIELDS

_DONE = {"confirm": "✓ right as read", "correct": "✓ corrected", "reject": "✗ no quantity", "add": "+ added", "": ""}
_TONES = {"well": ("#0b4f78", "✓"), "amiss": ("#a33b00", "⚠"), "plain": ("#595959", "")}
_MOST_IN_A_LIST = 200


class Review:
    """The form as a widget, ``box``.

    Parameters
    ----------
    cases : _cases.Cases
    where : str
        The file of corrections, for people.
    """

    def __init__(self, cases, where):
        self._cases, self._where, self._new = cases, where, None
        self._list = widgets.Dropdown(description="case", layout=widgets.Layout(width="100%"))
        self._words = widgets.HTML()
        self._fields = Fields(FIELDS)
        self._note = widgets.Text(description="note", placeholder="why, for whoever reads the file")
        self._by = widgets.Text(description="your initials", placeholder="kept until you change it")
        self._also = widgets.Checkbox(indent=False)
        self._message = widgets.HTML()
        self._buttons = self._make_buttons()
        self._report = widgets.Text(description="report", continuous_update=False)
        self._search = widgets.Text(description="words", placeholder="exactly as they stand there")
        self._places = widgets.Dropdown(description="where", layout=widgets.Layout(width="auto"))
        self.box = self._arrange()
        self._list.observe(lambda _: self._show(), "value")
        self._search.observe(lambda _: self._find(), "value")
        self._report.observe(lambda _: self._find(), "value")
        self._relist(0)
        self._say("plain", self._standing())

    # ---- What is shown

    def _make_buttons(self):
        named = {
            "previous": ("◀ previous", "", lambda: self._step(-1)),
            "next": ("next ▶", "", lambda: self._step(1)),
            "confirm": ("Right as read", "success", lambda: self._decide("confirm")),
            "correct": ("Save correction", "primary", lambda: self._decide("correct")),
            "reject": ("Not a quantity", "warning", lambda: self._decide("reject")),
            "undo": ("Undo last", "", self._undo),
            "open": ("Open it", "primary", self._open),
        }
        made = {}
        for name, (label, style, act) in named.items():
            made[name] = widgets.Button(
                description=label, button_style=style, layout=widgets.Layout(flex="0 0 auto", width="auto")
            )
            made[name].on_click(lambda _, act=act: self._carefully(act))
        return made

    def _arrange(self):
        button = self._buttons
        row = widgets.Layout(flex_flow="row wrap", align_items="center")
        other = widgets.VBox([self._report, self._search, self._places, button["open"]])
        return widgets.VBox(
            [
                widgets.Box([button["previous"], button["next"], self._list], layout=widgets.Layout(width="100%")),
                self._words,
                self._fields.box,
                widgets.Box([self._note, self._by, self._also], layout=row),
                widgets.Box([button[name] for name in ("confirm", "correct", "reject", "undo")], layout=row),
                self._message,
                widgets.Accordion([other], titles=["another number: one that was missed, or is not listed"]),
            ]
        )

    def _relist(self, place):
        """Fill the list of cases anew, with what was decided of each, and show the one at ``place``."""
        options = [(self._label(number, case), number) for number, case in enumerate(self._cases.all)]
        self._list.options = options
        self._list.value = min(place, len(options) - 1) if options else None
        self._show()

    def _label(self, number, case):
        done = _DONE[self._cases.decision(case)["decision"]]
        return (
            f"{number + 1} of {len(self._cases.all)} · {case.document_id} · “{case.surface}”{' · ' * bool(done)}{done}"
        )

    @property
    def _case(self):
        return None if self._list.value is None else self._cases.all[self._list.value]

    def _show(self):
        case = self._case
        for name in ("previous", "next", "confirm", "correct", "reject"):
            self._buttons[name].disabled = case is None
        if case is None:
            self._words.value = "<p>No case is listed: none has a reason to be checked.</p>"
            return
        row = self._cases.row(case)
        self._words.value = _in_words(case, row, self._cases)
        if row is not None:
            self._fields.show(row, self._cases.speakers(case.document_id))
        decided = self._cases.decision(case)
        self._note.value = decided["note"]
        copies = len(self._cases.copies(case))
        others = "1 other report prints" if copies == 1 else f"{copies:,} other reports print"
        self._also.description = f"also where {others} this sentence"
        self._also.value = copies > 0
        self._also.layout.display = "" if copies else "none"
        self._report.value, self._search.value, self._places.options = case.document_id, "", ()
        self._buttons["open"].disabled = True

    def _say(self, tone, words):
        color, sign = _TONES[tone]
        self._message.value = f'<p role="status" style="color:{color};margin:4px 0"><b>{sign}</b> {escape(words)}</p>'

    def _standing(self):
        n_decided = sum(bool(row["decision"]) for row in self._cases.decided.values())
        decisions = f"{n_decided:,} decision{'s' * (n_decided != 1)}"
        return f"{self._where} holds {decisions}, to be applied when the notebook is run again."

    # ---- What a person does

    def _carefully(self, act):
        """Do something, and say what went wrong in the place of a traceback; what was typed stays."""
        try:
            act()
        except ChangedMeanwhileError as change:
            told = "; ".join(_theirs(key, row) for key, row in sorted(change.theirs.items()))
            self._say(
                "amiss", f"Not saved. Meanwhile somebody else decided: {told}. Press again to put yours in its place."
            )
        except (DecisionError, CorrectionsError, ProvenanceError, OSError) as fault:
            self._say("amiss", f"Not saved. {fault}")
        except Exception as fault:  # ipywidgets would write it into a log that nobody reads
            self._say("amiss", f"Not saved, for an error of this program: {type(fault).__name__}: {fault}")

    def _step(self, by):
        self._list.value = (self._list.value + by) % len(self._cases.all)
        self._say("plain", self._standing())

    def _decide(self, decision):
        changes = self._fields.changed()
        if decision == "confirm" and changes:
            raise DecisionError(f"You changed {', '.join(changes)}; press Save correction, or choose the case again.")
        if decision == "correct" and not changes:
            raise DecisionError("Nothing is changed in the fields. If all is right, press Right as read.")
        also = self._cases.copies(self._case) if self._also.value else []
        place, said = self._list.value, {"note": self._note.value, "by": self._by.value}
        self._cases.decide(self._case, decision, {} if decision == "reject" else changes, also=also, **said)
        told = (
            f"{_DONE[decision]}: “{self._case.surface}”{f' and {len(also)} copies' if also else ''}. {self._standing()}"
        )
        self._relist((place + 1) % len(self._cases.all))
        self._say("well", told)

    def _undo(self):
        place = self._list.value
        self._cases.undo()
        self._relist(place or 0)
        self._say("well", f"The last decision is taken back. {self._standing()}")

    # ---- Numbers that are not listed

    def _find(self):
        found = self._cases.places(self._report.value, self._search.value)[:_MOST_IN_A_LIST]
        text = "".join(self._cases.document(self._report.value)["text"]) if found else ""
        self._places.options = [(_around(text, case, is_read), (case, is_read)) for case, is_read in found]
        self._places.index = 0 if found else None
        self._buttons["open"].disabled = not found

    def _open(self):
        """Show a quantity that is not listed; one that was missed is added first, to be filled in."""
        case, is_read = self._places.value
        if not is_read:
            value = self._search.value.replace(",", "").strip()
            changes = {"low": value} if value.replace(".", "", 1).isdigit() else {"bound": "vague"}
            self._cases.decide(case, "add", changes, note=self._note.value, by=self._by.value)
        self._relist(self._cases.open(case))
        if not is_read:
            told = f"“{case.surface}” is added. Fill in its fields, and press Save correction."
            self._say("well", f"{told} {self._standing()}")


def _in_words(case, row, cases):
    """The case as HTML: its report, its words, why it is listed, and what was decided."""
    decided = cases.decision(case)
    said = " ".join(part for part in (_DONE[decided["decision"]], f"by {decided['by']}" * bool(decided["by"])) if part)
    document = cases.document(case.document_id)
    if row is None or document.empty:
        told = f"{case.document_id}, “{case.surface}”: it is not read there any more. {said}"
        return f"<p>{escape(told)}</p>"
    return pages.case(row, next(document.itertuples()), reasons=case.reasons, decided=said)


def _theirs(key, row):
    if row is None:
        return f"{key[0]} at {key[1]} is open again"
    by = f" by {row['by']}" if row["by"] else ""
    return f"“{row['surface']}” of {key[0]}: {row['decision']}{by}"


def _around(text, place, is_read):
    before, after = text[max(0, place.start - 40) : place.start], text[place.end : place.end + 40]
    words = " ".join(f"… {before}[{place.surface}]{after} …".split())
    return f"{place.start:,}: {words} ({'read already' if is_read else 'missed'})"
