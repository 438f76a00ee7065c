"""How values are written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassgrad import words


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (1.25, "1.25"),
        ([1.0, np.nan], "[1, nan]"),
        ([[1, 2, 3], [4, 5, 6]], "[[1, 2, 3], [4, 5, 6]]"),
        ([0.1234567, 1.0, 2.0], "[0.1235, 1, 2]"),
        ([True] * 3 + [False] * 5, "3 of 8 true"),
        ([2.0] * 9, "2 to 2, mean 2\nnorm 6"),
        ([np.nan] * 8, "8 NaN of 8"),
        ([np.inf, -np.inf, np.nan] + [0.0] * 4 + [1.0], "1 NaN, 2 Inf of 8\n0 to 1, mean 0.2\nnorm 1  ▇      ▂"),
    ],
)
def test_summary(values, text):
    assert words.summary(np.array(values)) == text


@given(st.lists(st.floats(-1e6, 1e6), min_size=7, max_size=60))
def test_a_histogram_has_a_full_bar_and_none_where_nothing_is(values):
    x = np.array(values)
    bars = words.histogram(x)
    counts = np.histogram(x, 8)[0]
    if x.min() == x.max():
        assert bars == ""
    else:
        assert [bar == " " for bar in bars] == [count == 0 for count in counts]
        heights = [" ▁▂▃▄▅▆▇".index(bar) for bar in bars]
        assert max(heights) == 7 and [heights[i] for i in np.argsort(counts, kind="stable")] == sorted(heights)


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.5e6, "2.5 MB"), (3e12, "3000.0 GB")])
def test_size(count, text):
    assert words.size(count) == text
