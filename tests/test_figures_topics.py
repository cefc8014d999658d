"""Figures of topics and of what may be doubted in them, asked by their axes."""

import figure_laws
import numpy as np
import pandas as pd
import pytest
import test_figures as checks
from matplotlib.colors import to_hex
from test_figures import STRANGE, note, rows_of, saved, shuffled, written

from analysis import figures, tables
from analysis.figures import _canvas

RIGHT_TO_LEFT = "مرحبا بالعالم العربي"


def names(n, name=""):
    rows = [(t, name, "", "goal, team, cup", f"{t} · {name}" if name else f"{t}: goal, team, cup") for t in range(n)]
    return tables.check(tables.TopicNames, pd.DataFrame(rows, columns=tables.columns(tables.TopicNames)))


LONG = "The war with the Islamic State in Iraq and the Levant and everything that followed"


def prevalence(groups, n_topics=3, interval=0.04, stories=20):
    rows = []
    for g, group in enumerate(groups):
        raw = np.array([1 + (g * 7 + t * 13) % 11 for t in range(n_topics)], dtype=float)
        for t, share in enumerate(raw / raw.sum()):
            for counting, shift in (("written", 0), ("printed", 0.01)):
                low, high = max(share - interval, 0), min(share + interval, 1)
                rows.append((group, t, counting, min(share + shift, 1), low, high, stories + g, stories))
    found = pd.DataFrame(rows, columns=tables.columns(tables.TopicPrevalence))
    if not interval:
        found[["low", "high"]] = np.nan
    return tables.check(tables.TopicPrevalence, found)


def months(n, n_topics=3, start="2014-01", stories=20):
    return prevalence([f"{month}" for month in pd.period_range(start, periods=n, freq="M")], n_topics, stories=stories)


