"""Properties of every op in the registry, checked on the samples."""

import itertools
import re

import numpy as np
import pytest
from tests.ops.build import call, each_sample, gradients, inputs_of, listed, map_arrays, raw, upstream
from tests.ops.samples import SAMPLES, gathered, samples

import glassgrad as gg
from glassgrad import kernels
from glassgrad.graph import sum_to
from glassgrad.op import REGISTRY
from glassgrad.tensor import Tensor


def differentiable(function, sample):
    return function.op.differentiable and bool(inputs_of(sample))


def smooth(function, sample):
    return differentiable(function, sample) and sample.smooth


def has_rules(function, sample):
    return differentiable(function, sample) and bool(function.op.rules or function.op.vjp)


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **({"rtol": 1e-10, "atol": 1e-12} | tolerance))


def test_every_op_has_samples_and_every_sample_an_op():
    assert set(SAMPLES) == set(REGISTRY)
    assert all(samples(name) for name in REGISTRY)


# ------------------------------------------------------------------------------------------------ forward

KERNELS = [name for name, function in REGISTRY.items() if function.op.kernel]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", KERNELS)
def test_the_kernel_gives_what_the_body_gives(name, dtype):
    op = REGISTRY[name].op
    ran = 0
    for sample in samples(name):
        args, kwargs = map_arrays(sample, lambda key, array: array.astype(dtype) if array.dtype.kind == "f" else array)
        args = op.bind(args, kwargs)
        with kernels.use("numba"):
            found = op.kernel(*args)
        if found is not NotImplemented:
            ran += 1
            with kernels.use("numpy"):
                want = op.body(*args)
            for a, b in zip(listed(found), listed(want), strict=True):
                assert (a is None) == (b is None)
                if a is not None:
                    assert a.dtype == dtype and a.shape == b.shape
                    close(a, b, rtol=1e-5 if dtype == np.float32 else 1e-12, atol=1e-5 if dtype == np.float32 else 1e-12)
    assert ran, "no sample ran the kernel"


@each_sample(keep=differentiable)
def test_gradients_are_the_same_with_kernels_and_without(name, sample):
    with kernels.use("numba"):
        found = gradients(name, sample)
    with kernels.use("numpy"):
        want = gradients(name, sample)
    for key in want:
        close(found[key], want[key])


