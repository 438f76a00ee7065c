"""Any shapes, memory layouts, dtypes and broadcast patterns, family by family.

Each call is written once and runs here and in PyTorch (where it is installed): shape, dtype, values and gradients agree. In
float64 the gradients are also those of a finite difference along a random direction.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, broadcastable_shapes, mutually_broadcastable_shapes
from tests.ops.build import inputs_of
from tests.ops.samples import gathered, samples

import glassgrad as gg
from glassgrad.op import REGISTRY

try:
    import torch
except ImportError:
    torch = None

SHAPES = array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
FULL = array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)
FLOATS = st.sampled_from(["float64", "float64", "float32"])
LAYOUTS = st.sampled_from(["C", "F", "strided", "offset", "broadcast"])
EPS = 1e-6


def laid(array, layout):
    """The same values, otherwise in memory."""
    if layout == "F" and array.ndim:
        return np.asfortranarray(array)
    if layout == "strided" and array.ndim:
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if layout == "offset":
        return np.concatenate([[7], array.reshape(-1)]).astype(array.dtype)[1:].reshape(array.shape)
    if layout == "broadcast" and array.ndim and array.shape[0]:
        return np.broadcast_to(array[:1], array.shape)
    return np.ascontiguousarray(array).reshape(array.shape)


@st.composite
def values(draw, shape, dtype=None, among=None):
    """An array of distinct values away from 0 (or of some of `among`), in any layout."""
    dtype = draw(FLOATS) if dtype is None else dtype
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    n = int(np.prod(shape))
    if among is not None:
        array = rng.choice(among, n)
    elif dtype == "bool":
        array = rng.random(n) < 0.5
    else:
        array = (rng.permutation(n) + 0.5 - (n - 1) / 2 + 0.4 * rng.random()) / (1 if dtype.startswith("int") else max(n / 2, 1))
    return laid(np.asarray(array).astype(dtype).reshape(shape), draw(LAYOUTS))


def floats_of(made):
    return [y for y in made if "float" in str(y.dtype)]


def listed(made):
    return list(made) if isinstance(made, (tuple, list)) else [made]


def run(t, call, arrays, upstream=None):
    """Outputs as arrays with their dtypes, and the gradients of a projection of the floating ones."""
    leaves = [t.from_numpy(np.asarray(a) if t is gg else np.array(a)) for a in arrays]
    floating = [x.requires_grad_() for x in leaves if "float" in str(x.dtype)]
    made = [y for y in listed(call(t, *leaves)) if y is not None]
    slopes = []
    ends = [y for y in floats_of(made) if y.requires_grad]
    if ends and floating:
        rng = np.random.default_rng(5)
        ups = [t.as_tensor(np.asarray(rng.standard_normal(tuple(y.shape))), dtype=y.dtype) for y in ends]
        slopes = t.autograd.grad(ends, floating, ups, allow_unused=True)
        slopes = [np.zeros(tuple(x.shape)) if g is None else g.detach().numpy() for x, g in zip(floating, slopes, strict=True)]
    found = [y.detach().numpy() for y in made]
    return found, [str(y.dtype).removeprefix("torch.") for y in made], [tuple(y.shape) for y in made], slopes


def agree(call, arrays, differences=True):
    """Here as in PyTorch, and the gradients as finite differences."""
    with np.errstate(all="ignore"):
        ys, dtypes, shapes, slopes = run(gg, call, arrays)
    if torch is not None:
        theirs = run(torch, call, arrays)
        assert (dtypes, shapes) == theirs[1:3]
        narrow = "float32" in [str(a.dtype) for a in arrays]
        loose = {"rtol": 3e-5, "atol": 3e-5} if narrow or "float32" in dtypes else {"rtol": 1e-9, "atol": 1e-9}
        for ours, other in [*zip(ys, theirs[0], strict=True), *zip(slopes, theirs[3], strict=True)]:
            np.testing.assert_allclose(ours, other, **loose)
    floating = [i for i, a in enumerate(arrays) if a.dtype.kind == "f"]
    if not differences or not slopes or any(arrays[i].dtype != np.float64 for i in floating) or "float32" in dtypes:
        return
    rng = np.random.default_rng(6)
    directions = {i: rng.standard_normal(arrays[i].shape) for i in floating}

    def projected(step):
        moved = [a + step * directions[i] if i in directions else a for i, a in enumerate(arrays)]
        made = [y for y in listed(call(gg, *(gg.from_numpy(np.asarray(a)).requires_grad_(i in directions) for i, a in enumerate(moved)))) if y is not None]
        rng = np.random.default_rng(5)
        return sum(float((rng.standard_normal(y.shape) * y.detach().numpy()).sum()) for y in floats_of(made) if y.requires_grad)

    numeric = (projected(EPS) - projected(-EPS)) / (2 * EPS)
    analytic = sum(float((g * directions[i]).sum()) for g, i in zip(slopes, floating, strict=True))
    assert abs(numeric - analytic) <= 1e-5 * (1 + abs(numeric))


def any_case(examples=40):
    def decorate(test):
        return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])(given(st.data())(test))

    return decorate


# ---------------------------------------------------------------------------------------------- element by element

UNARY = sorted(
    name for name in gathered("ELEMENTWISE")
    if not name.startswith("_") and hasattr(gg, name) and REGISTRY[name].op.params == REGISTRY[name].op.arrays and len(REGISTRY[name].op.params) == 1
)  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
@any_case(6)
def test_functions_of_one_tensor(name, data):
    sample = next(s for s in samples(name) if s.smooth)
    (among,) = inputs_of(sample).values()
    x = data.draw(values(data.draw(SHAPES), among=among.reshape(-1)))
    agree(lambda t, x: getattr(t, name, None)(x) if hasattr(t, name) else getattr(t.special, name)(x), [x])


BINARY = [
    "add", "sub", "mul", "div", "maximum", "minimum", "fmax", "fmin", "hypot", "atan2", "logaddexp", "logaddexp2", "copysign", "remainder", "fmod",
    "floor_divide", "eq", "lt", "ge", "logical_and", "logical_xor", "bitwise_or", "gcd", "heaviside", "nextafter", "xlogy", "ldexp",
]  # fmt: skip
DTYPES = st.sampled_from(["float64", "float32", "int64", "int32", "bool"])


@pytest.mark.parametrize("name", BINARY)
@any_case(25)
def test_functions_of_two_tensors(name, data):
    """Shapes that broadcast, and each pair of dtypes; what PyTorch refuses is free."""
    shapes = data.draw(mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)).input_shapes
    dtypes = st.sampled_from(["int64", "int32"]) if name in ("gcd", "bitwise_or") else DTYPES
    a, b = (data.draw(values(shape, data.draw(dtypes))) for shape in shapes)
    assume(name != "sub" or a.dtype != np.bool_ or b.dtype != np.bool_)
    b = b if b.dtype.kind != "f" else b * 1.0171  # so that no elements are equal
    if name in ("xlogy", "ldexp", "remainder", "fmod", "floor_divide", "div"):
        b = np.abs(b) if b.dtype != np.bool_ else b
        assume(b.all())

    def call(t, a, b):
        return getattr(t, name)(a, b)

    if torch is not None:
        try:
            run(torch, call, [a, b])
        except (RuntimeError, NotImplementedError):
            assume(False)
    agree(call, [a, b], differences=name not in ("nextafter", "heaviside", "fmod", "remainder"))


@any_case()
def test_operators_with_numbers(data):
    x = data.draw(values(data.draw(SHAPES)))
    number = data.draw(st.sampled_from([2, 3, 0.5, -1.5, True]))
    which = data.draw(st.sampled_from([lambda x, n: x + n, lambda x, n: n - x, lambda x, n: x * n, lambda x, n: n / x, lambda x, n: x / n, lambda x, n: abs(x) ** n]))
    agree(lambda t, x: which(x, number), [x])


@any_case()
def test_functions_of_three_tensors(data):
    drawn = data.draw(mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=3))
    arrays = [data.draw(values(shape, "float64")) for shape in drawn.input_shapes]
    name = data.draw(st.sampled_from(["addcmul", "addcdiv", "lerp", "where", "clamp"]))
    if name == "where":
        arrays[0] = arrays[0] > 0
    if name == "clamp":
        arrays[2] = np.abs(arrays[2]) + 1
        arrays[1] = arrays[1] * 1.0171 - 0.5
        arrays[0] = np.array(np.broadcast_to(arrays[0], drawn.result_shape))  # with an x of fewer dimensions PyTorch's backward fails
    agree(lambda t, *xs: getattr(t, name)(*xs), arrays)


# ---------------------------------------------------------------------------------------------- along dimensions

REDUCTIONS = ["sum", "mean", "prod", "amax", "amin", "logsumexp", "std", "var", "nansum", "nanmean", "norm", "any", "all", "count_nonzero"]


@pytest.mark.parametrize("name", REDUCTIONS)
@any_case(15)
def test_reductions(name, data):
    shape = data.draw(SHAPES if name in ("sum", "prod", "any", "all") else FULL)
    x = data.draw(values(shape))
    one = st.integers(-len(shape), len(shape) - 1) if shape else st.just(0)
    several = st.lists(st.integers(0, max(len(shape) - 1, 0)), min_size=1, max_size=max(len(shape), 1), unique=True).map(tuple)
    dim = data.draw(one if name == "prod" else st.one_of(one, several) if shape and name not in ("any", "all") else one)
    assume(name != "norm" or not isinstance(dim, tuple) or len(dim) < 3)
    if name in ("amax", "amin"):
        assume(len(np.unique(x)) == x.size)
    if name in ("std", "var"):
        assume(np.prod([shape[d] for d in (dim if isinstance(dim, tuple) else (dim,))]) > 1)
    options = {} if name == "count_nonzero" else {"keepdim": data.draw(st.booleans())}
    agree(lambda t, x: getattr(t, name)(x, dim=dim, **options), [x])


@pytest.mark.parametrize("name", ["max", "min", "median", "kthvalue", "mode", "sort", "argsort", "topk", "cummax", "cummin", "argmax", "argmin"])
@any_case(10)
def test_choices_along_a_dimension(name, data):
    """Distinct values, so that there is one answer."""
    shape = data.draw(FULL)
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = data.draw(values(shape, "float64"))
    assume(len(np.unique(x)) == x.size or name in ("max", "min", "cummax", "cummin"))
    k = (data.draw(st.integers(1, shape[dim])),) if name in ("topk", "kthvalue") else ()
    assume(len(np.unique(x)) == x.size)
    agree(lambda t, x: tuple(getattr(t, name)(x, *k, dim=dim)) if name not in ("argsort", "argmax", "argmin") else getattr(t, name)(x, dim=dim), [x])


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "logcumsumexp", "softmax", "log_softmax", "flip", "diff", "roll", "unbind"])
@any_case(15)
def test_along_a_dimension(name, data):
    shape = data.draw(FULL)
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = data.draw(values(shape))
    calls = {
        "flip": lambda t, x: t.flip(x, [dim]),
        "roll": lambda t, x: t.roll(x, 2, dim),
        "diff": lambda t, x: t.diff(x, dim=dim),
        "unbind": lambda t, x: t.unbind(x, dim),
    }
    agree(calls.get(name) or (lambda t, x: getattr(t, name)(x, dim=dim)), [x])


# ---------------------------------------------------------------------------------------------- shapes, joins, indices


@any_case(80)
def test_chains_of_shape_functions(data):
    """Up to four in a row, each on the shape that the last one left."""
    x = data.draw(values(data.draw(FULL)))
    steps, shape = [], x.shape
    for _ in range(data.draw(st.integers(1, 4))):
        n = len(shape)
        dim = data.draw(st.integers(-n, n - 1)) if n else 0
        order = tuple(data.draw(st.permutations(range(n))))
        sizes = data.draw(st.sampled_from([(-1,), (1, -1), tuple(reversed(shape)), (*shape, 1)]))
        wider = data.draw(broadcastable_shapes(shape, min_dims=n, max_dims=n + 1, max_side=3)) if n < 4 else shape
        wider = np.broadcast_shapes(wider, shape)
        start = data.draw(st.integers(0, shape[dim] - 1)) if n and shape[dim] else 0
        options = {
            "permute": lambda t, x, order=order: x.permute(*order) if order else x,
            "reshape": lambda t, x, sizes=sizes: x.reshape(sizes),
            "expand": lambda t, x, wider=wider: x.expand(wider),
            "unsqueeze": lambda t, x, dim=dim: x.unsqueeze(dim),
            "squeeze": lambda t, x: x.squeeze(),
            "repeat": lambda t, x, n=n: x.repeat(2, *[1] * n),
            "narrow": lambda t, x, dim=dim, start=start: x.narrow(dim, start, 1) if x.ndim and x.numel() else x,
            "swap": lambda t, x, dim=dim: x.transpose(0, dim) if x.ndim else x,
            "flatten": lambda t, x: x.flatten(),
            "select": lambda t, x, dim=dim, start=start: x.select(dim, start) if x.ndim and x.numel() else x,
            "times": lambda t, x: x * 2,
        }
        steps.append(options[data.draw(st.sampled_from(sorted(options)))])
        shape = tuple(steps[-1](gg, gg.zeros(shape)).shape)
        assume(int(np.prod(shape)) < 300)

    def call(t, x):
        for step in steps:
            x = step(t, x)
        return x

    agree(call, [x])


@any_case()
def test_joins(data):
    shape = list(data.draw(FULL))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    arrays = []
    for _ in range(data.draw(st.integers(1, 3))):
        shape[dim] = data.draw(st.integers(0, 3))
        arrays.append(data.draw(values(tuple(shape), data.draw(st.sampled_from(["float64", "float32", "int64"])))))
    agree(lambda t, *xs: t.cat(xs, dim=dim), arrays)
    agree(lambda t, *xs: t.stack([xs[0]] * 2, dim=dim), arrays[:1])


@any_case()
def test_gathers_and_scatters(data):
    shape = data.draw(FULL)
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = data.draw(values(shape, "float64"))
    places = tuple(data.draw(st.integers(0, n)) for n in shape)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    index = rng.integers(0, shape[dim], places)
    source = data.draw(values(places, "float64"))
    row = rng.integers(0, shape[dim], 3)
    agree(lambda t, x, i: t.gather(x, dim, i), [x, index])
    agree(lambda t, x, s, i: t.scatter_add(x, dim, i, s), [x, source, index])
    agree(lambda t, x, i: x.index_select(dim, i), [x, row])
    mean = data.draw(st.sampled_from(["sum", "mean"]))
    agree(lambda t, x, s, i: x.scatter_reduce(dim, i, s, reduce=mean), [x, source, index])
    taken = (*shape[: dim % len(shape)], 3, *shape[dim % len(shape) + 1 :])
    agree(lambda t, x, s, i: x.index_add(dim, i, s), [x, data.draw(values(taken, "float64")), row])


# ---------------------------------------------------------------------------------------------- matrices


@any_case(60)
def test_matrix_products(data):
    batches = data.draw(mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3)).input_shapes
    n, k, m = (data.draw(st.integers(0, 4)) for _ in range(3))
    dtype = data.draw(FLOATS)
    a = (k,) if data.draw(st.booleans()) else (*batches[0], n, k)
    b = (k,) if data.draw(st.booleans()) else (*batches[1], k, m)
    agree(lambda t, a, b: a @ b, [data.draw(values(a, dtype)), data.draw(values(b, dtype))])


@any_case()
def test_einsum(data):
    sizes = {"i": 2, "j": 3, "k": 1, "b": 2}
    terms = [data.draw(st.lists(st.sampled_from("ijkb"), min_size=0, max_size=3, unique=True)) for _ in range(data.draw(st.integers(1, 3)))]
    seen = sorted(set().union(*map(set, terms)))
    kept = data.draw(st.lists(st.sampled_from(seen), unique=True, max_size=len(seen))) if seen else []
    equation = ",".join("".join(term) for term in terms) + "->" + "".join(kept)
    arrays = [data.draw(values(tuple(sizes[c] for c in term), "float64")) for term in terms]
    agree(lambda t, *xs: t.einsum(equation, *xs), arrays)


@pytest.mark.parametrize("name", ["inv", "det", "slogdet", "solve", "cholesky", "eigvalsh", "pinv", "svdvals"])
@any_case(8)
def test_decompositions_of_batches(name, data):
    batch = data.draw(array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=2))
    n = data.draw(st.integers(1, 3))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    a = laid(rng.standard_normal((*batch, n, n)) + 3 * np.diag(np.arange(1, n + 1)), data.draw(LAYOUTS.filter(lambda s: s != "broadcast")))
    calls = {
        "solve": lambda t, a: t.linalg.solve(a, t.ones(*batch, n, 2, dtype=a.dtype)),
        "cholesky": lambda t, a: t.linalg.cholesky(a @ a.mT),
        "eigvalsh": lambda t, a: t.linalg.eigvalsh(a + a.mT),
    }
    agree(calls.get(name) or (lambda t, a: getattr(t.linalg, name)(a)), [a])


# ---------------------------------------------------------------------------------------------- nn.functional


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy_with_logits", "kl_div", "poisson_nll_loss"])
@any_case(10)
def test_losses_of_two_tensors(name, data):
    shape = data.draw(FULL)
    x, y = (data.draw(values(shape, "float64")) for _ in range(2))
    assume((np.abs(x - y) > 1e-3).all() and (np.abs(np.abs(x - y) - 1) > 1e-3).all())
    reduction = data.draw(st.sampled_from(["mean", "sum", "none"]))
    agree(lambda t, x, y: getattr(t.nn.functional, name)(x, abs(y) if name in ("kl_div", "poisson_nll_loss") else y, reduction=reduction), [x, y])


@any_case()
def test_cross_entropy(data):
    rest = data.draw(array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=3))
    n, classes = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    x = data.draw(values((n, classes, *rest), "float64"))
    target = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, classes, (n, *rest))
    smoothing, reduction = data.draw(st.sampled_from([0.0, 0.2])), data.draw(st.sampled_from(["mean", "sum", "none"]))
    agree(lambda t, x, y: t.nn.functional.cross_entropy(x, y, label_smoothing=smoothing, reduction=reduction), [x, target])


@any_case()
def test_linear_and_layer_norm(data):
    front = data.draw(array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    n, m = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 3))
    dtype = data.draw(FLOATS)
    x, weight, bias = (data.draw(values(shape, dtype)) for shape in ((*front, n), (m, n), (m,)))
    agree(lambda t, x, w, b: t.nn.functional.linear(x, w, b), [x, weight, bias])
    assume((np.ptp(x, axis=-1) > 0.1).all())
    scale, shift = (data.draw(values((n,), dtype)) for _ in range(2))
    agree(lambda t, x, w, b: t.nn.functional.layer_norm(x, (n,), w, b), [x, scale, shift])
