"""Keywords, other names, in-place forms and NumPy's functions of the elementwise ops."""

import subprocess
import sys

import numpy as np
import pytest
from tests.ops.build import listed

import glassgrad as gg

nan, inf = float("nan"), float("inf")
INTEGERS, FLOATS, BOOLS = [5, -5, 7], [1.5, -2.5, 0.25], [True, False, True]

# A call as text runs with gg in the place of torch.
KEYWORDS = [
    "torch.add(f, i, alpha=2)", "torch.add(i, i, alpha=-3)", "torch.add(u, i, alpha=300)", "f.add(1, alpha=0.5)", "b.add(b, alpha=2)",
    "f.add(other=2)", "torch.sub(i, f, alpha=0.5)", "f.sub(i, alpha=2)", "torch.rsub(f, 1, alpha=2)", "f.clone().add_(i, alpha=2)",
    "f.clone().sub_(f, alpha=3)", "torch.div(i, 2)", "torch.div(i, -2, rounding_mode='trunc')", "torch.div(i, -2, rounding_mode='floor')",
    "torch.div(f, i, rounding_mode='trunc')", "i.div(f, rounding_mode='floor')", "f.clone().div_(2, rounding_mode='floor')",
    "i.clone().div_(2, rounding_mode='trunc')", "torch.true_divide(i, 3)", "f.divide(2)", "torch.multiply(f, i)", "f.subtract(1)",
    "torch.negative(i)", "+f", "torch.absolute(i)", "torch.fix(f)", "torch.sgn(f)", "torch.clip(f, -1, 1)", "f.clip(max=0.5)",
    "torch.pow(f, exponent=2)", "torch.pow(input=f, exponent=i)", "f.pow(2)", "2 ** f", "torch.float_power(i, 2)", "torch.float_power(2, i)",
    "f.float_power(0.5)", "torch.lerp(f, f + 1, 0.25)", "f.lerp(f + 1, weight=f)", "f.clone().lerp_(f * 2, 0.5)", "f.clone().addcmul_(f, f, value=2)",
    "torch.addcdiv(f, f, f, value=-1)", "torch.round(f, decimals=1)", "f.clone().round_(decimals=1)", "torch.nan_to_num(o, nan=1.0, neginf=-3.0)",
    "torch.logit(f, eps=0.1)", "torch.ldexp(f, i)", "torch.polygamma(2, f.abs())", "f.abs().polygamma(1)", "torch.mvlgamma(f.abs() + 2, p=3)",
    "torch.copysign(f, -1.0)", "torch.heaviside(f - 1.5, f)", "torch.fmod(i, 3)", "f.fmod(-2)", "torch.remainder(i, -3)", "torch.remainder(2, f)",
    "torch.gcd(i, i + 1)", "torch.lcm(i, i + 1)", "torch.arctan2(f, f)", "f.arctan2(f)", "torch.arcsin(f / 3)", "torch.arccosh(f + 4)",
    "i << 2", "i >> 1", "2 << u", "i.bitwise_left_shift(1)", "~i", "i & 3", "b ^ b", "torch.logical_and(f, b)", "f.logical_xor(i)",
    "f.clone().eq_(1.5)", "f.clone().gt_(i)", "b.clone().logical_not_()", "torch.greater(f, i)", "f.less_equal(0)", "torch.not_equal(f, i)",
    "torch.isclose(o, o, equal_nan=True)", "torch.isclose(f, f + 1e-6)", "torch.allclose(f, f + 1e-9)", "f.allclose(f + 1, atol=1)",
    "torch.equal(f, f.clone())", "f.equal(f[:2])", "torch.equal(i, i.double())", "torch.isin(i, 5)", "torch.isin(i, i[:1], invert=True)",
    "torch.isin(5, i)", "torch.is_nonzero(f[0])", "torch.isposinf(o)", "o.isneginf()", "torch.isreal(o)", "torch.signbit(-f)",
    "torch.threshold(f, 0.5, 9.0)", "torch.celu(f, 0.5)", "torch.selu(f)", "torch.prelu(f, torch.tensor(0.5))", "f.prelu(f[:1])", "f.hardshrink()",
    "torch.clamp_min(i, 0)", "f.clamp_max(f.flip(0))", "f.clone().clamp_(0, 1)", "torch.nextafter(f, f + 1)", "torch.deg2rad(i)", "f.rad2deg()",
]  # fmt: skip


def evaluated(text, library):
    values = {name: library.tensor(x) for name, x in {"f": FLOATS, "i": INTEGERS, "b": BOOLS, "o": [nan, inf, -inf, 0.0]}.items()}
    values["u"] = library.tensor([1, 2, 3], dtype=library.uint8)
    return eval(text, {"torch": library, **values})


@pytest.mark.parametrize("text", KEYWORDS)
def test_keywords_and_other_names_are_pytorchs(text):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    ours, theirs = evaluated(text, gg), evaluated(text, torch)
    if isinstance(theirs, bool):
        assert ours is theirs
        return
    assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.") and ours.shape == tuple(theirs.shape)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5)


FROM_NUMPY = [
    (np.sin, 1), (np.tanh, 1), (np.log1p, 1), (np.expm1, 1), (np.exp2, 1), (np.log2, 1), (np.arctan, 1), (np.arcsinh, 1), (np.cosh, 1), (np.floor, 1),
    (np.rint, 1), (np.round, 1), (np.trunc, 1), (np.fix, 1), (np.sign, 1), (np.absolute, 1), (np.reciprocal, 1), (np.deg2rad, 1), (np.radians, 1),
    (np.degrees, 1), (np.sinc, 1), (np.isinf, 1), (np.isposinf, 1), (np.signbit, 1), (np.nan_to_num, 1), (np.positive, 1), (np.logical_not, 1),
    (np.arctan2, 2), (np.hypot, 2), (np.copysign, 2), (np.fmod, 2), (np.logaddexp, 2), (np.logaddexp2, 2), (np.fmax, 2), (np.fmin, 2),
    (np.nextafter, 2), (np.heaviside, 2), (np.float_power, 2), (np.isclose, 2), (np.isin, 2), (np.logical_and, 2), (np.greater_equal, 2),
]  # fmt: skip


