"""Figures of claims: speakers told apart, totals over time beside a reference, and shares with their intervals."""

import itertools

import figure_laws
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from test_figures import (
    STRANGE,
    block,
    claims_of,
    documents,
    headings,
    note,
    quantity,
    rows_of,
    saved,
    shuffled,
    written,
)

from analysis import figures, tables
from analysis.figures import _canvas, _palette

RIGHT_TO_LEFT = "وزارة الصحة في غزة"
LONG = "The spokesman of the directorate of health of the northern governorates, who asked not to be named"
SPEAKERS = ("Ministry", "", "UN", "Observatory", "medics", "Army", "the mayor", RIGHT_TO_LEFT, LONG, STRANGE)


def totals_of(n, first="2024-05-01", step=3, undated=0, **more):
    """Claims of one total as reports gave it, by many speakers: the tables that ``figures.totals`` takes first."""
    bounds = ("exact", "more than", "at least", "at most")
    rows = [
        quantity(f"r{i:04d}", 0, 1000 + 10 * i, bounds[i % 4], speaker_name=SPEAKERS[i % len(SPEAKERS)], **more)
        for i in range(n)
    ]
    claims, links, stated, _ = claims_of(*[(1, [row]) for row in rows])
    days = [str(pd.Timestamp(first) + pd.Timedelta(hours=round(24 * step) * i)) for i in range(n - undated)] + [
        None
    ] * undated
    return claims, links, stated, documents(stated["document_id"].tolist(), days)


def series_of(*values, first="2024-04-20"):
    days = pd.date_range(first, periods=len(values), tz="UTC")
    return tables.check(tables.Series, pd.DataFrame({"date": days, "value": [float(value) for value in values]}))


def suspicion_of(document_id, start=0):
    row = dict.fromkeys(tables.columns(tables.Suspicions), "x")
    row |= {"document_id": document_id, "start": start, "end": start + 5, "suspicion": "falls"}
    row |= {"other_start": 0, "other_end": 5}
    return tables.check(tables.Suspicions, pd.DataFrame([row]))


def shares_of(outlets, months=("all",), values=("unattributed", "attributed"), by="unattributed", interval=0.1):
    rows = []
    for o, outlet in enumerate(outlets):
        for m, month in enumerate(months):
            raw = np.array([1 + (o * 7 + m * 5 + v * 3) % 9 for v in range(len(values))], dtype=float)
            for v, share in enumerate(raw / raw.sum()):
                bounds = [np.nan, np.nan] if not interval else [max(share - interval, 0), min(share + interval, 1)]
                rows.append((outlet, month, by, values[v], 40 - o % 30, 9, share, *bounds, share * 0.9, *bounds))
    return tables.check(tables.Shares, pd.DataFrame(rows, columns=tables.columns(tables.Shares)))


OUTLETS = ["CNN", "", STRANGE, RIGHT_TO_LEFT, LONG, *(f"Outlet number {i}" for i in range(40))]
MONTHS = [str(month) for month in pd.period_range("2014-01", periods=60, freq="M")]
KINDS = ("", "official", "armed party", "NGO or UN", "media", "witness", "document", "unnamed")
RISING = series_of(*range(900, 2000, 10))
CASES = {
    "one total": lambda width: figures.totals(*totals_of(1), width=width),
    "a few totals": lambda width: figures.totals(*totals_of(9, undated=2), width=width),
    "totals without a date": lambda width: figures.totals(*totals_of(3, undated=3), width=width),
    "totals beside a series": lambda width: figures.totals(
        *totals_of(40, step=1, undated=1), series=RISING, suspicions=suspicion_of("r0003"), width=width
    ),
    "many totals": lambda width: figures.totals(*totals_of(300, step=5), scale="log", width=width),
    "shares of an outlet": lambda width: figures.shares(shares_of(["CNN"], interval=0), width=width),
    "shares of many outlets": lambda width: figures.shares(shares_of(OUTLETS), width=width),
    "shares of kinds": lambda width: figures.shares(
        shares_of(OUTLETS[:7], values=KINDS, by="speaker_kind"), by="speaker_kind", width=width
    ),
    "shares of months": lambda width: figures.shares(shares_of(["all"], [*MONTHS, ""]), per="month", width=width),
    "shares of a month": lambda width: figures.shares(shares_of(["all"], MONTHS[:1]), per="month", width=width),
    "kinds over months": lambda width: figures.shares(
        shares_of(["all"], MONTHS[:14], values=KINDS, by="speaker_kind"), by="speaker_kind", per="month", width=width
    ),
    "names of all lengths": lambda width: figures.claims(
        *claims_of((2, [quantity(f"{i:03d}", 0, 5, speaker_name=name) for i, name in enumerate(SPEAKERS)])), width=width
    ),
}
_our_cases, test_prints_whole_and_no_labels_collide, test_the_same_bytes_twice = figure_laws.of(CASES)


