"""Anomaly mode names the op that makes a NaN, its line and operands."""

import re

import pytest

import glassgrad as gg
from glassgrad import hooks


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


def test_a_nan_in_the_forward_is_raised_where_it_is_made_with_its_operands():
    x = leaf(-1.0, 4.0)
    with gg.autograd.detect_anomaly(), pytest.raises(RuntimeError) as told:
        y = x * 2
        gg.log(y).exp().sum()
    text = str(told.value)
    assert text.startswith("log: made a NaN (output 1 of 2 elements, the first at [0]) from operands without one")
    assert re.search(r"forward at .*test_anomaly.py:\d+", text) and "x (2,) = [-2.  8.]" in text


def test_a_nan_that_was_there_before_is_passed_on_without_an_error():
    x = leaf(float("nan"), 1.0)
    with gg.autograd.detect_anomaly():
        y = (x * 2).sum()
    assert y.isnan()
    with gg.autograd.detect_anomaly(check_nan=False):
        gg.log(leaf(-1.0))


def test_the_producer_in_the_backward_is_named_and_zero_times_infinity_is_recognised():
    x = leaf(0.0, 4.0)
    with gg.autograd.detect_anomaly():
        y = gg.where(x > 0, gg.sqrt(x), 0.0)
        with pytest.raises(RuntimeError) as told:
            (y * 3).sum().backward()
    text = str(told.value)
    assert text.startswith("sqrt: its backward made NaN in the gradient by x (1 of 2 elements, the first at [0]) from a finite")
    assert "dx = g / (2 * y)" in text and re.search(r"forward at .*test_anomaly.py:\d+", text)
    assert "0 * inf" in text and "double where" in text and "gg.where(mask, gg.sqrt(safe), 0.0)" in text
    safe = gg.where(x > 0, x, 1.0)  # what it says to write
    with gg.autograd.detect_anomaly():
        gg.where(x > 0, gg.sqrt(safe), 0.0).sum().backward()
    assert x.grad.tolist() == [0, 0.25]


def test_a_nan_that_a_constant_brings_is_not_put_on_the_op_alone():
    for add in (lambda x: x + gg.tensor([float("nan"), 1.0]), lambda x: x + float("nan")):
        with (
            gg.autograd.detect_anomaly(),
            pytest.raises(RuntimeError, match=r"add: made a NaN .* in the graph without one: here, or it came in with b"),
        ):
            add(leaf(1.0, 2.0))
    with gg.autograd.detect_anomaly(), pytest.raises(RuntimeError, match="masked_fill: .* it came in with value"):
        leaf(1.0, 2.0).masked_fill(gg.tensor([True, False]), float("nan"))


def test_the_op_that_made_the_infinity_behind_a_nan_is_named():
    with (
        gg.autograd.detect_anomaly(),
        pytest.raises(RuntimeError, match=r"sub: made a NaN(.|\n)*the Inf in a was made by exp at .*test_anomaly.py:\d+"),
    ):
        y = leaf(1.0, 2000.0).exp()
        (y * 2) - y


def test_a_hook_or_a_sum_that_spoils_a_gradient_is_not_taken_for_the_start():
    x = leaf(1.0, 2.0)
    with gg.autograd.detect_anomaly():
        y = x * 2
        y.register_hook(lambda g: g * float("nan"))
        with pytest.raises(RuntimeError, match="the gradient handed to mul has NaN: a hook on its output returned that"):
            (y * 3).sum().backward()
        y = x * 2
        with pytest.raises(RuntimeError, match="has Inf: the sum of the finite gradients of its uses overflowed"):
            (y * 1e308 + y * 1e308).sum().backward()


def test_the_double_where_is_written_out_for_the_operand_that_needs_it():
    x = leaf(0.0, 1.0)
    with (
        gg.autograd.detect_anomaly(),
        pytest.raises(RuntimeError, match=r"safe = gg.where\(mask, b, 1.0\); y = gg.where\(mask, gg.div\(a, safe\), 0.0"),
    ):
        gg.where(x > 0, 1 / x, 0.0).sum().backward()


def test_an_infinite_gradient_and_a_bad_upstream_gradient_are_told_apart():
    x = leaf(0.0, 1.0)
    with gg.autograd.detect_anomaly():
        with pytest.raises(RuntimeError, match=r"sqrt: its backward made Inf in the gradient by x"):
            gg.sqrt(x).sum().backward()
        with pytest.raises(RuntimeError, match=r"backward: the gradient handed to mul has NaN"):
            (x * 2).backward(gg.tensor([float("nan"), 1.0]))


def test_the_mode_is_restored_and_can_be_set():
    with gg.autograd.detect_anomaly():
        assert gg.is_anomaly_enabled() and gg.is_anomaly_check_nan_enabled()
        with gg.autograd.set_detect_anomaly(False):
            assert not gg.is_anomaly_enabled()
        assert gg.is_anomaly_enabled()
    assert hooks.tap is None and hooks.step is None
    gg.autograd.set_detect_anomaly(True, check_nan=False)
    assert gg.is_anomaly_enabled() and not gg.is_anomaly_check_nan_enabled()
    gg.autograd.set_detect_anomaly(False)
    assert hooks.tap is None


def test_a_second_backward_names_the_tensor_that_crossed_and_its_lines():
    x, h = leaf(0.5), gg.zeros(1, dtype=gg.float64)
    with gg.autograd.detect_anomaly(), pytest.raises(RuntimeError) as told:
        for _ in range(2):
            h = gg.tanh(h + x)
            (h * h).sum().backward()
    text = str(told.value)
    assert text.startswith("backward through tanh (output shape (1,)) a second time: its saved values (y) were freed")
    assert re.search(r"through the output of tanh \(shape \(1,\), .*test_anomaly.py:\d+\), which add \(shape \(1,\), .*:\d+\) used", text)
    assert text.endswith("carry its value over with .detach()")


def test_a_nan_that_a_number_makes():
    with gg.autograd.detect_anomaly(), pytest.raises(RuntimeError, match="mul"):
        (leaf(1.0, 2.0) * float("nan")).sum().backward()
