"""Small charts as SVG inside a page: they scale with it, and say in words what they show."""

from html import escape

import numpy as np

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 560, 120, 40, 18, 6
FEW = 5  # stories near a day below which a curve is no finding


def percent(share):
    """Return a share in percent, with a digit behind the point below ten."""
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"


def interval(row):
    """Return ``11.5 % (10.2 to 12.8)``, or the share alone where it has no interval."""
    if np.isnan(row.low):
        return percent(row.share)
    return f"{percent(row.share)} ({percent(row.low)} to {percent(row.high)})"


def bar(row, most):
    """A share as a bar with its interval; ``most`` is the end of the scale."""
    width, scale = 140, 136 / max(most, 1e-9)
    found = f'<rect x="0" y="4" width="{scale * row.share:.1f}" height="8" class="share"/>'
    if not np.isnan(row.low):
        found += f'<path d="M{scale * row.low:.1f} 8H{scale * row.high:.1f}" class="interval"/>'
    return f'<svg class="bar" width="{width}" height="16" aria-hidden="true">{found}</svg>'


def curve(written, printed, most):
    """The share of a topic over time: written as a line with its band, printed dashed, pale where few stories are near.

    Parameters
    ----------
    written, printed : rows of ``tables.TopicTrends`` of one topic, in the order of their dates
    most : float
        End of the scale.
    """
    days = written["date"].astype("int64").to_numpy(dtype=float)
    across = _LEFT + (_WIDTH - _LEFT) * (days - days[0]) / max(days[-1] - days[0], 1)
    known = (written["n_near"] >= FEW).to_numpy()
    parts = []
    for begin, end in _runs(known):
        band = [*zip(across[begin:end], _up(written["high"], most)[begin:end], strict=True)]
        band += [*zip(across[begin:end], _up(written["low"], most)[begin:end], strict=True)][::-1]
        if not np.isnan(band).any():
            parts.append(f'<path d="{_path(band)}Z" class="band"/>')
    parts.append(f'<path d="{_path(zip(across, _up(written["share"], most), strict=True))}" class="pale"/>')
    for table, name in ((printed, "printed"), (written, "written")):
        for begin, end in _runs(known):
            points = zip(across[begin:end], _up(table["share"], most)[begin:end], strict=True)
            parts.append(f'<path d="{_path(points)}" class="{name}"/>')
    return (
        f'<svg class="curve" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(_in_words(written))}">'
        f"{_axes(written['date'], most)}{''.join(parts)}</svg>"
    )


def _up(shares, most):
    return _TOP + (_HEIGHT - _BOTTOM - _TOP) * (1 - np.clip(shares.to_numpy() / most, 0, 1))


def _runs(known):
    """(begin, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _path(points):
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _axes(dates, most):
    ground = _HEIGHT - _BOTTOM
    lines = f'<path d="M{_LEFT} {_TOP}V{ground}H{_WIDTH}" class="axis"/>'
    ends = [(dates.iloc[0], _LEFT, "start"), (dates.iloc[-1], _WIDTH, "end")]
    words = "".join(
        f'<text x="{x}" y="{_HEIGHT - 4}" text-anchor="{anchor}">{date:%Y-%m-%d}</text>' for date, x, anchor in ends
    )
    scale = f'<text x="{_LEFT - 4}" y="{_TOP + 8}" text-anchor="end">{percent(most)}</text>'
    return f'{lines}{words}{scale}<text x="{_LEFT - 4}" y="{ground}" text-anchor="end">0</text>'


def _in_words(written):
    first, last = written.iloc[0], written.iloc[-1]
    top = written.loc[written["share"].idxmax()]
    return (
        f"Share written, from {percent(first['share'])} on {first['date']:%Y-%m-%d} to {percent(last['share'])} on "
        f"{last['date']:%Y-%m-%d}; highest, {percent(top['share'])}, on {top['date']:%Y-%m-%d}."
    )