def trends(n_topics=3, days=300, near=20, n=100, interval=0.05):
    dates = pd.date_range("2014-03-01", periods=n, freq=pd.Timedelta(days=days / n), tz="UTC").floor("D").unique()
    rows = []
    for t in range(n_topics):
        for counting in ("written", "printed"):
            for place, date in enumerate(dates):
                share = 0.4 / n_topics * (1 + np.sin(place / 15 + t)) + (0.01 if counting == "printed" else 0)
                bounds = (max(share - interval, 0), share + interval) if interval else (np.nan, np.nan)
                rows.append((t, counting, date, share, *bounds, near if place > n // 5 else min(near, 2)))
    return tables.check(tables.TopicTrends, pd.DataFrame(rows, columns=tables.columns(tables.TopicTrends)))


def stability(numbers=(5, 10, 20), draws=3, perplexity=True):
    rows = [
        (
            k,
            0,
            d,
            0.9 - k / 100 + d / 50,
            1000 - k + d if perplexity else np.nan,
            0.3 + d / 100,
            0.5,
            0.9 - k / 1000,
            70,
        )
        for k in numbers
        for d in range(1, draws + 1)
    ]
    return tables.check(tables.TopicStability, pd.DataFrame(rows, columns=tables.columns(tables.TopicStability)))


def injection(doses=(1, 10), copies=(4, 16, 64), draws=2, lost=0.1):
    rows = []
    for d in range(1, draws + 1):
        rows.append((0, 0, 0.0, d, "floor", 0.7 + d / 20, 1, 0, 40.0, 0.05))
        for n in doses:
            for c in copies:
                rows.append((n, c, lost, d, "raw", max(0.7 - n * c / 400 - d / 50, 0), 5, 3, 4.0, 0.2))
                rows.append((n, c, lost, d, "by cluster", 0.9 - d / 50, 1, 0, 40.0, 0.04))
    return tables.check(tables.TopicInjection, pd.DataFrame(rows, columns=tables.columns(tables.TopicInjection)))


def audit(n=4, owned=(), none=(), title="Twelve die as fire tears through a block of flats"):
    rows = [
        (t, 1 / n, 1 / n, 1 + 99 / (t + 1), 0.4 if t in owned else 0.1, t in owned, f"d{t}", 3, title)
        if t not in none
        else (t, 0, 0, np.nan, np.nan, False, "", 0, "")
        for t in range(n)
    ]
    return tables.check(tables.TopicAudit, pd.DataFrame(rows, columns=tables.columns(tables.TopicAudit)))


def coherence(n=4, agreed=True):
    at = np.linspace(-0.2, 0.6, n)
    rows = [(t, at[t], at[t] + (0.3 if t == 0 else -0.01), t / n if agreed else np.nan) for t in range(n)]
    return tables.check(tables.TopicCoherence, pd.DataFrame(rows, columns=tables.columns(tables.TopicCoherence)))


OUTLETS = [
    f"outlet {RIGHT_TO_LEFT if i % 7 == 3 else STRANGE if i % 5 == 2 else LONG[: 5 + i % 40]} {i}" for i in range(90)
]
CASES = {
    "prevalence of 1 topic": lambda w: figures.topic_prevalence(prevalence([""], 1), width=w),
    "prevalence of 12": lambda w: figures.topic_prevalence(prevalence([""], 12), names(12, LONG), width=w),
    "prevalence of 200": lambda w: figures.topic_prevalence(prevalence([""], 200), names(200), width=w),
    "prevalence without intervals": lambda w: figures.topic_prevalence(prevalence(["A", "B"], 4, 0), width=w),
    "prevalence by 2": lambda w: figures.topic_prevalence(prevalence(["A", ""], 5), names(5, RIGHT_TO_LEFT), width=w),
    "prevalence by 90": lambda w: figures.topic_prevalence(prevalence(OUTLETS, 12), names(12, LONG), width=w),
    "trends of 1": lambda w: figures.topic_trends(trends(1), width=w),
    "trends of 12": lambda w: figures.topic_trends(trends(12, 1500), names(12, LONG), months(48, 12), width=w),
    "trends of 80": lambda w: figures.topic_trends(trends(80), names(80), width=w),
    "trends of two days": lambda w: figures.topic_trends(trends(2, 2, n=2, interval=0), width=w),
    "trends where few are near": lambda w: figures.topic_trends(trends(3, near=1), width=w),
    "map of 1 month": lambda w: figures.topic_map(months(1), width=w),
    "map of 60 months": lambda w: figures.topic_map(months(60, 12), names(12, LONG), width=w),
    "map of 200 topics": lambda w: figures.topic_map(months(5, 200, stories=2), names(200), width=w),
    "map of days": lambda w: figures.topic_map(prevalence(["2024-05-01", "2024-05-03", "2024-06-30", ""], 3), width=w),
    "numbers": lambda w: figures.topic_numbers({"NMF": stability(perplexity=False), "LDA": stability()}, width=w),
    "one number": lambda w: figures.topic_numbers(stability([1], 1), width=w),
    "thirty numbers": lambda w: figures.topic_numbers(stability(range(2, 92, 3)), width=w),
    "dose": lambda w: figures.dose_response({"NMF": injection(), "LDA": injection()}, width=w),
    "doses": lambda w: figures.dose_response(
        injection((1, 4, 40, 400, 4000), (1, 2, 4, 8, 16, 32, 64, 128, 256)), response="n_owned", width=w
    ),
    "one dose": lambda w: figures.dose_response(injection((1,), (4,), 1, 0.0), response="n_lost", width=w),
    "stories": lambda w: figures.topic_stories(audit(12, {2, 3}, {5}), names(12, LONG), width=w),
    "stories before": lambda w: figures.topic_stories(audit(12), names(12), before=audit(12, {0}), width=w),
    "stories of 150": lambda w: figures.topic_stories(audit(150, set(range(150))), before=audit(150), width=w),
    "trap": lambda w: figures.coherence_trap(coherence(), width=w),
    "trap of 60": lambda w: figures.coherence_trap(coherence(60, agreed=False), width=w),
    "named terms": lambda w: figures.topic_terms(checks.topic_terms(12), names(12, LONG), width=w),
    "named shares": lambda w: figures.topic_shares(
        checks.document_topics(checks.LOTS, 12), checks.LOTS, checks.topic_terms(12), names(12, LONG), width=w
    ),
    "in words": lambda w: figures.topic_map(prevalence([""]), width=w),
}  # fmt: skip
_our_cases, test_prints_whole_and_no_labels_collide, test_the_same_bytes_twice = figure_laws.of(CASES)


@pytest.mark.parametrize(
    ("draw", "given"),
    [
        (figures.topic_prevalence, [prevalence(OUTLETS[:9], 4), names(4)]),
        (figures.topic_trends, [trends(3), names(3), months(10)]),
        (figures.topic_map, [months(10), names(3)]),
        (figures.topic_numbers, [stability()]),
        (figures.dose_response, [injection()]),
        (figures.topic_stories, [audit(6, {2}), names(6)]),
        (figures.coherence_trap, [coherence(9)]),
    ],
)
def test_order_of_rows_changes_no_byte(draw, given):
    straight = saved(draw(*given, width="nature-1col"), "svg")
    again = draw(*[shuffled(frame, seed) for seed, frame in enumerate(given)], width="nature-1col")
    assert saved(again, "svg") == straight


# ---- prevalence


def marks(axes, counting):
    marker = {"written": "o", "printed": "s"}[counting]
    (line,) = [line for line in axes.get_lines() if line.get_marker() == marker]
    return line


def test_written_and_printed_stand_beside_each_other_with_their_intervals():
    axes = figures.topic_prevalence(prevalence([""], 2), names(2), width="nature-1col").axes[0]
    own = prevalence([""], 2)
    for counting, up in (("written", -0.16), ("printed", 0.16)):
        line, rows = marks(axes, counting), own[own["counting"] == counting]
        assert line.get_xdata().tolist() == rows["share"].tolist()
        assert line.get_ydata().tolist() == pytest.approx([up, 1 + up])
    ends = [segment[:, 0].tolist() for lines in axes.collections for segment in lines.get_segments()]
    assert [own["low"][1], own["high"][1]] in ends
    assert rows_of(axes) == ["0: goal, team, cup", "1: goal, team, cup"]


def test_counting_is_told_by_mark_and_fill_not_by_colour_alone():
    axes = figures.topic_prevalence(prevalence([""], 2), width="nature-1col").axes[0]
    faces = {counting: to_hex(marks(axes, counting).get_markerfacecolor()) for counting in tables.COUNTINGS}
    assert faces["printed"] == "#ffffff" != faces["written"]


def test_groups_are_rows_of_a_panel_for_each_topic_and_what_is_not_stated_comes_last():
    figure = figures.topic_prevalence(prevalence(["", "B", "A"], 2), names(2), width="nature-2col")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["0: goal, team, cup", "1: goal, team, cup"]
    assert rows_of(figure.axes[0]) == ["A (20)", "B (20)", "not stated (20)"]
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    assert note(figure) == "In brackets: stories."


def test_groups_and_topics_that_do_not_fit_are_counted():
    shares = prevalence(["A", "B", "C"], 40)
    shares.loc[shares["group"] == "B", "n_stories"] = 99
    figure = figures.topic_prevalence(shares, width="nature-1col", at_most=1)
    assert rows_of(figure.axes[0]) == ["B (99)"]
    shown = sum(axes.get_visible() for axes in figure.axes)
    assert shown < 40
    assert note(figure) == f"{shown} of 40 topics. 1 of 3 groups, those with most stories. In brackets: stories."


# ---- over time


def test_a_curve_is_bold_where_stories_are_near_and_pale_elsewhere():
    figure = figures.topic_trends(trends(1), width="nature-1col")
    axes = figure.axes[0]
    bold = [line for line in axes.get_lines() if to_hex(line.get_color()) == _canvas.BLUE.lower()]
    pale = [line for line in axes.get_lines() if to_hex(line.get_color()) == _canvas.FAINT]
    assert np.isnan(bold[0].get_ydata()).sum() == 21
    assert not np.isnan(pale[0].get_ydata()).any()
    assert "Pale: fewer than 5 stories near" in note(figure)
    assert "Pale" not in note(figures.topic_trends(trends(1).assign(n_near=9), width="nature-1col"))


def test_months_are_circles_in_their_middle_and_those_above_the_scale_are_counted():
    by_month = months(3, 1, start="2014-03")
    by_month["share"] = [0.2, 0.2, 0.3, 0.3, 1.0, 1.0]
    figure = figures.topic_trends(trends(1, interval=0.01), None, by_month, width="nature-1col")
    (circles,) = [each for each in figure.axes[0].collections if len(each.get_offsets()) == 3]
    assert circles.get_offsets()[:, 1].tolist() == [0.2, 0.3, 1.0]
    assert "1 circle above the scale." in note(figure)


def test_a_map_tells_no_stories_from_a_share_of_nothing():
    by_month = months(3, 2)
    by_month = by_month[by_month["group"] != "2014-02"].assign(n_stories=lambda table: [9] * 4 + [2] * 4)
    figure = figures.topic_map(by_month, names(2), width="nature-1col")
    top, cells = figure.axes[:2]
    assert [bar.get_height() for bar in top.patches] == [9, 0, 2]
    shown = cells.collections[0].get_array()
    assert shown.mask.tolist() == [[False, True, False]] * 2
    assert to_hex(cells.get_facecolor()) == "#ececec"
    assert note(figure) == "Hatched: fewer than 5 stories. Grey: none."
    assert rows_of(cells) == ["0: goal, team, cup", "1: goal, team, cup"]


def test_a_map_counts_reports_without_a_date():
    by_month = prevalence(["2014-01", "2014-02", ""], 2, stories=9)
    assert "11 reports without a date" in note(figures.topic_map(by_month, width="nature-1col"))


# ---- numbers of topics


def test_no_number_of_topics_is_marked_as_the_best():
    figure = figures.topic_numbers(stability(), width="nature-2col")
    titles = [axes.get_title(loc="left").replace("\n", " ") for axes in figure.axes]
    assert titles == [
        "agreement, the noise floor",
        "perplexity, held out, lower is better",
        "coherence (NPMI)",
        "exclusivity",
        "diversity",
    ]
    assert not [text for text in written(figure) if "best" in text]
    sizes = {
        tuple(line.get_markersize() for line in axes.get_lines() if line.get_marker() == "o") for axes in figure.axes
    }
    assert len(sizes) == 1


def test_means_lie_between_the_least_and_the_most():
    axes = figures.topic_numbers(stability(), width="nature-2col").axes[0]
    (line,) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert line.get_xdata().tolist() == [5, 10, 20]
    assert line.get_ydata().tolist() == pytest.approx([0.89, 0.84, 0.74])
    band = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == pytest.approx((0.72, 0.91))
    assert axes.get_ylim() == (0, 1)


def test_a_measure_nobody_has_is_no_panel_and_models_share_a_panel():
    assert len(figures.topic_numbers(stability(perplexity=False), width="nature-2col").axes) == 4
    both = figures.topic_numbers({"NMF": stability(perplexity=False), "LDA": stability()}, width="nature-2col")
    lines = [line for line in both.axes[0].get_lines() if line.get_marker() in ("o", "s")]
    assert [line.get_marker() for line in lines] == ["o", "s"]
    assert {line.get_linestyle() for line in lines} == {"-", "--"}
    assert "9 fits of NMF and 9 fits of LDA, each without a tenth of the stories (70)" in note(both)


# ---- copies


def test_doses_are_held_against_the_floor():
    figure = figures.dose_response(injection(), width="nature-2col")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["1 story copied", "10 stories copied"]
    axes = figure.axes[1]
    band = axes.patches[0]
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.75, 0.8))
    raw, weighed = [line for line in axes.get_lines() if line.get_marker() in ("s", "o")]
    assert raw.get_xdata().tolist() == [4, 16, 64]
    assert raw.get_ydata()[0] == pytest.approx(0.57)
    assert weighed.get_ydata().tolist() == pytest.approx([0.87] * 3)
    assert axes.get_xscale() == "log"
    assert note(figure) == "Copies lose 10% of their tokens; 2 draws of stories."
    assert {raw.get_linestyle(), weighed.get_linestyle()} == {"--", "-"}


