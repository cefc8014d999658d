"""Figures as bytes that do not depend on the day, the process or a reader's own matplotlibrc.

Knows no folder and no record: a figure goes in, bytes come out.
"""

import io

FIGURE_FORMATS = ("pdf", "svg", "png")
PNG_DPI = 300

# What a reader's own matplotlibrc could change between drawing and saving; bytes must not depend on it.
# Type 42 keeps text in PDF as text, which journals ask for; a tight bounding box would change the width in mm.
_SAVED_WITH = {
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "pdf.use14corefonts": False,
    "svg.fonttype": "path",
    "svg.image_inline": True,
    "savefig.bbox": None,
    "savefig.pad_inches": 0.0,
    "savefig.facecolor": "white",
    "savefig.edgecolor": "none",
    "savefig.transparent": False,
    "savefig.orientation": "portrait",
    "text.usetex": False,
}
# A date or a program version in the file would make two equal figures differ.
_NO_METADATA = {
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "svg": {"Creator": None, "Date": None, "Format": None, "Type": None},
    "png": {"Software": None},
}


def is_figure(thing):
    """Whether ``thing`` is a matplotlib figure."""
    from matplotlib.figure import Figure

    return isinstance(thing, Figure)


def is_page(thing):
    """Whether ``thing`` is a `tables.Page`."""
    from analysis.tables import Page

    return isinstance(thing, Page)


def draw(figure, name, kind):
    """Bytes of a figure at its own size; ``kind`` is one of `FIGURE_FORMATS`, ``name`` tells SVGs of one page apart."""
    import matplotlib as mpl

    stream = io.BytesIO()
    # The salt decides the ids inside an SVG: one for each figure, so that two in one page do not share ids.
    with mpl.rc_context({**_SAVED_WITH, "svg.hashsalt": name}):
        figure.savefig(stream, format=kind, dpi=PNG_DPI, metadata=_NO_METADATA[kind])
    return stream.getvalue()