@pytest.mark.parametrize(("function", "operands"), FROM_NUMPY, ids=lambda x: getattr(x, "__name__", str(x)))
def test_numpys_functions_take_tensors(function, operands):
    args = [np.array([0.5, 1.0, 2.5]), np.array([2.0, 1.0, 0.5])][:operands]
    y = function(*map(gg.from_numpy, args))
    assert isinstance(y, gg.Tensor)
    want = function(*args)
    assert y.dtype == want.dtype
    np.testing.assert_allclose(y.numpy(), want)


def test_numpys_functions_of_all_elements():
    x = gg.tensor([1.0, 2.0])
    assert np.allclose(x, x + 1e-9) is True and np.array_equal(x, x + 1) is False


IN_PLACE = [
    ("exp_", ()), ("sin_", ()), ("tanh_", ()), ("sigmoid_", ()), ("erf_", ()), ("floor_", ()), ("neg_", ()), ("square_", ()), ("reciprocal_", ()),
    ("atan2_", (2.0,)), ("pow_", (2,)), ("fmod_", (1.0,)), ("xlogy_", (2.0,)), ("clamp_", (0.5, 1.0)), ("clip_", (0.5,)), ("logit_", (0.2,)),
    ("nan_to_num_", ()), ("add_", (1.0,)), ("mul_", (2.0,)), ("div_", (2.0,)), ("arcsinh_", ()), ("lgamma_", ()), ("polygamma_", (1,)), ("le_", (1.0,)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), IN_PLACE)
def test_in_place_writes_what_the_op_gives_and_its_gradient(name, args):
    grads = []
    for in_place in (False, True):
        x = gg.tensor([0.3, 0.7, 1.2], dtype=gg.float64, requires_grad=True)
        h = x * 1
        y = getattr(h, name if in_place else name.removesuffix("_"))(*args)
        assert (y is h) == in_place and (not in_place or y.dtype == gg.float64)
        if y.requires_grad:
            y.sum().backward()
            grads.append(x.grad.tolist())
    assert len(grads) in (0, 2) and grads[:1] == grads[1:]


ERRORS = {
    "add": (lambda: gg.add(gg.tensor([1]), 1, alpha=0.5), r"add: alpha must be an integer where the result is int64, got 0\.5"),
    "sub of bools": (lambda: gg.tensor([True]) - gg.tensor([True]), r"sub: .*write a \^ b"),
    "div": (lambda: gg.div(gg.ones(1), 2, rounding_mode="up"), "div: rounding_mode must be None, 'trunc' or 'floor', got 'up'"),
    "addcmul": (lambda: gg.addcmul(*[gg.tensor([1])] * 3, value=0.5), "addcmul: value must be an integer"),
    "addcdiv": (lambda: gg.addcdiv(*[gg.tensor([1])] * 3), "addcdiv: tensor1 and tensor2 are integers"),
    "round": (lambda: gg.round(gg.tensor([1]), decimals=1), "round: decimals are for floats"),
    "float_power_": (lambda: gg.ones(1).float_power_(2), "float_power_: the result is float64"),
    "clamp": (lambda: gg.tensor([1], dtype=gg.uint8).clamp(max=-1), "clamp: .*-1 out of bounds for uint8"),
    "polygamma": (lambda: gg.polygamma(-1, gg.ones(1)), "polygamma: n must be at least 0"),
    "mvlgamma": (lambda: gg.mvlgamma(gg.ones(1), 0), "mvlgamma: p must be at least 1"),
    "isclose": (lambda: gg.isclose(gg.ones(1), gg.ones(1).double()), r"isclose: .*different dtypes \(float32, float64\)"),
    "lerp": (lambda: gg.lerp(gg.ones(1), gg.ones(1).double(), 0.5), "lerp: the inputs have different dtypes"),
    "shapes": (lambda: gg.atan2(gg.ones(2), gg.ones(3)), r"atan2: .*dimension -1 is 2 in a and 3 in b"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case):
    call, text = ERRORS[case]
    with pytest.raises((RuntimeError, TypeError), match=text):
        call()


@pytest.mark.parametrize("function", [gg.fmod, lambda a, b: gg.div(a, b, rounding_mode="trunc"), lambda a, b: gg.div(a, b, rounding_mode="floor")])
def test_integers_by_zero(function):
    with pytest.raises(ZeroDivisionError, match="integers can't be divided by zero"):
        function(gg.tensor([1]), gg.tensor([0]))
    assert all(not y.isfinite().any() for y in listed(function(gg.tensor([1.0]), gg.tensor([0.0]))))


def test_a_value_beyond_its_domain_is_silent_and_numpy_keeps_its_warnings():
    code = """
import numpy as np, warnings
import glassgrad as gg
with warnings.catch_warnings(record=True) as seen:
    x = gg.tensor([0.0, -1.0], requires_grad=True)
    y = x.log() + x / x + x.sqrt() + gg.exp(x + 1000) + x**-1 + np.log(x) + gg.softmax(x / 0, 0)
    y.sum().backward()
    gg.nn.functional.mish(x * 1000).sum().backward()
    assert not seen, seen[0]
with warnings.catch_warnings(record=True) as seen:
    np.log(np.zeros(1))
    assert len(seen) == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True)
