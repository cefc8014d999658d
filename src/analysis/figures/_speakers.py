"""Who stands behind the numbers."""

from matplotlib.ticker import MaxNLocator

from analysis import tables
from analysis.figures import _canvas as canvas

NOBODY = "no speaker stated"
KIND_NOT_STATED = "kind not stated"
# Each kind has its colour and its hatch, and its name stands beside every bar: the colour is a help, not the cue.
FILLS = {
    "official": (canvas.BLUE, ""),
    "armed party": (canvas.VERMILION, "////"),
    "NGO or UN": (canvas.SKY, "...."),
    "media": (canvas.ORANGE, "\\\\\\\\"),
    "witness": (canvas.GREEN, "xxxx"),
    "document": (canvas.PALE, "----"),
    "unnamed": ("white", "...."),
    KIND_NOT_STATED: (canvas.PALE, ""),
}
OTHER_FILL = ("white", "")  # another kind, nobody, and the sum of the others


def quantities_by_speaker(quantities, *, width="nature-2col", at_most=15):
    """Draw how many quantities each speaker stands behind, with the kind of speaker and the share of all quantities.

    A speaker is a ``speaker_name``, or the ``speaker`` as printed where no name is known. The first bar is always
    *no speaker stated*: what nobody is quoted for is a finding, even when it is 0. Speakers beyond ``at_most``, or
    beyond what fits the page, are summed in the last bar.

    Parameters
    ----------
    quantities : table of `tables.Quantities`
    width : str
        A name in `WIDTHS`.
    at_most : int
        Speakers to draw.
    """
    page = canvas.page(width)
    canvas.at_least_one("at_most", at_most)
    quantities = tables.check(tables.Quantities, quantities)
    if quantities.empty:
        return canvas.in_words(page, "There are no quantities to show.")
    counts, nobody = _by_speaker(quantities)
    room = page.rows_beside(8 * page.row_mm) * 10 // 13 - 2
    with canvas.style(page):
        return canvas.settle(_draw(counts, nobody, min(at_most, max(1, room)), page))


def _by_speaker(quantities):
    """Count quantities by speaker and kind, most first; and those that nobody stands behind."""
    names = quantities["speaker_name"].where(quantities["speaker_name"] != "", quantities["speaker"])
    kinds = quantities["speaker_kind"].replace("", KIND_NOT_STATED)
    stated = names != ""
    counts = quantities[stated].groupby([names[stated].rename("name"), kinds[stated].rename("kind")]).size()
    counts = counts.rename("n").reset_index()
    counts = counts.sort_values(["n", "name", "kind"], ascending=[False, True, True], ignore_index=True)
    return counts, int((~stated).sum())


def _draw(counts, nobody, at_most, page):
    shown, rest = counts.head(at_most), counts.iloc[at_most:]
    names = [NOBODY, *shown["name"]] + [canvas.count(len(rest), "other speaker")] * (len(rest) > 0)
    numbers = [nobody, *shown["n"]] + [int(rest["n"].sum())] * (len(rest) > 0)
    kinds = ["", *shown["kind"]] + [""] * (len(rest) > 0)
    figure = page.figure(1.3 * page.row_mm * len(names) + 6 * page.row_mm)
    axes = figure.subplots()
    _draw_bars(axes, numbers, kinds)
    room = max(0.36 * page.width_mm, canvas.text_mm(NOBODY, page.font_pt))
    labels = canvas.short(names, room, page.font_pt)
    axes.set_yticks(range(len(names)), labels)
    axes_mm = page.width_mm - max(canvas.text_mm(label, page.font_pt) for label in labels) - 4
    _write_numbers(axes, _words(numbers, kinds, 0.7 * axes_mm, page), numbers, axes_mm, page)
    label = f"number of quantities (of {sum(numbers):,})"
    axes.set_xlabel("\n".join(canvas.wrap(label, axes_mm, page.font_pt)))
    return figure


def _draw_bars(axes, numbers, kinds):
    for place, (number, kind) in enumerate(zip(numbers, kinds, strict=True)):
        color, hatch = FILLS.get(kind, OTHER_FILL)
        line = 1.2 if place == 0 else 0.4
        axes.barh(place, number, height=0.7, color=color, hatch=hatch, edgecolor=canvas.INK, linewidth=line)
    axes.set_ylim(len(numbers) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _words(numbers, kinds, room_mm, page):
    """Return what stands at the end of each bar: ``83 (20%), NGO or UN``, or without the share where room lacks."""
    words = []
    for number, kind in zip(numbers, kinds, strict=True):
        ends = [f"{number:,} ({number / sum(numbers):.0%})", f"{number:,}"]
        full, brief = [", ".join(filter(None, [end, kind])) for end in ends]
        fits = canvas.text_mm(full, page.font_pt) <= room_mm
        words.append(canvas.fit(full if fits else brief, room_mm, page.font_pt))
    return words


def _write_numbers(axes, words, numbers, axes_mm, page):
    """Write number, share and kind at the end of each bar, and make the axis so long that they end inside it."""
    for place, (number, text) in enumerate(zip(numbers, words, strict=True)):
        axes.annotate(text, (number, place), xytext=(2, 0), textcoords="offset points", va="center")
    parts = [1 - (canvas.text_mm(text, page.font_pt) + 2) / axes_mm for text in words]
    axes.set_xlim(0, max(max(number / max(part, 0.2) for number, part in zip(numbers, parts, strict=True)), 1))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, integer=True, steps=[1, 2, 5, 10]))
