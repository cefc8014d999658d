import functools
import io
import itertools
import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from analysis import figures, tables
from analysis.figures import _canvas, _time

MM = 25.4
ALL_WIDTHS = ["nature-1col", "nature-2col", "science-1col", "plos-minimum"]  # usual, wide, narrow, large letters
SEED_IDS = ["000", "001", "002", "003", "004"]
SEED_SCORES = {("000", "002"): 0.31, ("002", "004"): 0.30, ("000", "004"): 0.25, ("000", "001"): 0.15}
STRANGE = "$5_x^2 of %s \\frac{a"  # what mathtext, TeX and legends would choke on


def documents(ids, published=None, outlets=None):
    published = [pd.NaT] * len(ids) if published is None else published
    return tables.check(
        tables.Documents,
        pd.DataFrame(
            {
                "document_id": ids,
                "outlet": ["CNN"] * len(ids) if outlets is None else outlets,
                "published": pd.to_datetime(pd.Series(published, dtype=object), utc=True),
                "published_basis": "unknown",
                "title": "",
                "credit": "",
                "text": "x",
            }
        ),
    )


def seeds(ending=""):
    days = [None, "2024-05-24", "2024-05-24", "2024-03-29", None]
    return documents([name + ending for name in SEED_IDS], days, ["CNN", "CNN", "Reuters", "", STRANGE])


