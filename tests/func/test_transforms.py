"""grad, vjp, jvp, Jacobians and Hessians: of every op in the registry, composed with each other, and batched."""

import numpy as np
import pytest
from tests.ops.build import REGISTRY, call, each_sample, inputs_of, listed, map_arrays

import glassgrad as gg
from glassgrad import hooks
from glassgrad.func import grad, grad_and_value, hessian, hvp, jacfwd, jacrev, jvp, linearize, transforms, value_and_grad, vjp, vmap
from glassgrad.tensor import Tensor

EPS = 1e-6
X = np.random.default_rng(0).standard_normal((2, 3))


def tensor(array, base=gg):
    return base.tensor(np.asarray(array).tolist(), dtype=base.float64)


def close(a, b, **tolerance):
    a, b = (x.detach().numpy() if hasattr(x, "detach") else np.asarray(x) for x in (a, b))
    assert a.shape == b.shape
    np.testing.assert_allclose(a, b, **({"rtol": 1e-10, "atol": 1e-12} | tolerance))


# ------------------------------------------------------------------------------------------------ every op


def differentiable(function, sample):
    return function.op.differentiable and bool(inputs_of(sample))


def smooth(function, sample):
    return differentiable(function, sample) and sample.smooth


def as_function(name, sample):
    """(f, xs): the op as a function of its floating arrays, which gives the tuple of its floating outputs."""
    inputs = inputs_of(sample)

    def f(*xs):
        values = dict(zip(inputs, xs, strict=True))

        def put(key, array):
            return values[key] if key in values else gg.from_numpy(array)

        args, kwargs = map_arrays(sample, put)
        found = listed(REGISTRY[name](*args, **kwargs))
        return tuple(y for y in found if isinstance(y, Tensor) and y.dtype.kind == "f")

    return f, tuple(gg.from_numpy(array) for array in inputs.values())


def directions(xs, seed):
    rng = np.random.default_rng(seed)
    return tuple(gg.from_numpy(np.asarray(rng.standard_normal(x.shape)).astype(x.dtype)) for x in xs)


def dot(a, b):
    return sum(float((x.detach().numpy() * y.detach().numpy()).sum()) for x, y in zip(a, b, strict=True))


@each_sample(keep=smooth)
def test_jvp_is_the_slope_along_a_direction(name, sample):
    f, xs = as_function(name, sample)
    vs = directions(xs, 1)
    ys, slopes = jvp(f, xs, vs)
    ahead, behind = (f(*(x + step * v for x, v in zip(xs, vs, strict=True))) for step in (EPS, -EPS))
    flows = [y.requires_grad for y in call(name, sample)[0] if isinstance(y, Tensor) and y.dtype.kind == "f"]
    for y, slope, a, b, flow in zip(ys, slopes, ahead, behind, flows, strict=True):
        assert slope.dtype == y.dtype and not slope.requires_grad
        if not flow:  # one of several outputs that has no derivative
            assert not slope.numpy().any()
            continue
        close(slope, (a - b) / (2 * EPS), rtol=2e-5, atol=1e-6)


@each_sample(keep=differentiable)
def test_jvp_and_vjp_are_transposes(name, sample):
    f, xs = as_function(name, sample)
    vs = directions(xs, 1)
    ys, pull = vjp(f, *xs)
    us = directions(ys, 2)
    left, right = dot(us, jvp(f, xs, vs)[1]), dot(pull(us), vs)
    if np.isfinite([left, right]).all():
        np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)
    else:
        assert not sample.smooth


LOOPED = {"_getitem", "unindex", "masked_select"}  # ops whose Jacobian takes one backward a row: an index of a single bool