@pytest.mark.parametrize(
    ("draw", "given", "more"),
    [
        (figures.totals, totals_of(30, undated=3), {"series": RISING, "suspicions": suspicion_of("r0003")}),
        (figures.totals, totals_of(30, step=0), {}),
        (figures.shares, [shares_of(OUTLETS[:9])], {}),
        (figures.shares, [shares_of(OUTLETS[:5], MONTHS[:3])], {}),
        (figures.claims, claims_of((2, block(0, 9, 10)), (2, block(1, 9, 100))), {}),
    ],
)
def test_order_of_rows_changes_no_byte(draw, given, more):
    straight = saved(draw(*given, **more, width="nature-1col"), "svg")
    given = [shuffled(frame, seed) for seed, frame in enumerate(given)]
    more = {name: shuffled(frame, 9) for name, frame in more.items()}
    assert saved(draw(*given, **more, width="nature-1col"), "svg") == straight


def test_5000_numbers_are_drawn_on_one_page():
    figure = figures.totals(*totals_of(5000, step=0.25), width="nature-1col")
    assert note(figure) == "5,000 numbers in 5,000 reports."


# ---- speakers


def grey(color):
    """Luminance, 0 to 1, as a printer without colours shows it."""
    return float(np.dot(to_rgb(color), (0.299, 0.587, 0.114)))


def test_the_most_frequent_speakers_have_colours_of_their_own_and_nobody_is_told_apart():
    names = pd.Series([name for count, name in enumerate("abcdefg", start=2) for _ in range(count)] + [""] * 9)
    found = _palette.voices(names)
    own = [found[name] for name in "gfedc"]
    assert len({voice.color for voice in own}) == len({voice.marker for voice in own}) == 5
    assert found["b"] == found["a"]
    assert found["a"].label == "other speakers"
    assert found[""].label == "no speaker stated"
    assert found[""].line != found["a"].line == own[0].line
    assert len({voice.marker for voice in found.values()}) == 7


def test_of_equally_frequent_speakers_the_first_of_the_alphabet_has_the_colour():
    names = pd.Series(list("gfedcba"))
    assert [name for name in names if _palette.voices(names)[name].label == name] == list("edcba")


def test_neighbours_in_the_legend_differ_without_colour():
    colours = [voice.color for voice in _palette.voices(pd.Series(list("aaabbc"))).values() if voice.label in "abc"]
    assert min(abs(grey(one) - grey(other)) for one, other in itertools.pairwise(colours)) > 0.1


def lines_of(axes, row):
    return [line for line in axes.get_lines() if len(line.get_ydata()) and line.get_ydata()[0] == row]


def test_a_reading_has_the_colour_of_its_speaker_and_nobodys_is_dashed():
    rows = [quantity("000", 0, 10, "at least", speaker_name="Ministry"), quantity("001", 0, 12, "at least")]
    figure = figures.claims(*claims_of((2, rows)), width="nature-1col")
    (axes,) = figure.axes
    assert rows_of(axes) == ["000 · Ministry", "001 · no speaker"]
    (one,), (other,) = (
        [line for line in lines_of(axes, row) if line.get_linestyle() != "None" and len(line.get_xdata()) == 2]
        for row in (0, 1)
    )
    assert (to_hex(one.get_color()), to_hex(other.get_color())) == (_canvas.BLUE.lower(), _canvas.FAINT)
    assert (one.get_linestyle(), other.get_linestyle()) == ("-", "--")
    legends = [[text.get_text() for text in legend.get_texts()] for legend in figure.legends]
    assert ["Ministry", "no speaker stated"] in legends


def test_a_claim_is_followed_by_the_one_it_is_held_against():
    blocks = [(n, [quantity("000", n * 10, 5 + n, event=f"event {n}")]) for n in (5, 4, 3, 2)]
    claims, links, stated, docs = claims_of(*blocks)
    against = {"c00": "c03", "c03": "c00"}
    claims["against"] = [against.get(name, "") for name in claims["claim_id"]]
    found = headings(figures.claims(claims, links, stated, docs, width="nature-1col"))
    assert [heading.split(":")[0][-1] for heading in found] == ["5", "2", "4", "3"]


# ---- totals


def marks(axes):
    """(day or place, number, marker, face) of the numbers of a panel, rings and intervals left out."""
    return sorted(
        (round(float(x), 3), float(y), line.get_marker(), line.get_markerfacecolor())
        for line in axes.get_lines()
        if line.get_markersize() == 3.6
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    )