def test_a_row_for_each_model_and_doses_that_do_not_fit_are_counted():
    figure = figures.dose_response({"NMF": injection(), "LDA": injection((10,))}, width="nature-2col")
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "NMF: 1 story copied",
        "NMF: 10 stories copied",
        "LDA: 1 story copied",
        "LDA: 10 stories copied",
    ]
    assert not [line for line in figure.axes[2].get_lines() if line.get_marker() != "None" and len(line.get_xdata())]
    narrow = figures.dose_response(injection((1, 4, 40, 400, 4000)), width="nature-1col")
    assert "2 of 5 numbers of stories copied" in note(narrow)
    assert "Copies are exact" in note(figures.dose_response(injection(lost=0.0), width="nature-1col"))


def test_owned_topics_are_hatched_and_name_their_story():
    axes = figures.topic_stories(audit(3, {1}, {2}), names(3), width="nature-2col").axes[0]
    assert [bar.get_width() for bar in axes.patches] == [100, 50.5, 0]
    assert [bar.get_hatch() for bar in axes.patches] == [None, "////", None]
    said = [text.get_text() for text in axes.texts]
    assert said[0] == "100"
    assert said[1].startswith("50 · 40%: Twelve die")
    assert said[2] == "in no report"
    assert "Hatched: one story has more than 25% of the topic" in note(axes.figure)