@each_sample(keep=differentiable)
def test_jacobians_agree_and_run_in_one_batch(name, sample, monkeypatch):
    f, xs = as_function(name, sample)
    fallen = []
    stack = transforms.stack
    monkeypatch.setattr(transforms, "stack", lambda rows: fallen.append(name) or stack(rows))
    every = tuple(range(len(xs)))
    backward, forward = jacrev(f, every)(*xs), jacfwd(f, every)(*xs)
    assert bool(fallen) <= (name in LOOPED)
    functional = gg.autograd.functional.jacobian(f, xs)
    looped = gg.autograd.functional.jacobian(f, xs, vectorize=False, strategy="reverse-mode")
    ys = f(*xs)
    for y, *rows in zip(ys, backward, forward, functional, looped, strict=True):
        for x, one, *others in zip(xs, *rows, strict=True):
            assert one.shape == (*y.shape, *x.shape) and one.dtype == x.dtype
            for other in others:
                if sample.smooth:
                    close(one, other, rtol=1e-8, atol=1e-9)
                else:  # at a pole, 0 * inf comes about in other places
                    both = np.isfinite(one.numpy()) & np.isfinite(other.numpy())
                    close(one.numpy()[both], other.numpy()[both], rtol=1e-8, atol=1e-9)


# ------------------------------------------------------------------------------------------------ batched, not row by row


def count_steps(monkeypatch):
    """A list that grows with each node that a backward runs."""
    steps = []
    monkeypatch.setattr(hooks, "step", lambda step: steps.append(step[0].op.name) if type(step) is tuple else None)
    return steps


@pytest.mark.parametrize("transform", [jacrev, jacfwd, hessian, lambda f: lambda x: gg.autograd.functional.jacobian(f, x)])
def test_the_work_does_not_grow_with_the_size(transform, monkeypatch):
    def f(x):
        return (x.sin() * x).exp() if transform is not hessian else (x.sin() * x).exp().sum()

    steps = count_steps(monkeypatch)
    counts = []
    for n in (2, 30):
        transform(f)(gg.linspace(0, 1, n, dtype=gg.float64))
        counts.append(len(steps))
        steps.clear()
    assert counts[0] == counts[1] < 60