@each_sample()
def test_raw_arrays_give_raw_arrays_equal_to_the_tensors(name, sample):
    args, kwargs = map_arrays(sample, lambda key, array: array)
    on_arrays = listed(REGISTRY[name](*args, **kwargs))
    assert not any(isinstance(y, Tensor) for y in on_arrays)
    constants, variables = call(name, sample, wanted=())[0], call(name, sample)[0]
    for a, t, v in zip(on_arrays, constants, variables, strict=True):
        assert np.shape(a) == np.shape(t) == np.shape(v)
        if kernels.mode == "numpy":
            np.testing.assert_array_equal(a, raw(t)[0])
        else:  # `@` in a body is NumPy's on arrays, and a kernel on tensors
            np.testing.assert_allclose(a, raw(t)[0], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(a, raw(v)[0], rtol=1e-12, atol=1e-14)  # traced where the others may run a kernel


@each_sample()
def test_no_input_is_written_to(name, sample):
    frozen = {}

    def freeze(key, array):
        frozen[key] = array.copy()
        frozen[key].flags.writeable = False
        return frozen[key]

    map_arrays(sample, freeze)
    gradients(name, sample, values=frozen)  # a write would raise
    for key, array in inputs_of(sample).items():
        np.testing.assert_array_equal(frozen[key], array)


def _layouts(array):
    """The same values in other layouts: columns first, every second element of a larger array, and backwards."""
    yield array.copy(order="F")
    if array.ndim:
        wide = np.full((*array.shape[:-1], array.shape[-1] * 2), np.nan)
        wide[..., ::2] = array
        yield wide[..., ::2]
        yield np.ascontiguousarray(array[::-1])[::-1]


@each_sample(keep=lambda f, s: bool(inputs_of(s)) and f.op.name != "view")
def test_strided_inputs_give_what_contiguous_ones_give(name, sample):
    inputs = inputs_of(sample)
    want, slopes = raw(call(name, sample)[0]), gradients(name, sample)
    for layouts in itertools.zip_longest(*map(_layouts, inputs.values())):
        values = {key: array for key, array in zip(inputs, layouts, strict=True) if array is not None}
        for found, y in zip(raw(call(name, sample, values)[0]), want, strict=True):
            close(found, y)
        for key, g in gradients(name, sample, values).items():
            close(g, slopes[key], rtol=1e-9, atol=1e-11)


@each_sample(keep=lambda f, s: smooth(f, s) and f.op.name != "view")
def test_expanded_inputs_give_what_copies_give(name, sample):
    def first_of(x):
        return np.broadcast_to(x[:1], x.shape) if x.ndim and len(x) else x

    expanded = {key: first_of(x) for key, x in inputs_of(sample).items()}
    copied = {key: x.copy() for key, x in expanded.items()}
    for a, b in zip(raw(call(name, sample, expanded)[0]), raw(call(name, sample, copied)[0]), strict=True):
        close(a, b)
    want = gradients(name, sample, copied)
    for key, g in gradients(name, sample, expanded).items():
        close(g, want[key], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@each_sample(keep=lambda f, s: differentiable(f, s) and f.op.name != "to")
def test_narrow_floats_stay_narrow(name, sample, dtype):
    outputs, leaves = call(name, sample, dtype=dtype)
    assert all(y.dtype == dtype for y in outputs if y.dtype.kind == "f")
    for key, g in gradients(name, sample, dtype=dtype).items():
        assert g.dtype == dtype and g.shape == leaves[key].shape


NAN_CHOSEN_AWAY, NAN_REPLACED = gathered("NAN_CHOSEN_AWAY"), gathered("NAN_REPLACED")


@each_sample(keep=lambda f, s: differentiable(f, s) and f.op.name not in NAN_REPLACED)
def test_nan_comes_through(name, sample):
    want = raw(call(name, sample)[0])
    for key, x in inputs_of(sample).items():
        try:
            found = raw(call(name, sample, {key: np.full_like(x, np.nan)})[0])
        except gg.linalg.LinAlgError:  # a factorization of NaN says so
            continue
        reaches = any(np.isnan(y).any() for y in found if y.dtype.kind == "f")
        ignored = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found, want, strict=True))
        if any(y.size for y in want) and x.size and not (ignored and ((name, key) in NAN_CHOSEN_AWAY or _flat(name, sample))):
            assert reaches, f"a NaN in input {key} is lost"


def _flat(name, sample):
    """Samples whose output doesn't depend on the values: a power of 0, nothing selected, every target ignored."""
    moved = gradients(name, sample)
    return all(not np.any(g) for g in moved.values()) or any(0 in y.shape for y in call(name, sample)[0])


@pytest.mark.parametrize("mode", ["numpy", "numba"])
@each_sample(*sorted(gathered("ELEMENTWISE")))
def test_an_elementwise_nan_stays_in_its_place(name, sample, mode):
    for key, x in inputs_of(sample).items():
        if not x.ndim or not x.size:
            continue
        spotted = x.copy()
        spotted.flat[0] = np.nan
        with kernels.use(mode):
            (before,), (after,) = raw(call(name, sample)[0]), raw(call(name, sample, {key: spotted})[0])
        hit = np.broadcast_to(np.isnan(spotted), after.shape)
        assert np.isnan(after[hit]).all()
        np.testing.assert_array_equal(after[~hit], before[~hit])


# ------------------------------------------------------------------------------------------------ gradients


def _move(values, directions, step):
    return {key: values[key] + step * directions[key] for key in values}


def _directions(values, seed):
    rng = np.random.default_rng(seed)
    return {key: np.asarray(rng.standard_normal(x.shape)) for key, x in values.items()}


def _dot(a, b):
    return sum(float(np.sum(x * y)) for x, y in zip(a, b, strict=True))