def test_before_and_after_have_one_scale():
    figure = figures.topic_stories(audit(3), names(3), before=audit(2, {0}), width="nature-2col")
    after, before = figure.axes
    assert [axes.get_title(loc="left") for axes in (after, before)] == ["each story weighs 1", "each copy weighs 1"]
    assert after.get_xlim() == before.get_xlim()
    assert rows_of(before) == ["topic 0", "topic 1"]


def test_the_trap_joins_both_coherences_of_a_topic():
    figure = figures.coherence_trap(coherence(4), width="nature-1col")
    axes = figure.axes[0]
    assert marks(axes, "written").get_xdata().tolist() == [0, 0.25, 0.5, 0.75]
    assert marks(axes, "printed").get_ydata()[0] == pytest.approx(0.1)
    assert note(figure) == "Coherence is higher with copies than on distinct stories in 1 of 4 topics."
    assert axes.get_xlabel() == "agreement with the topics of distinct stories"
    assert figures.coherence_trap(coherence(4, agreed=False), width="nature-1col").axes[0].get_xlabel() == "topic"


# ---- names


def test_names_of_the_user_are_the_titles_of_the_terms():
    figure = figures.topic_terms(checks.topic_terms(2), names(2, "Football"), width="nature-1col")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["0 · Football", "1 · Football"]
    plain = figures.topic_terms(checks.topic_terms(2), width="nature-1col")
    assert [axes.get_title(loc="left") for axes in plain.axes] == ["topic 0", "topic 1"]


