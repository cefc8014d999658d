"""A few speakers get a colour, the others one, and what nobody is named for is told apart from both."""

from typing import NamedTuple

from matplotlib.lines import Line2D

from analysis.figures import _canvas as canvas

NOBODY, OTHERS = "no speaker stated", "other speakers"
# Neighbours differ in grey, too; each has a marker of its own where markers say nothing else.
_COLOURS = (canvas.BLUE, canvas.ORANGE, canvas.GREEN, canvas.SKY, canvas.VERMILION)
_MARKERS = ("o", "s", "^", "D", "v")


class Voice(NamedTuple):
    """How a speaker is drawn: a colour, a marker and a kind of line."""

    label: str
    color: str
    marker: str
    line: str


_OTHER, _SILENT = Voice(OTHERS, canvas.INK, "P", "-"), Voice(NOBODY, canvas.FAINT, "x", (0, (3, 1.5)))


def voices(names):
    """Return a ``Voice`` for each name, the most frequent ones with colours of their own; "" is nobody.

    Parameters
    ----------
    names : Series of str
    """
    counts = names[names != ""].value_counts().rename_axis("name").reset_index(name="n")
    order = counts.sort_values(["n", "name"], ascending=[False, True])["name"].tolist()
    own = [Voice(name, color, marker, "-") for name, color, marker in zip(order, _COLOURS, _MARKERS, strict=False)]
    return {"": _SILENT} | dict.fromkeys(order, _OTHER) | {voice.label: voice for voice in own}


def shown(voices_by_name, names):
    """Return the voices that ``names`` have, in the order of a legend: speakers, the others, nobody."""
    present = {voices_by_name[name] for name in names}
    ranked = list(dict.fromkeys(voices_by_name.values()))
    own = [voice for voice in ranked if voice in present and voice not in (_OTHER, _SILENT)]
    return own + [voice for voice in (_OTHER, _SILENT) if voice in present]


def labels(listed, width_mm, font_pt):
    """Return the labels of voices, different ones differing, none much wider than ``width_mm``."""
    return canvas.short([voice.label for voice in listed], width_mm, font_pt)


def handles(listed, words, *, markers):
    """Return handles for a legend: lines, with the marker of each voice where ``markers`` tell speakers apart."""
    return [
        Line2D(
            [0, 1],
            [0, 0],
            color=voice.color,
            linestyle=voice.line,
            linewidth=1.6,
            marker=voice.marker if markers else "",
            markersize=3.6,
            label=label,
        )
        for voice, label in zip(listed, words, strict=True)
    ]