@each_sample(keep=smooth)
def test_first_derivatives_are_the_finite_differences(name, sample):
    x = inputs_of(sample)
    v = _directions(x, seed=2)
    outputs, _ = call(name, sample)
    at = [i for i, y in enumerate(outputs) if y.requires_grad]
    u = upstream([outputs[i] for i in at])

    def projected(values):
        y = raw(call(name, sample, values)[0])
        return _dot([y[i] for i in at], u)

    h = 1e-5
    numeric = (projected(_move(x, v, h)) - projected(_move(x, v, -h))) / (2 * h)
    found = gradients(name, sample, u=u)
    assert all(found[key].shape == x[key].shape for key in x)
    close(_dot(found.values(), v.values()), numeric, rtol=1e-6, atol=1e-8)


@each_sample(keep=smooth)
def test_second_derivatives_are_the_differences_of_the_first(name, sample):
    """The first derivatives come from rules on arrays, the second from the same rules on tensors."""
    x = inputs_of(sample)
    w, v = _directions(x, seed=3), _directions(x, seed=4)
    outputs, leaves = call(name, sample)
    outputs = [y for y in outputs if y.requires_grad]
    u = upstream(outputs)
    du = upstream(outputs, seed=5)

    def projected(h):
        found = gradients(name, sample, _move(x, v, h), u=[a + h * b for a, b in zip(u, du, strict=True)])
        return _dot(found.values(), w.values())

    h = 1e-5
    numeric = (projected(h) - projected(-h)) / (2 * h)
    ups = [gg.tensor(g, requires_grad=True) for g in u]
    first = gg.autograd.grad(outputs, list(leaves.values()), ups, create_graph=True, allow_unused=True)
    total = sum((g * w[key]).sum() for key, g in zip(leaves, first, strict=True) if g is not None and g.requires_grad)
    if not isinstance(total, Tensor):  # nothing depends on anything: the derivative of sign
        assert numeric == 0
        return
    found = gg.autograd.grad(total, [*leaves.values(), *ups], allow_unused=True)
    pairs = [(g.numpy(), d) for g, d in zip(found, [*v.values(), *du], strict=True) if g is not None]
    close(_dot(*zip(*pairs, strict=True)) if pairs else 0.0, numeric, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("check", [gg.autograd.gradcheck, gg.autograd.gradgradcheck])
@each_sample(keep=smooth)
def test_gradcheck_agrees(name, sample, check):
    keys = list(inputs_of(sample))

    def function(*leaves):
        given = dict(zip(keys, leaves, strict=True))
        args, kwargs = map_arrays(sample, lambda key, array: given.get(key, gg.from_numpy(array)))
        return [y for y in listed(REGISTRY[name](*args, **kwargs)) if y.requires_grad]

    leaves = [gg.tensor(x, requires_grad=True) for x in inputs_of(sample).values()]
    assert check(function, leaves, fast_mode=True)


@each_sample(keep=differentiable)
def test_each_subset_of_the_inputs_gets_the_same_gradients(name, sample):
    want = gradients(name, sample)
    keys = list(want)
    for chosen in itertools.chain.from_iterable(itertools.combinations(keys, n) for n in range(len(keys))):
        found = gradients(name, sample, wanted=chosen)
        assert set(found) == set(chosen)
        for key in chosen:
            close(found[key], want[key])


@each_sample(keep=differentiable)
def test_create_graph_gives_the_same_first_derivatives(name, sample):
    outputs, leaves = call(name, sample)
    outputs = [y for y in outputs if y.requires_grad]
    ups = [gg.tensor(u, requires_grad=True) for u in upstream(outputs)]
    found = gg.autograd.grad(outputs, list(leaves.values()), ups, create_graph=True, allow_unused=True)
    want = gradients(name, sample)
    for key, g in zip(leaves, found, strict=True):
        assert g is None or g.dtype == leaves[key].dtype
        close(np.zeros(leaves[key].shape) if g is None else g.detach().numpy(), want[key])


@pytest.mark.parametrize("grad", [False, True])
@each_sample(*(name for name in REGISTRY if name not in ("alias", "_edges")))  # the engine's own, which users don't get
def test_a_result_in_the_memory_of_an_input_is_known_as_its_view(name, sample, grad):
    """Else a write to one would change the other behind the graph's back."""
    outputs, leaves = call(name, sample, wanted=None if grad else ())
    for y in outputs:
        for x in leaves.values():
            if isinstance(y, Tensor) and y is not x and np.shares_memory(y._array, x._array):
                assert y._base is x


# ------------------------------------------------------------------------------------------------ what is kept


@each_sample(keep=has_rules)
def test_what_the_rules_name_is_saved_and_freed_after_use(name, sample):
    op = REGISTRY[name].op
    (y,), _ = call(name, sample)
    node = y.grad_fn
    assert node.op is op
    assert len(node.saved) == len(op.keep) and len(node.attrs) == len(op.attrs)
    assert not any(isinstance(value, Tensor) for value in node.saved)
    y.backward(gg.ones_like(y))
    assert not node.saved
    if op.keep:
        with pytest.raises(RuntimeError, match=re.escape(f"backward through {op.name} ")):
            y.backward(gg.ones_like(y))


@each_sample(keep=lambda f, s: bool(inputs_of(s)))
def test_nothing_is_recorded_under_no_grad_or_without_inputs_that_require_grad(name, sample):
    with gg.no_grad():
        outputs, leaves = call(name, sample)
    assert not any(y.requires_grad for y in outputs if all(y is not leaf for leaf in leaves.values()))
    outputs, _ = call(name, sample, wanted=())
    assert not any(y.requires_grad for y in outputs)


@each_sample(keep=lambda f, s: not f.op.differentiable)
def test_ops_without_a_derivative_record_nothing(name, sample):
    leaves = []

    def tensor(key, array):
        leaves.append(gg.from_numpy(array))
        return leaves[-1].requires_grad_(array.dtype.kind == "f")

    args, kwargs = map_arrays(sample, tensor)
    assert not any(isinstance(y, Tensor) and y.requires_grad for y in listed(REGISTRY[name](*args, **kwargs)))


# ------------------------------------------------------------------------------------------------ formulas

NAMES = {function.op.name: function for function in REGISTRY.values()} | REGISTRY | {"np": np, "sum_to": sum_to}


@each_sample(keep=has_rules)
def test_the_formula_evaluates_to_what_the_rule_returns(name, sample):
    op = REGISTRY[name].op
    (y,), leaves = call(name, sample)
    node = y.grad_fn
    (g,) = upstream([y])
    parents = node.parents
    returned = op.backward(parents, g, node.saved + node.attrs)
    values = NAMES | dict(zip(op.keep, node.saved, strict=True)) | dict(zip(op.attrs, node.attrs, strict=True)) | {"g": g}
    for i, parent in enumerate(parents):
        if parent is None:
            continue
        which = op.inputs[0] if op.sequence else op.inputs[i]
        symbolic = op.formula(which)
        concrete = op.formula(which, node.attrs)
        for text in (symbolic, concrete):
            if "array[" in text:  # an array among the attributes is printed as its shape
                continue
            text = text.removesuffix("[0]") + f"[{i}]" if op.sequence else text  # one formula for all tensors of a sequence
            both = [np.asarray(eval(text, values)), np.asarray(returned[i])]
            if op.grad_kernel or "sum_to" in text:  # it undoes broadcasting, which the engine does after a rule
                both = [sum_to(x, parent.shape) if x.shape != parent.shape else x for x in both]
            np.testing.assert_allclose(*both, rtol=1e-12, atol=1e-14 if op.grad_kernel else 0)


@pytest.mark.parametrize("name", [name for name, f in REGISTRY.items() if f.op.rules or f.op.vjp])
def test_a_formula_names_only_what_is_saved(name):
    op = REGISTRY[name].op
    for which in op.inputs:
        names = set(re.findall(r"(?<![.\w])[a-zA-Z_]\w*(?!\w|\s*=[^=])", op.formula(which)))
        assert names <= set(NAMES) | {*op.keep, *op.attrs, "g", "None", "True", "False"}
