"""What holds of every figure, as tests of a module's own cases: whole, legible, and the same bytes twice."""

import functools

import pytest
import test_figures as checks


def of(cases):
    """Return a fixture and two tests, to be given names in a module; ``cases`` are functions of a width, by name."""
    drawn = functools.cache(lambda case, width: cases[case](width))

    @pytest.fixture(autouse=True)
    def our_cases(monkeypatch):
        """The laws of all figures ask for a case by its name; here they are asked of these."""
        monkeypatch.setattr(checks, "drawn", drawn)
        monkeypatch.setattr(checks, "CASES", cases)

    @pytest.mark.parametrize("width", checks.ALL_WIDTHS)
    @pytest.mark.parametrize("case", cases)
    def prints_whole(case, width):
        checks.test_prints_at_exactly_the_journals_width_and_nothing_is_cut_off_or_too_small(case, width)
        checks.test_no_labels_of_an_axis_cover_each_other(case, width)

    @pytest.mark.parametrize("case", cases)
    def same_bytes(case):
        checks.test_same_bytes_twice_whatever_the_callers_style(case)
        checks.test_no_text_is_read_as_mathematics(case)

    return our_cases, prints_whole, same_bytes
