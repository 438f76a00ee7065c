"""`gg.testing.assert_close`: what passes, and what the error says."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.testing import assert_close

NAN = gg.tensor([1.0, float("nan")])


@pytest.mark.parametrize(("a", "b", "options"), [
    (gg.ones(2), gg.ones(2) + 1e-6, {}), (gg.ones(2, requires_grad=True), gg.ones(2), {}), ([gg.ones(1), 2], (gg.ones(1), 2), {}),
    ({"w": gg.zeros(2)}, {"w": gg.zeros(2)}, {}), (1.0, 1.0 + 1e-8, {}), (NAN, NAN, {"equal_nan": True}),
    (gg.ones(2), gg.ones(2, dtype=gg.float64) * (1 + 1e-6), {"check_dtype": False}), (gg.ones(2), gg.ones(2) * 1.1, {"rtol": 0.2, "atol": 0}),
    (gg.tensor([1, 2]), gg.tensor([1, 2]), {}), (gg.ones(2).numpy(), gg.ones(2), {}), (gg.zeros(0), gg.zeros(0), {}), (gg.inf, gg.inf, {}),
])  # fmt: skip
def test_what_is_close(a, b, options):
    assert_close(a, b, **options)


@pytest.mark.parametrize(("a", "b", "options", "text"), [
    (gg.ones(2, 2), gg.tensor([[1, 1], [1, 3.0]]), {}, r"1 of 4 elements differ: most at index \(1, 1\), 1.0 and 3.0, by 2 "),
    (gg.ones(2), gg.ones(2, 1), {}, r"shapes differ: \(2,\) and \(2, 1\)"), (gg.ones(2), gg.ones(2).double(), {}, "dtypes differ: float32 and float64"),
    ({"a": [1, 2]}, {"a": [1, 3]}, {}, r"at \['a'\]\[1\]"), ({"a": 1}, {"b": 1}, {}, "keys differ"), ([1], [1, 2], {}, "lengths differ: 1 and 2"),
    (NAN, NAN, {}, "1 of 2 elements"), (1, "1", {}, "types differ.*int and str"), (gg.ones(()), 1.0, {}, "types differ"),
    (gg.ones(2, 3), gg.ones(3, 2).T, {"check_stride": True}, "strides differ"), (1.0, 2.0, {"msg": "mine"}, "^mine$"),
    (1.0, 2.0, {"msg": lambda text: "so: " + text}, "^so: 1 of 1"),
])  # fmt: skip
def test_what_is_not(a, b, options, text):
    with pytest.raises(AssertionError, match=text):
        assert_close(a, b, **options)
    with pytest.raises(ValueError, match="both rtol and atol"):
        assert_close(a, b, rtol=1e-3)


def test_the_tolerances_are_pytorchs():
    torch = pytest.importorskip("torch", reason="the reference")
    for dtype in ("float16", "float32", "float64", "int64"):
        for gap in (0, 1e-8, 1e-7, 3e-7, 1e-6, 1e-5, 2e-5, 1e-4, 1e-3, 1e-2, 1.0):
            for base in (0.0, 1.0, 100.0):
                a, b = np.array([base]).astype(dtype), np.array([base + gap]).astype(dtype)
                said = []
                for module in (torch, gg):
                    try:
                        module.testing.assert_close(module.tensor(a), module.tensor(b))
                        said.append(True)
                    except AssertionError:
                        said.append(False)
                assert said[0] == said[1], (dtype, base, gap)