def test_a_backward_of_ones_own_runs_once():
    runs = []

    class Cube(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            runs.append(g.shape)
            return g * 3 * ctx.saved_tensors[0] ** 2

    x = tensor(X[0])
    close(jacrev(Cube.apply)(x), np.diag(3 * X[0] ** 2))
    assert runs == [(3,)]


@pytest.mark.parametrize("chunk_size", [1, 2, 4, 100])
def test_chunks_give_the_same(chunk_size, monkeypatch):
    x = tensor(X)
    want_rev, want_fwd = jacrev(lambda x: x.sin())(x), jacfwd(lambda x: x.sin())(x)
    steps = count_steps(monkeypatch)
    close(jacrev(lambda x: x.sin(), chunk_size=chunk_size)(x), want_rev)
    assert steps == ["sin"] * -(-6 // chunk_size)
    close(jacfwd(lambda x: x.sin(), chunk_size=chunk_size)(x), want_fwd)


def test_what_cannot_be_batched_runs_in_a_loop():
    """Its value is read in backward."""

    class Host(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return gg.from_numpy(2 * g.numpy())

    close(jacrev(Host.apply)(tensor(X[0])), 2 * np.eye(3))


# ------------------------------------------------------------------------------------------------ second order


def scalars():
    w = tensor(np.random.default_rng(5).standard_normal((3, 3)))
    return {
        "cubic": lambda x: (x**3).sum() + x.prod(),
        "quadratic": lambda x: (x @ w @ x) / 2,
        "softmax": lambda x: (x.softmax(0) * gg.tensor([1.0, 2.0, 4.0], dtype=gg.float64)).sum().log(),
        "norm": lambda x: x.norm() * (x.tanh() @ w).sum(),
        "layer_norm": lambda x: (gg.nn.functional.layer_norm(x, (3,)) ** 3 * x).sum(),
        "where": lambda x: gg.where(x > 0, x**2, x**3).sum() * x[0],
        "index": lambda x: (x[gg.tensor([0, 0, 2])] * x[1:].sum()).prod(),
    }


@pytest.mark.parametrize("name", scalars())
def test_hessians_of_every_kind_agree_with_finite_differences(name):
    f, x, v = scalars()[name], tensor(X[0]), tensor(X[1])
    slope = grad(f)
    numeric = np.stack([((slope(x + EPS * e) - slope(x - EPS * e)) / (2 * EPS)).numpy() for e in gg.eye(3, dtype=gg.float64)])
    found = hessian(f)(x)
    close(found, numeric, rtol=1e-5, atol=1e-7)
    close(found, found.mT, atol=1e-10)
    functional = gg.autograd.functional
    for other in (
        jacrev(jacrev(f))(x), jacfwd(jacfwd(f))(x), jacrev(jacfwd(f))(x), jacrev(grad(f))(x), jacfwd(grad(f))(x),
        functional.hessian(f, x), functional.hessian(f, x, outer_jacobian_strategy="forward-mode"), functional.hessian(f, x, vectorize=False),
        vmap(lambda e: hvp(f, (x,), (e,))[0])(gg.eye(3, dtype=gg.float64)), vmap(vjp(grad(f), x)[1])(gg.eye(3, dtype=gg.float64))[0],
    ):  # fmt: skip
        close(other, found, rtol=1e-9, atol=1e-10)
    product = found @ v
    for other in (
        hvp(f, (x,), (v,))[0], functional.hvp(f, x, v)[1], functional.vhp(f, x, v)[1], jvp(grad(f), (x,), (v,))[1],
        grad(lambda x: gg.dot(grad(f)(x), v))(x), linearize(grad(f), x)[1](v),
    ):  # fmt: skip
        close(other, product, rtol=1e-9, atol=1e-10)


def test_third_and_fourth_derivatives():
    x = gg.tensor(0.7, dtype=gg.float64)
    close(grad(grad(grad(grad(gg.sin))))(x), gg.sin(x))
    close(jacfwd(jacrev(jacfwd(gg.exp)))(x), gg.exp(x))
    cubes = jacfwd(jacrev(jacrev(lambda x: (x**3).sum())))(tensor(X[0]))
    want = np.zeros((3, 3, 3))
    want[range(3), range(3), range(3)] = 6
    close(cubes, want)


# ------------------------------------------------------------------------------------------------ composition


def test_inner_and_outer_derivatives_are_not_confused():
    """d/dx (x * d/dy (x + y)) is 1, which an engine that mixes the two levels gives as 2."""
    one, two = gg.tensor(1.0), gg.tensor(2.0)
    assert grad(lambda x: x * grad(lambda y: x + y)(one))(two).item() == 1
    assert jvp(lambda x: x * jvp(lambda y: x + y, (one,), (one,))[1], (two,), (one,))[1].item() == 1
    assert jvp(lambda x: x * grad(lambda y: x + y)(one), (two,), (one,))[1].item() == 1
    assert grad(lambda x: grad(lambda y: x * y**2)(x))(gg.tensor(3.0)).item() == 12
    assert jacfwd(lambda x: jacrev(lambda y: x * y**2)(x))(gg.tensor(3.0)).item() == 12


def test_derivatives_reach_what_the_function_closes_over():
    w = tensor(X).requires_grad_()
    g = grad(lambda x: (x**2 * w).sum())(tensor(X))
    g.sum().backward()
    close(w.grad, 2 * X)
    x = tensor(X).requires_grad_()
    jacrev(lambda y: (y**3).sum(0))(x).sum().backward()
    close(x.grad, 6 * X)
    assert not grad(lambda x: (x**2).sum())(tensor(X)).requires_grad


def test_no_grad_around_and_inside():
    with gg.no_grad():
        close(grad(lambda x: (x**3).sum())(tensor(X)), 3 * X**2)
        close(jacfwd(lambda x: x**3)(tensor(X[0])), np.diag(3 * X[0] ** 2))

    def f(x):
        with gg.no_grad():
            c = x**2
        return (x * c).sum()

    close(grad(f)(tensor(X)), X**2)

    def g(x):
        with gg.no_grad():
            slope = grad(lambda y: (y**3).sum())(x)
        return (x * slope).sum()

    close(grad(g)(tensor(X)), 3 * X**2)


def test_in_place_writes_inside_are_followed():
    def f(x):
        y = x * 2
        y[0] = x[1] ** 2
        y.mul_(x)
        return y

    x = tensor(X[0])
    want = np.diag([X[0, 1] ** 2, 4 * X[0, 1], 4 * X[0, 2]])
    want[0, 1] = 2 * X[0, 1] * X[0, 0]
    for transform in (jacrev, jacfwd):
        close(transform(f)(x), want)
    close(jvp(f, (x,), (tensor(X[1]),))[1], want @ X[1])


# ------------------------------------------------------------------------------------------------ forms of arguments and results


def test_argnums_nests_and_aux():
    x, y = tensor(X), tensor(X + 1)
    a, b = grad(lambda x, y: (x * y).sum(), argnums=(0, 1))(x, y)
    close(a, y), close(b, x)
    close(grad(lambda x, y: (x * y**2).sum(), argnums=-1)(x, y), 2 * x * y)
    nest = grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": x, "b": [y]})
    close(nest["a"], y), close(nest["b"][0], x)
    g, (aux, n) = grad(lambda x: ((x**2).sum(), (x * 2, 3)), has_aux=True)(x)
    close(g, 2 * x), close(aux, 2 * x)
    assert n == 3 and not aux.requires_grad
    for order, both in ((1, value_and_grad), (-1, grad_and_value)):
        value, g = both(lambda x: (x**2).sum())(x)[::order]
        close(value, (x**2).sum()), close(g, 2 * x)
        (value, aux), g = both(lambda x: ((x**2).sum(), x), has_aux=True)(x)[::order]
        close(value, (x**2).sum()), close(g, 2 * x), close(aux, x)
    close(grad(lambda x, k: (x * k).sum())(x, k=3.0), np.full((2, 3), 3.0))


def test_jacobians_of_nests():
    x, y = tensor(X[0]), tensor(X[1])
    for transform in (jacrev, jacfwd):
        found = transform(lambda x, y: {"p": x * y, "q": (y.sum(),)}, (0, 1))(x, y)
        close(found["p"][0], np.diag(X[1])), close(found["p"][1], np.diag(X[0]))
        close(found["q"][0][0], np.zeros(3)), close(found["q"][0][1], np.ones(3))
        found = transform(lambda d: d["a"] * 2)({"a": x, "b": y})
        close(found["a"], 2 * np.eye(3)), close(found["b"], np.zeros((3, 3)))
        jacobian, aux = transform(lambda x: (x**2, x), has_aux=True)(x)
        close(jacobian, np.diag(2 * X[0])), close(aux, x)
        assert transform(lambda x: x * 2)(gg.ones(0)).shape == (0, 0)
        assert transform(lambda x: gg.ones(2))(gg.ones(0)).shape == (2, 0)


def test_products_check_their_vectors():
    x = tensor(X)
    _, pull = vjp(lambda x: (x.sin(), x.sum()), x)
    close(pull((x, gg.tensor(2.0, dtype=gg.float64)))[0], np.cos(X) * X + 2)
    for _ in range(2):  # it may be called again
        close(vmap(pull)((tensor(np.stack([X, 2 * X])), tensor([0.0, 1.0])))[0], np.stack([np.cos(X) * X, 2 * np.cos(X) * X + 1]))
    with pytest.raises(RuntimeError, match=r"vjp: the upstream gradient: got tensor\[3\] where \(tensor\[2, 3\], tensor\[\]\) is needed"):
        pull(x[0])
    with pytest.raises(RuntimeError, match=r"jvp: the tangents: got \(tensor\[3\],\) where \(tensor\[2, 3\],\) is needed"):
        jvp(lambda x: x, (x,), (x[0],))
    with pytest.raises(RuntimeError, match=r"jvp: primals and tangents must be tuples.*write \(x,\)"):
        jvp(lambda x: x, x, x)
    with pytest.raises(RuntimeError, match="doesn't depend on the inputs, and strict=True"):
        jvp(lambda x: gg.ones(2), (x,), (x,), strict=True)
    found = jvp(lambda x, y: ({"a": x * y}, y), (x, x), (x, x), has_aux=True)
    close(found[0]["a"], X * X), close(found[1]["a"], 2 * X * X), close(found[2], X)


def test_wrong_functions_are_named():
    x = tensor(X)
    with pytest.raises(
        RuntimeError, match=r"grad: the function must return one 0-d tensor, it returned tensor\[2, 3\]: write loss.sum\(\)"
    ):
        grad(lambda x: x * 2)(x)
    with pytest.raises(RuntimeError, match="grad: derivatives are taken by floating tensors, but one holds a int64 tensor"):
        grad(lambda x: x.sum())(gg.tensor([1, 2]))
    with pytest.raises(RuntimeError, match="jacrev: the function must return tensors, or nests of them, it returned a float"):
        jacrev(lambda x: 3.0)(x)
    for transform in (jacrev, grad):
        with pytest.raises(RuntimeError, match="the function must return floating tensors, one is int64"):
            transform(lambda x: x.argmax())(x)
    with pytest.raises(RuntimeError, match="argnums 2 is out of range: the function got 1 positional"):
        grad(lambda x: x.sum(), argnums=2)(x)
    with pytest.raises(RuntimeError, match="argnums must be an int"):
        grad(lambda x: x.sum(), argnums="x")(x)
    with pytest.raises(RuntimeError, match="with has_aux the function must return a pair"):
        grad(lambda x: x.sum(), has_aux=True)(x)


def test_linearize_runs_the_function_once():
    calls = []
    x = tensor(X)
    y, push = linearize(lambda x: (calls.append(1), x.sin())[1], x)
    for v in (x, 2 * x):
        close(push(v), np.cos(X) * v.numpy())
    close(y, np.sin(X))
    assert calls == [1]


# ------------------------------------------------------------------------------------------------ parity


def programs(m):
    """Functions of the library m that give nests of tensors."""
    F, x = m.func, tensor(X, m)
    f = lambda x: m.tanh(x @ x.mT).sum(0) * x[0, 1]
    loss = lambda x, y: (x * y.sin()).mean() ** 2
    yield "grad", lambda: F.grad(loss, (0, 1))(x, x + 1)
    yield "grad of grad", lambda: F.grad(lambda x: F.grad(lambda y: loss(x, y))(x).sum())(x)
    yield "vjp", lambda: F.vjp(f, x)[1](x[0, :2])
    yield "jvp", lambda: F.jvp(f, (x,), (x + 1,))
    yield "jacrev", lambda: F.jacrev(f)(x)
    yield "jacfwd", lambda: F.jacfwd(f)(x)
    yield "hessian", lambda: F.hessian(loss, (0, 1))(x, x + 1)
    yield "linearize", lambda: F.linearize(f, x)[1](x + 1)
    yield "vmap of grad", lambda: F.vmap(F.grad(loss))(x, x + 1)
    yield "vmap of jacrev", lambda: F.vmap(F.jacrev(lambda x: x.softmax(0)))(x)
    yield "vmap of jacfwd", lambda: F.vmap(F.jacfwd(lambda x: x.softmax(0)))(x)
    yield "vmap of hessian", lambda: F.vmap(F.hessian(lambda x: (x.softmax(0) ** 2).sum()))(x)
    yield "jacrev of vmap", lambda: F.jacrev(F.vmap(lambda x: x.sin() * x.sum()))(x)
    yield "jacfwd of vmap", lambda: F.jacfwd(F.vmap(lambda x: x.sin() * x.sum()))(x)
    yield "grad of vmap", lambda: F.grad(lambda w: F.vmap(lambda r: (r * w).sin().sum())(x).sum())(x[0])
    yield "vmap of vmap", lambda: F.vmap(F.vmap(lambda a, b: a * b.exp(), (None, 0)), (0, None))(x, x[0])
    yield "vmap of jvp", lambda: F.vmap(lambda v: F.jvp(m.sin, (x,), (v,))[1])(m.stack([x, x * 2]))
    yield "jvp of vmap", lambda: F.jvp(F.vmap(lambda x: x.softmax(0)), (x,), (x + 1,))
    yield "jacrev of jacfwd of vmap", lambda: F.jacrev(F.jacfwd(F.vmap(lambda x: x.prod())))(x)
    yield "grad of jacobian", lambda: F.grad(lambda x: F.jacrev(lambda y: (y * x).sin())(x).sum())(x[0])


@pytest.mark.parametrize("name", [name for name, _ in programs(gg)])
def test_compositions_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    found, want = (gg.func.tree.leaves(dict(programs(m))[name]()) for m in (gg, torch))
    assert len(found) == len(want)
    for a, b in zip(found, want, strict=True):
        close(a, b, rtol=1e-9, atol=1e-11)