def day(text):
    return mdates.date2num(pd.Timestamp(text))


def test_a_number_stands_at_its_day_and_value_with_the_mark_of_its_speaker():
    (axes,) = figures.totals(*totals_of(3), width="nature-1col").axes
    assert marks(axes) == [
        (day("2024-05-01"), 1000, "o", _canvas.BLUE),
        (day("2024-05-04"), 1010, "x", _canvas.FAINT),
        (day("2024-05-07"), 1020, "s", _canvas.ORANGE),
    ]
    assert axes.get_yscale() == "linear"
    assert axes.get_xlabel() == "date of publication (UTC)"


def test_an_approximate_number_is_hollow():
    figure = figures.totals(*totals_of(1, approximate=True), width="nature-1col")
    assert marks(figure.axes[0])[0][3] == "white"
    assert "approximate" in written(figure)
    assert "approximate" not in written(figures.totals(*totals_of(1), width="nature-1col"))


def test_undated_reports_stand_apart():
    dated, apart = figures.totals(*totals_of(5, undated=2), width="nature-1col").axes
    assert len(marks(dated)) == 3
    assert [number for _, number, *_ in marks(apart)] == [1030, 1040]
    assert "no date" in written(apart)
    (only,) = figures.totals(*totals_of(2, undated=2), width="nature-1col").axes
    assert [number for _, number, *_ in marks(only)] == [1000, 1010]


def test_equal_numbers_of_a_day_stand_side_by_side_where_a_day_has_room():
    rows = [quantity(name, 0, 35000, speaker_name="Ministry") for name in "ab"]
    claims, links, stated, _ = claims_of((2, rows))
    docs = documents(["a", "b"], ["2024-05-24"] * 2)
    (axes,) = figures.totals(claims, links, stated, docs, series=series_of(*[35000] * 90), width="nature-2col").axes
    (one, *_), (other, *_) = marks(axes)
    assert one < day("2024-05-24") < other
    assert other - one < 0.5
    years = documents(["a", "b"], ["2024-05-24", "2014-05-24"])
    (axes,) = figures.totals(claims, links, stated, years, width="nature-2col").axes
    assert [x for x, *_ in marks(axes)] == [day("2014-05-24"), day("2024-05-24")]


def test_a_speakers_later_number_is_joined_to_the_one_before_and_nobodys_are_not():
    rows = [quantity(f"r{i}", 0, 1000 + i, speaker_name=name) for i, name in enumerate(["UN", "", "UN", "", "UN"])]
    claims, links, stated, _ = claims_of(*[(1, [row]) for row in rows])
    docs = documents([f"r{i}" for i in range(5)], [f"2024-05-0{i + 1}" for i in range(5)])
    (axes,) = figures.totals(claims, links, stated, docs, width="nature-1col").axes
    (line,) = [line for line in axes.get_lines() if line.get_linestyle() == "-" and len(line.get_xdata()) > 2]
    assert line.get_ydata().tolist() == [1000, 1002, 1004]


def test_the_reference_is_a_step_line_from_the_value_known_before_the_first_report():
    figure = figures.totals(*totals_of(1), series=series_of(900, 950, 1100, first="2024-04-02"), width="nature-1col")
    (axes,) = figure.axes
    (steps,) = [line for line in axes.get_lines() if line.get_drawstyle() == "steps-post"]
    assert steps.get_ydata().tolist() == [1100, 1100]
    assert steps.get_xdata().tolist() == list(axes.get_xlim())
    assert "reference series" in written(figure)
    without = figures.totals(*totals_of(1), width="nature-1col")
    assert "reference series" not in written(without)
    assert not [line for line in without.axes[0].get_lines() if line.get_drawstyle() == "steps-post"]


def test_what_looks_like_an_error_has_a_ring():
    def rings(suspicions):
        (axes,) = figures.totals(*totals_of(4), suspicions=suspicions, width="nature-1col").axes
        found = [line for line in axes.get_lines() if line.get_markersize() == 8]
        return [float(y) for line in found for y in line.get_ydata()]

    assert rings(suspicion_of("r0002")) == [1020]
    assert rings(suspicion_of("r0002", start=7)) == rings(None) == []


@pytest.mark.parametrize(("values", "scale", "drawn_as"), [((1, 19), "auto", "linear"), ((1, 20), "auto", "log")])
def test_numbers_far_apart_have_a_logarithmic_scale(values, scale, drawn_as):
    claims, links, stated, docs = claims_of(*[(1, [quantity(f"r{v}", 0, v)]) for v in values])
    assert figures.totals(claims, links, stated, docs, scale=scale).axes[0].get_yscale() == drawn_as
    for asked in ("linear", "log"):
        assert figures.totals(claims, links, stated, docs, scale=asked).axes[0].get_yscale() == asked


