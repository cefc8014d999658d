"""How many pairs a search will return, over its threshold."""

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator

from analysis import tables
from analysis.figures import _canvas as canvas
from analysis.figures._intervals import number

HEIGHT_MM = 45
NONE_MM = 5  # from 0 pairs up to 1
TICKS_AT_MOST = 6
BESIDE_MM = 20  # ticks and label left of the axes; needed only to leave enough room, so a guess on the safe side


def threshold_curve(forecast, *, width="nature-2col"):
    """Draw how many pairs reach each threshold of a forecast, on a scale of powers of ten with 0 below 1.

    A marker is a threshold that was asked for, a hollow one if no pair is expected; beside it stands the number in
    three digits. Between two markers the number was not asked for, but it lies within the grey step, since a higher
    threshold never gives more pairs. ``minutes`` and ``fits`` hold for one machine and are not drawn, so that the same
    corpus gives the same figure everywhere.

    Parameters
    ----------
    forecast : table of `tables.Forecasts`
    width : str
        A name in `WIDTHS`.
    """
    page = canvas.page(width)
    forecast = tables.check(tables.Forecasts, forecast)
    if forecast.empty:
        return canvas.in_words(page, "There are no thresholds to show.")
    _refuse_rising(forecast)
    with canvas.style(page):
        return canvas.settle(_draw(forecast["threshold"].to_numpy(), forecast["n_pairs"].to_numpy(), page))


def _refuse_rising(forecast):
    """Refuse rows of several forecasts: in one of them, the pairs of a threshold are among those of any lower one."""
    rising = np.flatnonzero(np.diff(forecast["n_pairs"]) > 0)
    if len(rising):
        low, high = (forecast.loc[rising[0] + step, ["n_pairs", "threshold"]] for step in (0, 1))
        raise tables.TableError(
            f"Forecasts expects no more pairs at a higher threshold; found {low['n_pairs']:,.0f} at "
            f"{low['threshold']:g} and {high['n_pairs']:,.0f} at {high['threshold']:g}. Give rows of one forecast."
        )


def _draw(thresholds, n_pairs, page):
    axes_mm = max(HEIGHT_MM, 10 * page.row_mm)
    said = (
        "Between markers the forecast lies within the grey step" if len(n_pairs) > 1 else "",
        "Hollow: no pair expected" if n_pairs[-1] == 0 else "",
    )
    figure = page.figure(axes_mm + 3 * page.row_mm + canvas.note_mm(page, *said))
    axes = figure.subplots()
    labels = [number(float(f"{n:.3g}")) for n in n_pairs]
    _scale_pairs(axes, n_pairs[0], axes_mm, page)
    _scale_thresholds(axes, thresholds, [canvas.text_mm(label, page.font_pt) for label in labels], page)
    _draw_steps(axes, thresholds, n_pairs)
    canvas.note(figure, page, *said)
    figure.draw_without_rendering()  # only now it is known where the markers lie
    _write_numbers(axes, np.column_stack([thresholds, n_pairs]), labels, page)
    return figure


def _scale_pairs(axes, most, axes_mm, page):
    """Scale by powers of ten from 1 up, and evenly from 1 down to 0, which no logarithm reaches."""
    room_mm = axes_mm - NONE_MM
    powers = max(1.0, np.log10(max(most, 1)) * room_mm / (room_mm - 2 * page.row_mm))
    # matplotlib gives the even part linscale / 0.9 of the height of a power of ten.
    axes.set_yscale("symlog", linthresh=1, linscale=0.9 * powers * NONE_MM / room_mm)
    ticks = 10.0 ** np.arange(0, int(powers) + 1, 1 + int(powers) // TICKS_AT_MOST)
    axes.set_yticks([0, *ticks], ["0", *map(number, ticks)])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylim(0, 10**powers)
    axes.axhline(1, color=canvas.FAINT, linewidth=0.4, linestyle=(0, (4, 3)), zorder=0)
    axes.set_ylabel("pairs, forecast")


def _scale_thresholds(axes, thresholds, widths_mm, page):
    """Leave room for the numbers on the right, and tick no threshold above the last."""
    first, last = thresholds[0], thresholds[-1]
    per_mm = max(last - first, 0.1) / (page.width_mm - BESIDE_MM - max(widths_mm))
    axes.set_xlim(first - 2 * per_mm, max(thresholds + (np.array(widths_mm) + 2) * per_mm))
    nbins = max(1, int((last - first) / per_mm / (2.5 * canvas.text_mm("0.00", page.font_pt))))
    ticks = MaxNLocator(nbins=min(nbins, 10), steps=[1, 2, 5, 10]).tick_values(first, last) if last > first else [last]
    ticks = [tick for tick in ticks if first - 1e-9 <= tick <= last + 1e-9]
    axes.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    axes.set_xlabel("threshold (cosine)")


def _draw_steps(axes, thresholds, n_pairs):
    lower = np.append(n_pairs[1:], n_pairs[-1])
    axes.fill_between(thresholds, n_pairs, lower, step="post", color=canvas.PALE, linewidth=0)
    axes.step(thresholds, n_pairs, where="post", color=canvas.FAINT, linewidth=0.5)
    faces = np.where(n_pairs > 0, canvas.BLUE, "white")
    axes.scatter(thresholds, n_pairs, s=12, c=faces, edgecolors=canvas.BLUE, linewidths=0.7, zorder=3, clip_on=False)


def _write_numbers(axes, points, labels, page):
    """Write each number above and right of its marker, where a falling curve leaves room; skip what would collide."""
    places = axes.transData.transform(points) / axes.figure.dpi * canvas.MM_PER_INCH
    free = None  # right end and height of the last number written
    for label, point, (across, up) in zip(labels, points, places, strict=True):
        if free is None or across > free[0] or up < free[1] - page.row_mm:
            axes.annotate(label, point, xytext=(2, 1.5), textcoords="offset points")
            free = across + canvas.text_mm(label, page.font_pt) + 1, up