def many(n, undated=10, days=400, outlets=12):
    """Many reports with long ids that differ in their middle only, spread over days and outlets without chance."""
    ids = [f"report-{index * 7919 % 100003:06d}-2c5b045103e52233-of-the-collection" for index in range(n)]
    start = pd.Timestamp("2023-10-07")
    moments = [
        None if i % undated == 0 else start + pd.Timedelta(hours=24 * days * (i * 37 % n) // n) for i in range(n)
    ]
    return documents(ids, moments, [f"Outlet number {i % (i % outlets + 1)}" for i in range(n)])


def pairs(scores):
    ends = sorted(scores)
    table = pd.DataFrame({"a": [a for a, _ in ends], "b": [b for _, b in ends], "score": [scores[end] for end in ends]})
    return tables.check(tables.Pairs, table.assign(containment=0.5, lag=np.nan))


def neighbours(docs, reach=3):
    ids = docs["document_id"].tolist()
    return pairs(
        {
            (ids[i], ids[i + step]): round(0.2 + 0.8 * ((i * 31 + step * 17) % 97) / 97, 3)
            for i in range(len(ids))
            for step in range(1, reach)
            if i + step < len(ids) and i % 10 + step < 10
        }
    )


def clusters(docs, groups):
    """The first of each group represents it; all others stand alone."""
    first = {name: group[0] for group in groups for name in group}
    ids = docs["document_id"]
    table = {"document_id": ids, "representative": [first.get(name, name) for name in ids], "score": 1.0}
    return tables.check(tables.Clusters, pd.DataFrame(table))


def tens(docs):
    ids = docs["document_id"].tolist()
    return clusters(docs, [ids[i : i + 10] for i in range(0, len(ids), 10)])


def topic_terms(n_topics, n_terms=12):
    weights = np.arange(n_terms, 0, -1) / np.arange(n_terms, 0, -1).sum()
    rows = [
        (topic, STRANGE if index == 1 else f"{'term' * (1 + index % 4)} {topic} {index}", weight)
        for topic in range(n_topics)
        for index, weight in enumerate(weights)
    ]
    return tables.check(tables.TopicTerms, pd.DataFrame(rows, columns=["topic", "term", "weight"]))


def document_topics(docs, n_topics):
    raw = np.array([[1 + (i * 13 + t * 29) % 41 for t in range(n_topics)] for i in range(len(docs))], dtype=float)
    raw **= 3
    shares = raw / raw.sum(axis=1, keepdims=True)
    rows = [(name, t, shares[i, t]) for i, name in enumerate(docs["document_id"]) for t in range(n_topics)]
    return tables.check(tables.DocumentTopics, pd.DataFrame(rows, columns=["document_id", "topic", "share"]))


def quantity(document_id, start, value, bound="exact", **others):
    ends = {"at least": (value, np.inf), "more than": (value, np.inf), "at most": (0, value), "less than": (0, value)}
    low, high = ends.get(bound, (value, value))
    row = dict.fromkeys(tables.columns(tables.Quantities), "")
    row |= {"document_id": document_id, "start": start, "end": start + 5, "surface": f"{value:,.10g}"}
    row |= {"low": low, "high": high, "bound": bound, "approximate": False, "kind": "count"}
    row |= {"hedge": "" if bound in ("exact", "between", "vague") else bound, "counted": "people", "event": "killed"}
    return row | {"speaker_start": pd.NA, "speaker_end": pd.NA} | others


def quantities(*rows):
    return tables.check(tables.Quantities, pd.DataFrame(list(rows)))


def claims_of(*blocks):
    """Each block is (independent, rows of quantities); return the four tables of `figures.claims`."""
    stated = [(f"c{n:02d}", n_independent, row) for n, (n_independent, rows) in enumerate(blocks) for row in rows]
    links = pd.DataFrame([(c, row["document_id"], row["start"], row["document_id"]) for c, _, row in stated])
    links.columns = tables.columns(tables.ClaimQuantities)
    rows = [
        (f"c{n:02d}", rows[0]["counted"], rows[0]["event"], rows[0]["unit"], 1.0, 2.0, len(rows), independent, 1)
        for n, (independent, rows) in enumerate(blocks)
    ]
    claims = pd.DataFrame(rows, columns=tables.columns(tables.Claims)[:9])
    claims = claims.assign(agreement="conflict", against="", first_published=pd.NaT)
    claims["first_published"] = pd.to_datetime(claims["first_published"], utc=True)
    ids = sorted({row["document_id"] for _, _, row in stated})
    return (
        tables.check(tables.Claims, claims),
        tables.check(tables.ClaimQuantities, links),
        quantities(*[row for _, _, row in stated]),
        documents(ids),
    )


def block(number, size, value):
    bounds = itertools.cycle(["exact", "at least", "more than", "at most", "exact"])
    speakers = itertools.cycle(["Gaza's health ministry", "", "the United Nations Relief and Works Agency", STRANGE])
    return [
        quantity(
            f"report-{i:04d}-2c5b045103e52233", number * 100, value * (1 + i % 3 / 10), bound, speaker_name=speaker
        )
        for i, bound, speaker in zip(range(size), bounds, speakers, strict=False)
    ]


def spread_quantities(n):
    kinds = itertools.cycle(
        ["official", "armed party", "NGO or UN", "media", "witness", "document", "unnamed", "", "x"]
    )
    return quantities(
        *[
            quantity("000", i * 10, 5, speaker_name=f"{STRANGE} {i % 40} of the ministry of health", speaker_kind=kind)
            for i, kind in zip(range(n), kinds, strict=False)
        ],
        *[quantity("001", i * 10, 5) for i in range(n // 3)],
    )


def forecast(n_pairs, thresholds=(0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), minutes=1.5, fits=True):
    n_pairs = np.array(n_pairs)
    table = {"threshold": thresholds, "n_pairs": n_pairs, "gigabytes": 2e-7 * n_pairs, "minutes": minutes, "fits": fits}
    return tables.check(tables.Forecasts, pd.DataFrame(table))


FALLING = forecast([912_345_678, 123_456_789, 23_456_789, 4_567_890, 912_345, 812_345, 712_000, 40])
DENSE = forecast([int(10 ** (7 - i / 6)) for i in range(36)], [round(0.3 + 0.02 * i, 2) for i in range(36)])
VALUES = (35000, 1200, 250, 143, 17, 2.3e9, 0.25, 62, 900000, 15, 7, 80000)
FEW, LOTS = seeds("_2c5b045103e52233"), many(200)
SEED_PAIRS = pairs(SEED_SCORES)
TWELVE = claims_of(*[(n + 1, block(n, 4 if n else 40, value)) for n, value in enumerate(VALUES)])
CASES = {
    "timeline of 5": lambda width: figures.timeline(FEW, width=width),
    "timeline of 40": lambda width: figures.timeline(many(40), width=width),
    "timeline of 200": lambda width: figures.timeline(LOTS, width=width),
    "similarity of 5": lambda width: figures.similarity(SEED_PAIRS, seeds(), width=width),
    "similarity of 12": lambda width: figures.similarity(neighbours(many(12)), many(12), width=width),
    "similarity of 200": lambda width: figures.similarity(neighbours(LOTS), LOTS, width=width),
    "network of 5": lambda width: figures.network(
        SEED_PAIRS, clusters(seeds(), [["000", "002", "004"]]), seeds(), width=width
    ),
    "network of 200": lambda width: figures.network(neighbours(LOTS), tens(LOTS), LOTS, width=width),
    "1 topic": lambda width: figures.topic_terms(topic_terms(1), width=width),
    "20 topics": lambda width: figures.topic_terms(topic_terms(20), width=width),
    "100 topics": lambda width: figures.topic_terms(topic_terms(100), width=width),
    "shares of 1 topic": lambda width: figures.topic_shares(
        document_topics(seeds(), 1), seeds(), topic_terms(1), width=width
    ),
    "shares of 4 topics": lambda width: figures.topic_shares(document_topics(FEW, 4), FEW, topic_terms(4), width=width),
    "shares of 60 topics": lambda width: figures.topic_shares(
        document_topics(LOTS, 60), LOTS, topic_terms(60), width=width
    ),
    "speakers": lambda width: figures.quantities_by_speaker(spread_quantities(90), width=width),
    "one claim": lambda width: figures.claims(*claims_of((2, block(0, 3, 17))), width=width),
    "twelve claims": lambda width: figures.claims(*TWELVE, width=width),
    "thresholds of a few pairs": lambda width: figures.threshold_curve(
        forecast([9, 2, 0, 0, 0], [0.1, 0.3, 0.5, 0.55, 1.0]), width=width
    ),
    "thresholds of many pairs": lambda width: figures.threshold_curve(FALLING, width=width),
    "thresholds side by side": lambda width: figures.threshold_curve(DENSE, width=width),
    "one threshold": lambda width: figures.threshold_curve(forecast([1234], [0.8]), width=width),
    "no pair at any threshold": lambda width: figures.threshold_curve(forecast([0] * 8), width=width),
    "in words": lambda width: figures.timeline(tables.empty(tables.Documents), width=width),
}


@functools.cache
def drawn(case, width):
    """The figure of a case, drawn once for all questions that are asked of it."""
    return CASES[case](width)


def saved(figure, kind):
    file = io.BytesIO()
    dates = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
    with matplotlib.rc_context({"svg.hashsalt": "test"}):
        figure.savefig(file, format=kind, metadata=dates.get(kind))
    return file.getvalue()


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def written(figure):
    return [text.get_text() for text in texts(figure)]


def note(figure):
    return figure._supxlabel.get_text().replace("\n", " ") if figure._supxlabel else ""


def rows_of(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


@pytest.mark.parametrize("width", ALL_WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_prints_at_exactly_the_journals_width_and_nothing_is_cut_off_or_too_small(case, width):
    figure, page = drawn(case, width), _canvas.page(width)
    inches = figure.get_size_inches()
    assert inches[0] * MM == pytest.approx(figures.WIDTHS[width], abs=1e-9)
    assert inches[1] * MM <= page.max_height_mm + 1e-9
    assert min(text.get_fontsize() for text in texts(figure)) >= page.font_pt
    around = figure.get_tightbbox()
    assert min(around.x0, around.y0) >= -0.01
    assert around.x1 <= inches[0] + 0.01
    assert around.y1 <= inches[1] + 0.01


@pytest.mark.parametrize("width", ALL_WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_no_labels_of_an_axis_cover_each_other(case, width):
    figure = drawn(case, width)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            boxes = [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()]
            for one, other in itertools.pairwise(boxes):
                assert not one.padded(-0.8).overlaps(other.padded(-0.8)), (one, other)


@pytest.mark.parametrize("case", [case for case in CASES if case not in ("20 topics", "100 topics", "twelve claims")])
def test_same_bytes_twice_whatever_the_callers_style(case):
    first = drawn(case, "nature-1col")
    with matplotlib.rc_context(
        {"font.size": 20, "font.family": "serif", "axes.facecolor": "red", "lines.linewidth": 9}
    ):
        again = CASES[case]("nature-1col")
    for kind in ("svg", "pdf", "png") if case in ("timeline of 5", "similarity of 5", "one claim") else ("svg",):
        assert saved(first, kind) == saved(again, kind)


def shuffled(frame, seed):
    return frame.sample(frac=1, random_state=seed).set_index(np.arange(len(frame))[::-1] * 3)


@pytest.mark.parametrize(
    ("draw", "given"),
    [
        (figures.timeline, [many(40)]),
        (figures.timeline, [LOTS]),
        (figures.similarity, [neighbours(LOTS), LOTS]),
        (figures.network, [neighbours(LOTS), tens(LOTS), LOTS]),
        (figures.topic_terms, [topic_terms(6)]),
        (figures.topic_shares, [document_topics(LOTS, 60), LOTS, topic_terms(60)]),
        (figures.quantities_by_speaker, [spread_quantities(90)]),
        (figures.claims, TWELVE),
        (figures.threshold_curve, [FALLING]),
    ],
)
def test_order_of_rows_changes_no_byte(draw, given):
    straight = saved(draw(*given, width="nature-1col"), "svg")
    again = draw(*[shuffled(frame, seed) for seed, frame in enumerate(given)], width="nature-1col")
    assert saved(again, "svg") == straight


def test_tables_are_not_changed_and_rcparams_stay():
    given = [SEED_PAIRS.copy(), seeds()]
    before = dict(matplotlib.rcParams)
    figures.similarity(*given, width="nature-1col")
    pd.testing.assert_frame_equal(given[0], SEED_PAIRS)
    pd.testing.assert_frame_equal(given[1], seeds())
    assert dict(matplotlib.rcParams) == before


def test_no_pyplot_is_loaded():
    code = "import sys; from analysis import figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("case", CASES)
def test_no_text_is_read_as_mathematics(case):
    assert not any(text.get_parse_math() for text in texts(drawn(case, "nature-1col")))


# Pages and labels


def test_widths_are_the_printed_ones():
    assert figures.WIDTHS["nature-1col"] == 89
    assert figures.WIDTHS["plos-full"] == 190.5
    assert all(_canvas.page(name).font_pt >= 5 for name in figures.WIDTHS)


def test_what_a_journal_does_not_state_is_a_letter_page_and_seven_points():
    page = _canvas.page("ieee-1col")
    assert (page.max_height_mm, page.font_pt) == (pytest.approx(228.6), 7)


@pytest.mark.parametrize("width", ["nature1col", "Nature-1col", 89, None])
def test_an_unknown_width_is_refused_with_the_nearest_and_the_known(width):
    with pytest.raises(ValueError, match=r"width expects .* found .* nearest is '.*Known are acm-1col.*nature-1col"):
        figures.timeline(seeds(), width=width)


def test_the_nearest_width_is_named():
    with pytest.raises(ValueError, match="The nearest is 'nature-1col'"):
        figures.timeline(seeds(), width="nature1col")


@pytest.mark.parametrize("number", [0, -1, 2.5, True, "3", None])
def test_an_option_that_counts_nothing_is_refused(number):
    with pytest.raises(ValueError, match=r"n_terms expects a whole number of at least 1; found"):
        figures.topic_terms(topic_terms(1), width="nature-1col", n_terms=number)


def test_short_keeps_names_that_fit_and_keeps_others_apart():
    assert _canvas.short(["000", "a  b"], 30, 5) == ["000", "a b"]
    ends = _canvas.short(["000_2c5b045103e52233", "001_2c5b045103e52233", "x"], 12, 5)
    assert ends == ["000_2…2233", "001_2…2233", "x"]
    middles = _canvas.short([f"{'a' * 30}{n}{'b' * 30}" for n in range(9)], 12, 5)
    assert len(set(middles)) == 9
    assert _canvas.short(["b" * 40, "a" * 40, "b" * 40], 10, 5)[0] == _canvas.short(["b" * 40], 10, 5)[0]


def test_wrap_and_fit_stay_within_the_width():
    lines = _canvas.wrap("people killed in an incomprehensibilities-and-more of the north", 14, 5)
    assert all(_canvas.text_mm(line, 5) <= 14 for line in lines)
    assert any("…" in line for line in lines)
    assert _canvas.fit("a\n b", 20, 5) == "a b"
    assert _canvas.fit("abc", 0.1, 5) == "…"


# Timeline


def test_a_few_reports_are_points_with_their_ids_and_the_undated_stand_apart():
    figure = figures.timeline(seeds(), width="nature-1col")
    dated, apart = figure.axes
    points = [line for line in dated.get_lines() if line.get_marker() == "o"]
    assert sum(len(line.get_xdata()) for line in points) == 3
    assert sorted(text.get_text() for text in dated.texts) == ["001", "002", "003"]
    assert sorted(text.get_text() for text in apart.texts) == ["000", "004"]
    assert apart.get_title(loc="left") == "no date"
    assert rows_of(dated) == ["CNN (2)", f"{STRANGE} (1)", "Reuters (1)", "outlet not stated (1)"]
    assert note(figure) == "5 reports, 2 without a date."


def test_points_of_one_moment_do_not_cover_each_other():
    same = documents([f"{n:03d}" for n in range(4)], ["2024-05-24"] * 4)
    axes = figures.timeline(same, width="nature-1col").axes[0]
    (line,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert len(set(zip(*line.get_data(), strict=True))) == 4
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2024-05-24"]


def test_crowds_of_few_reports_become_bars():
    same = documents([f"{n:03d}" for n in range(20)], ["2024-05-24"] * 20)
    figure = figures.timeline(same, width="nature-1col")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [20]
    assert note(figure) == "20 reports, all with a date."


@pytest.mark.parametrize(("days", "unit"), [(30, "day"), (300, "week"), (1500, "month"), (6000, "year")])
def test_many_reports_are_bars_whose_heights_sum_to_the_reports(days, unit):
    docs = many(500, days=days)
    figure = figures.timeline(docs, width="nature-2col")
    heights = sum(bar.get_height() for axes in figure.axes[::2] for bar in axes.patches)
    undated = sum(bar.get_width() for axes in figure.axes[1::2] for bar in axes.patches)
    assert (heights, undated) == (450, 50)
    assert figure.axes[-2].get_xlabel().endswith(f"reports per {unit}")
    assert max(len(axes.patches) for axes in figure.axes[::2]) <= _time.BINS_AT_MOST + 1


def test_bars_stand_on_whole_weeks_and_count_by_hand():
    monday = pd.Timestamp("2024-01-01")
    days = [monday + pd.Timedelta(days=d) for d in [0, 6, 7, 200] for _ in range(20)]
    axes = figures.timeline(documents([f"{n:03d}" for n in range(80)], days), width="nature-1col").axes[0]
    assert [bar.get_height() for bar in axes.patches[:3]] == [40, 20, 0]
    assert axes.patches[0].get_width() == 7


def test_outlets_that_do_not_fit_are_summed_in_one_row():
    docs = documents([f"{n:04d}" for n in range(200)], ["2024-05-24"] * 200, [f"outlet {n % 90}" for n in range(200)])
    figure = figures.timeline(docs, width="nature-1col")
    labels = [axes.get_ylabel() for axes in figure.axes]
    counts = [int(label.rsplit("(", 1)[1].rstrip(")").replace(",", "")) for label in labels]
    assert sum(counts) == 200
    assert labels[-1].split(" other")[0] == str(90 - len(labels) + 1)


@pytest.mark.parametrize("n", [3, 100])
def test_reports_without_any_date_are_all_shown_apart(n):
    figure = figures.timeline(documents([f"{i:03d}" for i in range(n)]), width="nature-1col")
    assert note(figure) == f"{n} reports, {n} without a date."
    assert not any(label.get_text() for label in figure.axes[0].get_xticklabels())


def test_two_moments_of_a_day_are_told_apart_by_the_hour():
    docs = documents(["a", "b"], ["2024-05-24 03:00", "2024-05-24 21:00"])
    axes = figures.timeline(docs, width="nature-2col").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()][:3] == ["05-24 06:00", "05-24 12:00", "05-24 18:00"]


# Similarity


def test_scores_are_written_in_the_cells_and_absent_pairs_are_white():
    figure = figures.similarity(SEED_PAIRS, seeds(), width="nature-1col")
    tree, cells = figure.axes[:2]
    assert sorted(text.get_text() for text in cells.texts) == sorted([f"{s:.2f}" for s in SEED_SCORES.values()] * 2)
    shown = cells.collections[0].get_array()
    assert shown.mask.sum() == 25 - 2 * len(SEED_SCORES)
    assert note(figure) == "White: no pair in the table, whose lowest score is 0.15."
    heights = sorted({round(path.vertices[1, 0], 6) for path in tree.collections[0].get_paths()})
    # By hand: 000-002 at 0.69; 004 joins at 1 - (0.25 + 0.30) / 2; 001 at 1 - (0.15 + 0 + 0) / 3; 003 at 1.
    assert heights == pytest.approx([0.69, 0.725, 0.95, 1.0])


def test_rows_and_cells_agree():
    cells = figures.similarity(SEED_PAIRS, seeds(), width="nature-1col").axes[1]
    names, shown = rows_of(cells), cells.collections[0].get_array()
    for (a, b), score in SEED_SCORES.items():
        assert shown[names.index(a), names.index(b)] == shown[names.index(b), names.index(a)] == score
    assert [label.get_text() for label in cells.get_xticklabels()] == names


def test_of_too_many_reports_the_most_alike_are_drawn_and_counted():
    figure = figures.similarity(SEED_PAIRS, seeds(), width="nature-1col", at_most=2)
    assert sorted(rows_of(figure.axes[1])) == ["000", "002"]
    assert note(figure).startswith("2 of 5 reports. ")
    lots = figures.similarity(neighbours(LOTS), LOTS, width="nature-1col")
    assert len(rows_of(lots.axes[1])) == 40
    assert note(lots).startswith("40 of 200 reports. ")
    assert not lots.axes[1].texts


def test_the_page_is_never_overfilled():
    figure = figures.similarity(neighbours(LOTS), LOTS, width="nature-1col", at_most=300)
    assert 40 < len(rows_of(figure.axes[1])) < 80


def test_most_alike_reports_that_are_not_alike_to_each_other_have_no_score():
    chosen = pairs({("000", "003"): 0.9, ("001", "002"): 0.8, ("001", "004"): 0.95})
    figure = figures.similarity(chosen, seeds(), width="nature-1col", at_most=3)
    assert sorted(rows_of(figure.axes[1])) == ["000", "001", "004"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["0.95"] * 2


def test_two_reports_without_a_score_between_them_can_be_drawn():
    chosen = pairs({("000", "003"): 0.9, ("001", "002"): 0.9})
    figure = figures.similarity(chosen, seeds(), width="nature-1col", at_most=2)
    assert not figure.axes[1].texts


def test_narrow_cells_lose_the_leading_zero_and_narrower_ones_the_score():
    ids = [f"{n:03d}" for n in range(12)]
    docs = documents(ids)
    narrow = figures.similarity(neighbours(docs), docs, width="science-1col").axes[1]
    assert narrow.texts
    assert all(text.get_text()[0] == "." for text in narrow.texts)
    assert not figures.similarity(neighbours(docs), docs, width="plos-minimum").axes[1].texts


# Network


def drawn_arcs(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]


def test_representatives_come_first_and_are_marked():
    docs = documents(["a", "b", "c", "d", "e"], ["2024-01-03", "2024-01-02", "2024-01-01", None, None])
    given = pairs({("a", "b"): 0.9, ("b", "c"): 0.8, ("a", "d"): 0.7})
    figure = figures.network(given, clusters(docs, [["c", "a", "b"]]), docs, width="nature-2col")
    axes = figure.axes[0]
    assert [label.split(" · ")[0] for label in rows_of(axes)] == ["c", "b", "a", "d"]
    assert rows_of(axes)[0] == "c · CNN · 2024-01-01"
    assert rows_of(axes)[3] == "d · CNN · no date"
    square, circle = axes.get_lines()
    assert (square.get_marker(), list(square.get_ydata())) == ("s", [0, 3.5])
    assert (circle.get_marker(), circle.get_markerfacecolor(), len(circle.get_ydata())) == ("o", "white", 2)
    assert note(figure) == "Not drawn: 1 report without a pair."


def test_arcs_join_their_reports_wider_for_higher_scores_and_dashed_between_clusters():
    given = pairs({("000", "002"): 0.9, ("002", "004"): 0.5, ("001", "004"): 0.7})
    figure = figures.network(given, clusters(seeds(), [["000", "002", "004"]]), seeds(), width="nature-1col")
    at = {
        label.split(" · ")[0]: tick
        for label, tick in zip(rows_of(figure.axes[0]), figure.axes[0].get_yticks(), strict=True)
    }
    arcs = drawn_arcs(figure)  # in the order of the table: 000-002, 001-004, 002-004
    assert [tuple(arc.get_path().vertices[[0, -1], 1]) for arc in arcs] == [
        (at["000"], at["002"]),
        (at["001"], at["004"]),
        (at["002"], at["004"]),
    ]
    widths = [arc.get_linewidth() for arc in arcs]
    assert widths[0] > widths[1] > widths[2]
    assert [arc.get_linestyle() == "-" or arc.get_linestyle() == "solid" for arc in arcs] == [True, False, True]
    assert sorted(text.get_text() for text in figure.axes[0].texts) == ["0.50", "0.70", "0.90"]


def test_of_too_many_reports_the_largest_clusters_are_drawn_and_counted():
    figure = figures.network(neighbours(LOTS), tens(LOTS), LOTS, width="nature-1col", at_most=20)
    assert len(rows_of(figure.axes[0])) == 20
    assert note(figure).startswith("20 of 200 reports that have a pair, the largest clusters first. ")
    among = len(drawn_arcs(figure))
    assert f"{among} of {len(neighbours(LOTS))} pairs" in note(figure)
    full = figures.network(neighbours(LOTS), tens(LOTS), LOTS, width="nature-1col", at_most=500)
    assert 30 < len(rows_of(full.axes[0])) < 80


def test_one_report_may_be_drawn_without_the_other():
    figure = figures.network(
        SEED_PAIRS, clusters(seeds(), [["000", "002", "004"]]), seeds(), width="nature-1col", at_most=1
    )
    assert drawn_arcs(figure) == []
    assert "0 of 4 pairs" in note(figure)


# Topics


def test_bars_are_the_heaviest_terms_of_each_topic():
    terms = pd.DataFrame(
        {"topic": [0] * 3 + [1] * 2, "term": ["b", "a", "c", "d", STRANGE], "weight": [0.25, 0.25, 0.5, 0.9, 0.1]}
    )
    figure = figures.topic_terms(terms, width="nature-1col", n_terms=2)
    assert [rows_of(axes) for axes in figure.axes] == [["c", "a"], ["d", STRANGE]]
    assert [[bar.get_width() for bar in axes.patches] for axes in figure.axes] == [[0.5, 0.25], [0.9, 0.1]]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["topic 0", "topic 1"]
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()


def test_topics_that_do_not_fit_are_counted():
    figure = figures.topic_terms(topic_terms(100), width="nature-1col")
    shown = sum(axes.get_visible() for axes in figure.axes)
    assert note(figure) == f"{shown} of 100 topics."
    assert note(figures.topic_terms(topic_terms(3), width="nature-1col")) == ""


def test_shares_are_the_cells_and_topics_are_named_by_three_terms():
    docs = documents(["a", "b", "c"])
    stated = pd.DataFrame({"document_id": list("aabb"), "topic": [0, 1] * 2, "share": [0.2, 0.8, 0.9, 0.1]})
    terms = pd.DataFrame({"topic": [0] * 4 + [1], "term": list("wxyzq"), "weight": [0.1, 0.2, 0.3, 0.4, 1.0]})
    figure = figures.topic_shares(stated, docs, terms, width="nature-1col")
    axes = figure.axes[0]
    assert rows_of(axes) == ["b", "a"]
    assert axes.collections[0].get_array().tolist() == [[0.9, 0.1], [0.2, 0.8]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0: z, y, x", "1: q"]
    assert [text.get_text() for text in axes.texts] == ["0.90", "0.10", "0.20", "0.80"]
    assert note(figure) == "1 report without a share of any topic."


def test_topics_that_do_not_fit_are_summed_so_that_a_row_is_still_one():
    figure = figures.topic_shares(document_topics(LOTS, 60), LOTS, topic_terms(60), width="nature-1col")
    axes = figure.axes[0]
    cells = axes.collections[0].get_array()
    assert cells.sum(axis=1).tolist() == pytest.approx([1] * 40)
    assert axes.get_xticklabels()[-1].get_text() == f"{60 - cells.shape[1] + 1} other topics"
    assert note(figure) == "40 of 200 reports: those with the highest share of each topic, in turn."


def test_each_topic_has_its_examples():
    docs = documents([f"{n:03d}" for n in range(30)])
    share = [0.99 - n / 1000 if n < 28 else 0.4 - n / 1000 for n in range(30)]  # 28 reports of topic 0, two of topic 1
    rows = [
        (name, t, s) for name, one in zip(docs["document_id"], share, strict=True) for t, s in ((0, one), (1, 1 - one))
    ]
    stated = pd.DataFrame(rows, columns=["document_id", "topic", "share"])
    figure = figures.topic_shares(stated, docs, topic_terms(2), width="nature-1col", at_most=4)
    assert rows_of(figure.axes[0]) == ["000", "001", "029", "028"]


# Speakers


def test_speakers_are_counted_and_nobody_comes_first():
    table = quantities(
        quantity("a", 0, 1, speaker_name="Ministry", speaker_kind="official"),
        quantity("a", 9, 1, speaker_name="Ministry", speaker_kind="official"),
        quantity("b", 0, 1, speaker="a medic", speaker_start=3, speaker_end=10, speaker_kind="witness"),
        quantity("b", 20, 1),
    )
    axes = figures.quantities_by_speaker(table, width="nature-1col").axes[0]
    assert rows_of(axes) == ["no speaker stated", "Ministry", "a medic"]
    assert [bar.get_width() for bar in axes.patches] == [1, 2, 1]
    assert [text.get_text() for text in axes.texts] == ["1 (25%)", "2 (50%), official", "1 (25%), witness"]
    assert axes.get_xlabel() == "number of quantities (of 4)"


def test_that_nobody_is_missing_is_a_finding_too():
    axes = figures.quantities_by_speaker(quantities(quantity("a", 0, 1, speaker_name="X")), width="nature-1col").axes[0]
    assert [text.get_text() for text in axes.texts] == ["0 (0%)", "1 (100%), kind not stated"]


def test_quantities_nobody_stands_behind_make_a_figure_of_one_bar():
    axes = figures.quantities_by_speaker(quantities(quantity("a", 0, 1)), width="nature-1col").axes[0]
    assert rows_of(axes) == ["no speaker stated"]


def test_speakers_beyond_at_most_are_summed():
    rows = [quantity("a", 10 * i, 1, speaker_name=f"S{i % 5}", speaker_kind="official") for i in range(20)]
    axes = figures.quantities_by_speaker(quantities(*rows), width="nature-1col", at_most=3).axes[0]
    assert rows_of(axes) == ["no speaker stated", "S0", "S1", "S2", "2 other speakers"]
    assert [bar.get_width() for bar in axes.patches] == [0, 4, 4, 4, 8]


def test_kinds_differ_by_hatch_and_words_not_by_colour_alone():
    rows = [
        quantity("a", 10 * i, 1, speaker_name=kind, speaker_kind=kind) for i, kind in enumerate(["official", "media"])
    ]
    axes = figures.quantities_by_speaker(quantities(*rows), width="nature-1col").axes[0]
    assert len({bar.get_hatch() for bar in axes.patches[1:]}) == 2
    assert len({to_hex(bar.get_facecolor()) for bar in axes.patches[1:]}) == 2


# Claims


def marks(axes):
    """Return (row, place, marker, face) of every mark of the readings."""
    return [
        (line.get_ydata()[0], line.get_xdata()[0], line.get_marker(), line.get_markerfacecolor())
        for line in axes.get_lines()
        if line.get_marker() not in ("None", None)
    ]


def headings(figure):
    return [text.get_text().replace("\n", " ") for text in figure.texts if text.get_weight() == "bold"]


def test_each_reading_has_its_row_its_mark_and_its_words():
    rows = [
        quantity("000", 0, 10, speaker_name="Ministry"),
        quantity("001", 0, 12, "more than"),
        quantity("002", 0, 14, "at most", speaker="a medic", speaker_start=3, speaker_end=9),
        quantity("003", 0, 16, approximate=True, hedge="around"),
        quantity("004", 0, 8, "between", high=18),
        quantity("005", 0, 20, "vague", low=np.nan, high=np.nan, surface="dozens"),
    ]
    figure = figures.claims(*claims_of((2, rows)), width="nature-1col")
    (axes,) = figure.axes
    assert rows_of(axes) == [
        "000 · Ministry",
        "001 · no speaker",
        "002 · a medic",
        "003 · no speaker",
        "004 · no speaker",
        "005 · no speaker",
    ]
    assert [text.get_text() for text in axes.texts] == ["10", "more than 12", "at most 14", "around 16", "8", "dozens"]
    by_row = {row: [mark for mark in marks(axes) if mark[0] == row] for row in range(6)}
    assert by_row[0] == [(0, 10, "o", "#0072B2")]
    assert by_row[1][0][1:3] == (12, "|")
    assert by_row[1][1][2] == ">"
    assert [marker for _, _, marker, _ in by_row[2]] == ["<", "|"]
    assert by_row[3] == [(3, 16, "o", "white")]
    assert [(place, marker) for _, place, marker, _ in by_row[4]] == [(8, "|"), (18, "|")]
    assert by_row[5] == []
    assert headings(figure) == ["people killed: conflict, 2 independent of 6 reports"]


def test_arrows_end_inside_the_axis_and_bounds_lie_in_it():
    rows = [quantity("000", 0, 17, "at least"), quantity("001", 0, 35000, "less than")]
    (axes,) = figures.claims(*claims_of((2, rows)), width="nature-1col").axes
    low, high = axes.get_xlim()
    assert axes.get_xscale() == "log"
    assert all(low <= place <= high for _, place, _, _ in marks(axes))


def test_seventeen_and_thirty_five_thousand_stand_in_one_picture():
    figure = figures.claims(
        *claims_of((3, [quantity("000", 0, 17), quantity("001", 0, 18)]), (2, [quantity("000", 50, 35000)])),
        width="nature-1col",
    )
    first, second = figure.axes
    assert first.get_xscale() == second.get_xscale() == "linear"
    assert first.get_xlim()[1] < 20
    assert [label.get_text() for label in second.get_xticklabels()] == ["35,000"]


def test_claims_with_most_independent_reports_come_first_and_others_are_counted():
    blocks = [(n, [quantity(f"{i:03d}", n * 10, 5, event=f"event {n}") for i in range(2)]) for n in (1, 3, 2)]
    figure = figures.claims(*claims_of(*blocks), width="nature-1col", at_most=2)
    assert [heading.split(":")[0] for heading in headings(figure)] == ["people event 3", "people event 2"]
    assert note(figure) == "2 of 3 claims, those with most independent reports first."


def test_equal_readings_of_a_report_are_drawn_once_and_counted():
    rows = [quantity("000", start, 5, speaker_name="X") for start in (0, 50)] + [
        quantity("000", 99, 6, speaker_name="X")
    ]
    (axes,) = figures.claims(*claims_of((1, rows)), width="nature-1col").axes
    assert rows_of(axes) == ["000 · X ×2", "000 · X"]


def test_readings_stand_in_order_of_publication():
    claims, links, stated, _ = claims_of((2, [quantity(name, 0, 5) for name in "abc"]))
    docs = documents(["a", "b", "c"], [None, "2024-02-01", "2024-01-01"])
    (axes,) = figures.claims(claims, links, stated, docs, width="nature-1col").axes
    assert [label[0] for label in rows_of(axes)] == ["c", "b", "a"]


def test_readings_that_do_not_fit_are_counted_in_a_row_that_spans_them():
    rows = [quantity(f"{i:03d}", 0, 100 + i) for i in range(200)]
    (axes,) = figures.claims(*claims_of((2, rows)), width="nature-1col").axes
    kept = len(rows_of(axes)) - 1
    assert rows_of(axes)[-1] == f"{200 - kept} more readings"
    (span,) = [line for line in axes.get_lines() if line.get_ydata()[0] == kept]
    assert list(span.get_xdata()) == [100 + kept, 299]


def test_claims_without_a_number_or_words_are_still_shown():
    row = quantity("000", 0, 1, "vague", low=np.nan, high=np.nan, surface="dozens", counted="", event="", unit="")
    figure = figures.claims(*claims_of((1, [row])), width="nature-1col")
    assert headings(figure) == ["what is counted is not stated: conflict, 1 independent of 1 report"]
    assert len(figure.axes[0].get_xticks()) == 0


def test_units_are_stated():
    row = quantity("000", 0, 2.5e9, counted="aid", event="pledged", unit="US$")
    figure = figures.claims(*claims_of((1, [row])), width="nature-1col")
    assert headings(figure)[0].startswith("aid pledged [US$]: ")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["2.5 billion"]


def test_wide_pages_have_two_columns():
    wide = figures.claims(*TWELVE, width="nature-2col")
    assert len({round(axes.get_position().x0, 6) for axes in wide.axes}) == 2
    assert len(headings(wide)) == 12


# Thresholds


def points(axes):
    """Return (threshold, pairs, face) of each marker; faces are 0 to 1 for red, green, blue and opacity."""
    _, marks = axes.collections  # the first is the steps
    return [(x, y, to_hex(face)) for (x, y), face in zip(marks.get_offsets(), marks.get_facecolors(), strict=True)]


def numbers(axes):
    """Return the numbers beside the markers with the place of the marker that each belongs to."""
    return {tuple(text.xy): text.get_text() for text in axes.texts}


def test_each_threshold_has_its_marker_and_none_expected_is_hollow():
    figure = figures.threshold_curve(forecast([9, 2, 0], [0.1, 0.3, 1.0]), width="nature-1col")
    (axes,) = figure.axes
    assert points(axes) == [(0.1, 9, "#0072b2"), (0.3, 2, "#0072b2"), (1.0, 0, "#ffffff")]
    assert numbers(axes) == {(0.1, 9): "9", (0.3, 2): "2", (1.0, 0): "0"}
    assert note(figure) == "Between markers the forecast lies within the grey step. Hollow: no pair expected."
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("threshold (cosine)", "pairs, forecast")


def test_powers_of_ten_are_evenly_apart_and_nothing_is_below_one_pair():
    (axes,) = figures.threshold_curve(forecast([2000, 0], [0.5, 1.0]), width="nature-1col").axes
    assert rows_of(axes) == ["0", "1", "10", "100", "1,000"]
    heights = axes.transData.transform([(0.5, n) for n in (0, 1, 10, 100, 1000)])[:, 1]
    zero, *steps = np.diff(heights)
    assert steps == pytest.approx([steps[0]] * 3)
    assert 0 < zero < steps[0]
    assert axes.get_ylim()[0] == 0
    assert 2000 < axes.get_ylim()[1] < 10000


def test_the_step_spans_what_is_known_between_two_thresholds():
    (axes,) = figures.threshold_curve(forecast([100, 10, 1], [0.2, 0.5, 0.9]), width="nature-1col").axes
    corners = {tuple(corner) for corner in axes.collections[0].get_paths()[0].vertices.round(6).tolist()}
    assert {(0.2, 100), (0.5, 100), (0.2, 10), (0.5, 10), (0.9, 10), (0.5, 1), (0.9, 1)} <= corners


def test_numbers_have_three_digits_and_never_cover_each_other():
    (axes,) = figures.threshold_curve(FALLING, width="nature-2col").axes
    assert list(numbers(axes).values()) == [
        *["912 million", "123 million", "23.5 million", "4.57 million"],
        *["912,000", "812,000", "712,000", "40"],
    ]
    for width, case in itertools.product(ALL_WIDTHS, [name for name in CASES if "threshold" in name]):
        (axes,) = drawn(case, width).axes
        boxes = [text.get_window_extent().padded(-0.8) for text in axes.texts]
        assert boxes
        assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].overlaps(pair[1])], (case, width)


def test_numbers_that_have_no_room_are_left_out_but_no_marker_is():
    (axes,) = figures.threshold_curve(DENSE, width="nature-1col").axes
    assert len(points(axes)) == 36
    assert 5 < len(axes.texts) < 36


def test_what_holds_for_one_machine_is_not_drawn():
    other = FALLING.assign(minutes=99.0, fits=False, gigabytes=3.0)
    first, second = (saved(figures.threshold_curve(each, width="nature-1col"), "svg") for each in (FALLING, other))
    assert first == second


def test_no_threshold_is_ticked_beyond_those_asked_for():
    (axes,) = figures.threshold_curve(FALLING, width="nature-2col").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "0.3",
        "0.4",
        "0.5",
        "0.6",
        "0.7",
        "0.8",
        "0.9",
        "1",
    ]
    (axes,) = figures.threshold_curve(forecast([7], [0.8]), width="nature-1col").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.8"]
    assert note(axes.figure) == ""


def test_rows_of_two_forecasts_are_refused():
    words = r"no more pairs at a higher threshold; found 1,000 at 0\.4 and 2,000 at 0\.5\. Give rows of one forecast\."
    with pytest.raises(tables.TableError, match=words):
        figures.threshold_curve(forecast([3000, 1000, 2000], [0.3, 0.4, 0.5]), width="nature-1col")


# Refusals and empty tables


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.timeline(tables.empty(tables.Documents), width="cell-1col"), "There are no reports to show."),
        (
            lambda: figures.similarity(tables.empty(tables.Pairs), seeds(), width="cell-1col"),
            "There are no pairs among 5 reports.",
        ),
        (
            lambda: figures.similarity(SEED_PAIRS, seeds(), width="cell-1col", at_most=1),
            "A heat map of scores needs at least two reports; at_most is 1.",
        ),
        (
            lambda: figures.network(tables.empty(tables.Pairs), clusters(seeds(), []), seeds(), width="cell-1col"),
            "There are no pairs among 5 reports.",
        ),
        (
            lambda: figures.topic_terms(tables.empty(tables.TopicTerms), width="cell-1col"),
            "There are no topics to show.",
        ),
        (
            lambda: figures.topic_shares(
                tables.empty(tables.DocumentTopics), seeds(), topic_terms(2), width="cell-1col"
            ),
            "There are no shares of topics to show.",
        ),
        (
            lambda: figures.quantities_by_speaker(tables.empty(tables.Quantities), width="cell-1col"),
            "There are no quantities to show.",
        ),
        (
            lambda: figures.claims(
                tables.empty(tables.Claims),
                tables.empty(tables.ClaimQuantities),
                tables.empty(tables.Quantities),
                seeds(),
                width="cell-1col",
            ),
            "There are no claims to show.",
        ),
        (
            lambda: figures.threshold_curve(tables.empty(tables.Forecasts), width="cell-1col"),
            "There are no thresholds to show.",
        ),
    ],
)
def test_an_empty_table_is_a_figure_that_says_so(draw, words):
    assert " ".join(" ".join(written(draw())).split()) == words


def test_tables_of_different_runs_are_refused():
    with pytest.raises(tables.TableError, match="Pairs speaks of the document 000, 001, 002, 004, which the documents"):
        figures.similarity(SEED_PAIRS, documents(["x"]), width="cell-1col")
    with pytest.raises(tables.TableError, match="Clusters speaks of the document 001, 003, which"):
        figures.network(SEED_PAIRS, clusters(seeds(), []), seeds().iloc[[0, 2, 4]], width="cell-1col")
    with pytest.raises(tables.TableError, match="DocumentTopics speaks of the topic 2, 3, which the topics given"):
        figures.topic_shares(document_topics(seeds(), 4), seeds(), topic_terms(2), width="cell-1col")
    with pytest.raises(tables.TableError, match=r"speaks of the document .* and 195 more"):
        figures.topic_shares(document_topics(LOTS, 2), seeds(), topic_terms(2), width="cell-1col")


def test_claims_that_miss_their_quantities_are_refused():
    claims, links, stated, docs = TWELVE
    with pytest.raises(tables.TableError, match="Claims speaks of the claim c00, which"):
        figures.claims(claims, links[links["claim_id"] != "c00"], stated, docs, width="cell-1col")
    with pytest.raises(tables.TableError, match="ClaimQuantities speaks of the claim c03, which"):
        figures.claims(claims[claims["claim_id"] != "c03"], links, stated, docs, width="cell-1col")
    with pytest.raises(tables.TableError, match=r"ClaimQuantities speaks of the mention \('report-0000"):
        figures.claims(claims, links, stated.iloc[1:], docs, width="cell-1col")
    with pytest.raises(tables.TableError, match="ClaimQuantities speaks of the document report-0000"):
        figures.claims(claims, links, stated, docs.iloc[1:], width="cell-1col")


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(tables.TableError, match="TopicTerms needs the columns"):
        figures.topic_terms(SEED_PAIRS, width="cell-1col")