def test_a_logarithmic_scale_counts_what_it_cannot_show():
    claims, links, stated, docs = claims_of(*[(1, [quantity(f"r{v}", 0, v)]) for v in (0, 5, 7)])
    figure = figures.totals(claims, links, stated, docs, scale="log", width="nature-2col")
    assert note(figure) == "3 numbers in 3 reports, 1 of 0 or less not shown."


# ---- shares


def points(axes, marker):
    (line,) = [line for line in axes.get_lines() if line.get_marker() == marker]
    return [(round(float(x), 6), round(float(y), 2)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_each_outlet_has_its_raw_share_beside_that_of_independent_reports():
    table = shares_of(["A", "B"])
    figure = figures.shares(table, width="nature-1col")
    (axes,) = figure.axes
    nobody = table[table["value"] == "unattributed"]
    assert rows_of(axes) == ["A (80)", "B (78)"]
    assert points(axes, "o") == [(round(share, 6), y - 0.16) for y, share in enumerate(nobody["share"])]
    assert points(axes, "D") == [(round(share, 6), y + 0.16) for y, share in enumerate(nobody["independent_share"])]
    bars = [line for line in axes.get_lines() if len(line.get_xdata()) == 2 and line.get_linestyle() == "-"]
    assert [list(bar.get_xdata()) for bar in bars[:2]] == nobody[["low", "high"]].to_numpy().tolist()
    assert note(figure) == "Share of quantities that nobody is named for."


def test_one_story_has_no_interval_and_an_outlet_without_the_value_has_a_share_of_0():
    table = shares_of(["A", "B"], interval=0)
    table = table[(table["outlet"] != "B") | (table["value"] != "unattributed")]
    figure = figures.shares(table, width="nature-1col")
    (axes,) = figure.axes
    assert {y: x for x, y in points(axes, "o")}[0.84] == 0
    assert not [line for line in axes.get_lines() if len(line.get_xdata()) == 2 and line.get_linestyle() == "-"]
    assert "A single story has no interval" in note(figure)


def test_outlets_and_values_that_do_not_fit_are_counted():
    figure = figures.shares(shares_of(OUTLETS), width="nature-1col", at_most=5)
    assert note(figure).endswith("40 further outlets with 2,128 quantities not shown.")
    kinds = shares_of(["A"], values=KINDS, by="speaker_kind")
    figure = figures.shares(kinds, by="speaker_kind", width="nature-2col", values=2)
    assert [axes.get_title("left") for axes in figure.axes] == ["none, or of no known kind", "NGO or UN"]
    assert "6 further values not shown" in note(figure)


def test_months_lie_as_far_apart_as_they_are_and_undated_ones_behind():
    table = shares_of(["all"], ["2024-03", "", "2024-01", "2025-01"])
    (axes,) = figures.shares(table, per="month", width="nature-2col").axes
    assert [x for x, _ in points(axes, "o")] == [-0.16, 1.84, 11.84, 13.84]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2024-01", "2024-03", "2025-01", "no date"]


# ---- nothing to show, and what cannot be drawn


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.totals(*[table.iloc[:0] for table in totals_of(1)]), "No report calls a number a total."),
        (lambda: figures.shares(tables.empty(tables.Shares)), "No shares by unattributed are known per outlet."),
        (
            lambda: figures.shares(shares_of(["A"]), by="speaker_name", per="month"),
            "No shares by speaker name are known per month.",
        ),
    ],
)
def test_an_empty_table_is_a_figure_that_says_so(draw, words):
    figure = draw()
    assert " ".join(" ".join(written(figure)).split()) == words
    assert figure.axes, "a notebook shows no figure without axes"


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.totals(*totals_of(1), scale="sqrt"), "scale is one of auto, linear, log; found 'sqrt'"),
        (lambda: figures.totals(*totals_of(1), width="nature"), "width"),
        (lambda: figures.shares(shares_of(["A"]), per="week"), "per is one of outlet, month; found 'week'"),
        (lambda: figures.shares(shares_of(["A"]), at_most=0), "at_most expects a whole number"),
        (lambda: figures.shares(shares_of(["A"]), values=1.5), "values expects a whole number"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_totals_of_another_run_are_refused():
    claims, links, stated, docs = totals_of(2)
    with pytest.raises(tables.TableError, match="Claims speaks of the claim c00, which"):
        figures.totals(claims, links.iloc[1:], stated, docs)
    with pytest.raises(tables.TableError, match="ClaimQuantities speaks of the document r0000"):
        figures.totals(claims, links, stated, docs.iloc[1:])
