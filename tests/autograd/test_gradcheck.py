"""gradcheck finds wrong rules, and says where."""

import contextlib

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.autograd import GradcheckError, gradcheck, gradgradcheck
from glassgrad.op import REGISTRY, op
from glassgrad.tensor import TWINS, Tensor


@contextlib.contextmanager
def declared(*args, name, **options):
    """An op that is forgotten on leaving."""
    twins = dict(TWINS)
    try:
        yield op(*args, name=name, **options)
    finally:
        REGISTRY.pop(name, None)
        TWINS.clear()
        TWINS.update(twins)
        for attribute in (name, name + "_"):
            if attribute in vars(Tensor):
                delattr(Tensor, attribute)


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


def test_right_rules_pass():
    x, w = leaf(0.5, 1.5), leaf(2.0, -1.0)
    assert gradcheck(lambda x, w: (x * w).exp() / x, (x, w))
    assert gradgradcheck(lambda x, w: (x * w).exp() / x, (x, w))
    assert gradcheck(lambda x: x.exp(), x, fast_mode=True)


def test_a_wrong_rule_is_reported_with_element_both_values_and_input():
    with declared(lambda a, b: a * b, name="wrong_mul", dtypes="promote", a=lambda g, b: g * b, b=lambda g, a: g * a * 1.5) as wrong_mul:
        with pytest.raises(GradcheckError) as failure:
            gradcheck(wrong_mul, (leaf(3.0, 4.0), leaf(1.0, 2.0)))
    text = str(failure.value)
    assert "2 of 4 derivatives of output 0 by input 1 (shape (2,)) are wrong" in text
    assert "d output[0][0] / d input[1][0]: analytic 4.5, numeric 3" in text
    assert "d output[0][1] / d input[1][1]: analytic 6, numeric 4" in text
    assert "wrong_mul" not in REGISTRY and not hasattr(Tensor, "wrong_mul")


def test_fast_mode_finds_it_too_and_points_to_the_full_one():
    with declared(lambda x: x * x, name="wrong_square", dtypes="promote", x=lambda g, x: 3 * g * x) as wrong_square:
        with pytest.raises(GradcheckError, match=r"d output\[0\] / d input\[0\].*analytic .*numeric .*fast_mode=False"):
            gradcheck(wrong_square, leaf(3.0, 4.0), fast_mode=True)
        assert gradcheck(wrong_square, leaf(3.0, 4.0), raise_exception=False) is False


def test_a_wrong_second_derivative_is_found_by_gradgradcheck_only():
    """The rule reads a detached value, as a residual would be: right at first order, silently wrong at second."""
    with declared(lambda x: x**3, name="stuck_cube", dtypes="promote", x=lambda g, x: g * 3 * np.square(_detached(x))) as stuck_cube:
        assert gradcheck(stuck_cube, leaf(1.0, 2.0))
        with pytest.raises(GradcheckError, match="input 0"):
            gradgradcheck(stuck_cube, leaf(1.0, 2.0))


def _detached(x):
    return x.detach() if isinstance(x, Tensor) else x


def test_a_rule_whose_gradient_has_an_impossible_shape_is_named():
    with declared(lambda x: x.sum(), name="stunted", dtypes="promote", x=lambda g: np.ones(3) * g) as stunted:
        with pytest.raises(RuntimeError, match=r"stunted: its rule returned a gradient of shape \(3,\) for an input of shape \(2,\)"):
            stunted(leaf(1.0, 2.0)).backward()


def test_a_rule_may_only_name_what_the_op_has():
    with pytest.raises(TypeError, match="'nothing', which is no argument"), declared(lambda x: x, name="vague", x=lambda g, nothing: g):
        pass
    assert "vague" not in REGISTRY


def test_a_random_function_is_found_out():
    with pytest.raises(GradcheckError, match="not deterministic"):
        gradcheck(lambda x: x * gg.rand(2, dtype=gg.float64), leaf(1.0, 2.0))


def test_every_input_and_output_is_checked():
    def function(x, n, w):
        return x * w, (w * w).sum(), n

    assert gradcheck(function, (leaf(1.0, 2.0), gg.tensor([1, 2]), leaf(3.0, 4.0)))
    with pytest.raises(GradcheckError, match="output 1 by input 2"):
        gradcheck(lambda x, n, w: (x * w, (w * w.detach()).sum()), (leaf(1.0, 2.0), gg.tensor([1, 2]), leaf(3.0, 4.0)))


def test_strided_and_expanded_inputs_are_checked():
    base = gg.tensor(np.arange(6.0).reshape(2, 3))
    assert gradcheck(lambda x: x.exp().sum(0), base.t().requires_grad_())
    assert gradcheck(lambda x: x * x, gg.tensor([[1.0], [2.0]], dtype=gg.float64).expand(2, 3).detach().requires_grad_())


def test_inputs_are_left_as_they_were():
    x = leaf(1.0, 2.0)
    gradcheck(lambda x: x * x, x)
    assert x.tolist() == [1, 2] and x.grad is None


def test_without_an_input_that_requires_grad_it_says_so():
    with pytest.raises(ValueError, match="no input requires grad"):
        gradcheck(lambda x: x, gg.ones(2))


def test_float32_inputs_are_warned_about():
    with pytest.warns(UserWarning, match="input 0 is float32"):
        gradcheck(lambda x: x * 2, gg.ones(2, requires_grad=True), atol=0.1, eps=1e-2)


def test_options_that_do_not_exist_here_are_refused():
    with pytest.raises(ValueError, match="masked is not supported"):
        gradcheck(lambda x: x, leaf(1.0), masked=True)
    with pytest.raises(TypeError, match="no argument 'speed'"):
        gradcheck(lambda x: x, leaf(1.0), speed=1)


def test_gradgradcheck_takes_upstream_gradients():
    x = leaf(1.0, 2.0)
    assert gradgradcheck(lambda x: x**3, x, gg.tensor([1.0, 2.0], dtype=gg.float64, requires_grad=True))