def test_names_of_the_user_are_the_columns_of_the_shares():
    docs = checks.documents(["a", "b"])
    figure = figures.topic_shares(
        checks.document_topics(docs, 2), docs, checks.topic_terms(2), names(2, "Football"), width="nature-1col"
    )
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0 · Football", "1 · Football"]


def test_a_long_name_is_cut_at_its_end():
    axes = figures.topic_prevalence(prevalence([""], 1), names(1, LONG), width="science-1col").axes[0]
    assert rows_of(axes)[0].startswith("0 · The war")
    assert rows_of(axes)[0].endswith("…")


def test_names_of_another_fit_are_refused():
    with pytest.raises(tables.TableError, match="TopicPrevalence speaks of the topic 2, which the topics given"):
        figures.topic_prevalence(prevalence([""], 3), names(2), width="nature-1col")


# ---- nothing to show, and what cannot be drawn


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (
            lambda: figures.topic_prevalence(tables.empty(tables.TopicPrevalence)),
            "There are no shares of topics to show.",
        ),
        (lambda: figures.topic_trends(tables.empty(tables.TopicTrends)), "There are no curves over time to show"),
        (lambda: figures.topic_map(tables.empty(tables.TopicPrevalence)), "There are no shares over time to show"),
        (lambda: figures.topic_numbers(tables.empty(tables.TopicStability)), "No numbers of topics were compared."),
        (lambda: figures.dose_response(tables.empty(tables.TopicInjection)), "No copies were put in."),
        (lambda: figures.dose_response(injection(doses=())), "No copies were put in."),
        (lambda: figures.topic_stories(tables.empty(tables.TopicAudit)), "There are no topics to show."),
        (lambda: figures.coherence_trap(tables.empty(tables.TopicCoherence)), "No topic has two terms"),
    ],
)
def test_an_empty_table_is_a_figure_that_says_so(draw, words):
    figure = draw()
    assert words in " ".join(" ".join(written(figure)).split())
    assert figure.axes, "a notebook shows no figure without axes"


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.topic_map(prevalence(["CNN"])), "expect months or days as groups; found 'CNN'"),
        (lambda: figures.topic_map(months(2), counting="read"), "counting is 'written' or 'printed'; found 'read'"),
        (lambda: figures.dose_response(injection(), response="harm"), "response is one of agreement, n_lost"),
        (lambda: figures.topic_numbers({}), "expects one to 3 tables; found 0"),
        (lambda: figures.topic_prevalence(prevalence([""]), at_most=0), "at_most expects a whole number"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
