"""The coherence of topics, which rises while copies destroy them."""

from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures import _panels as panels
from analysis.figures._prevalence import MARKS, WORDS

HEIGHT_MM = 70


def coherence_trap(coherence, topic_names=None, *, width="nature-1col"):
    """Draw the coherence of topics, with each copy counted and with each story once, over their agreement.

    A line joins the two of a topic. Where copies bend topics, those at the left, which agree least with what distinct
    stories give, are the ones whose hollow square stands high: coherence rises while the topic is lost.

    Parameters
    ----------
    coherence : table of `tables.TopicCoherence`
        The data of the figure; without an agreement, topics stand in the order of their numbers.
    topic_names : table of `tables.TopicNames`, optional
        To check that the topics are those of the table; the figure has numbers.
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    found = tables.check(tables.TopicCoherence, coherence).dropna(subset=["written", "printed"])
    if found.empty:
        return canvas.in_words(page, "No topic has two terms that stand in reports, so none has a coherence.")
    panels.labels(topic_names, found["topic"], tables.TopicCoherence)
    with canvas.style(page):
        return canvas.settle(_draw_trap(found, page))


def _draw_trap(found, page):
    figure = page.figure(max(16 * page.row_mm, min(0.62 * page.width_mm, HEIGHT_MM)) + 4 * page.row_mm)
    axes = figure.subplots()
    agreed = bool(found["agreement"].notna().any())
    at = found["agreement"] if agreed else found["topic"]
    axes.vlines(at, found["written"], found["printed"], color=canvas.FAINT, lw=0.6, zorder=1)
    for counting, mark in MARKS.items():
        axes.plot(at, found[counting], ls="", ms=3.4, mew=0.7, label=WORDS[counting], **mark)
    _write_numbers(axes, found, at, page)
    words = "agreement with the topics of distinct stories" if agreed else "topic"
    axes.set_xlabel("\n".join(canvas.wrap(words, 0.75 * page.width_mm, page.font_pt)))
    axes.set_ylabel("coherence (NPMI)")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=not agreed, steps=[1, 2, 5, 10]))
    axes.set_xlim((-0.05, 1.08) if agreed else (-0.7, found["topic"].max() + 1))
    marks = [Line2D([0], [0], ls="", ms=3.4, mew=0.7, label=WORDS[name], **mark) for name, mark in MARKS.items()]
    figure.legend(handles=marks, loc="outside upper left", ncols=canvas.legend_columns(list(WORDS.values()), page))
    rising = int((found["printed"] > found["written"]).sum())
    said = f"Coherence is higher with copies than on distinct stories in {rising:,} of {len(found):,} topics"
    canvas.note(figure, page, said)
    return figure


def _write_numbers(axes, found, at, page):
    """Write the number of each topic beside the higher of its marks, where it covers no other number."""
    axes.figure.draw_without_rendering()
    placed = []
    rows = sorted(zip(at, found[["written", "printed"]].max(axis=1), found["topic"], strict=True))
    for across, up, topic in rows:
        x, y = axes.transData.transform((across, up)) / axes.figure.dpi * canvas.MM_PER_INCH
        if all(
            abs(x - a) > canvas.text_mm(str(topic), page.font_pt) + 1 or abs(y - b) > page.row_mm for a, b in placed
        ):
            axes.annotate(str(topic), (across, up), xytext=(2.5, 1.5), textcoords="offset points")
            placed.append((x, y))
