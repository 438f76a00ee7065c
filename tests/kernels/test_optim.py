"""Passes over all parameters against the optimizers' bodies, one parameter at a time."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import kernels
from glassgrad.nn.utils import clip_grad_norm_, get_total_norm
from glassgrad.optim import SGD, Adam, AdamW

DTYPES = (np.float32, np.float64)
OPTIONS = [
    (SGD, {}), (SGD, {"weight_decay": 0.1}), (SGD, {"maximize": True, "weight_decay": 0.1}), (SGD, {"momentum": 0.9}),
    (SGD, {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}), (SGD, {"momentum": 0.9, "nesterov": True, "maximize": True}),
    (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}), (SGD, {"momentum": 0.9, "weight_decay": 0.1}),
    (Adam, {}), (Adam, {"weight_decay": 0.1}), (Adam, {"amsgrad": True, "maximize": True}), (Adam, {"betas": (0, 0.5), "eps": 1e-3}),
    (AdamW, {}), (AdamW, {"amsgrad": True, "weight_decay": 0.3}), (AdamW, {"maximize": True}), (Adam, {"amsgrad": True, "weight_decay": 0.1}),
]  # fmt: skip
SHAPES = [(64, 33), (33,), (), (0, 3), (1,), (7, 5, 3), (1024,), (1025,), (2, 1023), (63,)]


def leaf(array):
    p = gg.from_numpy(array)
    return p.requires_grad_()


def train(make, options, arrays, grads, mode, steps=4, prepare=None):
    """The parameters and the whole state after some steps; grads(step) gives an array, or None, for each parameter."""
    params = [leaf(x.copy()) for x in arrays]
    optimizer = make(params, lr=0.05, **options)
    with kernels.use(mode), np.errstate(all="ignore"):
        for step in range(steps):
            for p, g in zip(params, grads(step), strict=True):
                p.grad = None if g is None else gg.from_numpy(g)
            if prepare:
                prepare(step, optimizer)
            optimizer.step()
    values = [p.detach().numpy() for p in params]
    held = [value.numpy() if isinstance(value, gg.Tensor) else value for p in params for _, value in sorted(optimizer.state[p].items())]
    return values, held


def some(shapes, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def same(found, want, dtype, scale=1):
    tolerance = {np.float32: 1e-6, np.float64: 1e-14}[dtype] * scale
    for a, b in zip((x for part in found for x in part), (x for part in want for x in part), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
        assert np.asarray(a).dtype == np.asarray(b).dtype


@pytest.fixture
def taken(monkeypatch):
    """What the kernels' entry points answered, in order."""
    answers = []
    for name in ("sgd", "adam", "total_norm", "scale_all"):
        entry = getattr(kernels, name)

        def noted(*args, entry=entry):
            found = entry(*args)
            answers.append(found is not False and found is not NotImplemented)
            return found

        monkeypatch.setattr(kernels, name, noted)
    return answers


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("make", "options"), OPTIONS)
def test_each_option_is_the_bodys(make, options, dtype, taken):
    arrays = some(SHAPES, dtype)
    grads = lambda step: some(SHAPES, dtype, step + 1)
    found = train(make, options, arrays, grads, "numba")
    starts = make is not SGD or "momentum" in options  # the first step makes the state, one by one
    assert taken == [True] * (3 if starts else 4)
    want = train(make, options, arrays, grads, "numpy")
    same(found, want, dtype, 4)


@settings(max_examples=40, deadline=None)
@given(
    shapes=st.lists(st.lists(st.integers(0, 40), max_size=3), min_size=1, max_size=6),
    which=st.sampled_from([OPTIONS[0], OPTIONS[4], OPTIONS[12], OPTIONS[10]]),
    dtype=st.sampled_from(DTYPES),
    missing=st.integers(0, 2**12),
)
def test_any_shapes_and_missing_gradients(shapes, which, dtype, missing):
    arrays = some(shapes, dtype)

    def grads(step):
        return [None if missing >> (6 * (step % 2) + i) & 1 else g for i, g in enumerate(some(shapes, dtype, step + 1))]

    make, options = which
    same(train(make, options, arrays, grads, "numba"), train(make, options, arrays, grads, "numpy"), dtype, 4)


@pytest.mark.parametrize("make", [SGD, AdamW])
def test_twenty_steps_are_pytorchs(make):
    torch = pytest.importorskip("torch", reason="PyTorch isn't installed: parity with it was not checked")
    options = {"lr": 0.01, **({"momentum": 0.9} if make is SGD else {})}
    shapes = [s for s in SHAPES if 0 not in s]
    ours = [leaf(x) for x in some(shapes, np.float32)]
    theirs = [torch.tensor(x, requires_grad=True) for x in some(shapes, np.float32)]
    mine, other = make(ours, **options), getattr(torch.optim, make.__name__)(theirs, **options)
    schedules = [gg.optim.lr_scheduler.StepLR(mine, 5, 0.5), torch.optim.lr_scheduler.StepLR(other, 5, 0.5)]
    for step in range(20):
        for p, q, g in zip(ours, theirs, some(shapes, np.float32, step + 1), strict=True):
            p.grad, q.grad = gg.tensor(g), torch.tensor(g)
        norm = clip_grad_norm_(ours, 20.0)
        assert norm.item() == pytest.approx(torch.nn.utils.clip_grad_norm_(theirs, 20.0).item(), rel=1e-6)
        mine.step()
        other.step()
        for schedule in schedules:
            schedule.step()
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("make", "options"), [OPTIONS[i] for i in (0, 1, 7, 8, 9, 13, 15)])
def test_nan_and_inf_pass_through(make, options):
    inf, nan = np.inf, np.nan
    (x,) = some([(200,)], np.float32)
    x[:4], x[150:154] = (inf, -inf, nan, 0), (0, nan, inf, -inf)

    def grads(step):
        (g,) = some([(200,)], np.float32, step + 1)
        g[2:8], g[160:164], g[190:] = (0, inf, -inf, nan, 1e30, -1e-40), (0, inf, -inf, nan), 0
        return [g]

    same(train(make, options, [x], grads, "numba"), train(make, options, [x], grads, "numpy"), np.float32, 4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_number_of_threads_changes_no_bit(dtype, monkeypatch):
    optim = pytest.importorskip("glassgrad.kernels.optim")
    monkeypatch.setattr(optim, "SERIAL", 1)
    monkeypatch.setattr(optim, "SERIAL_ADAM", 1)
    shapes = [*SHAPES, (3, 5000), (10_007,)]
    arrays = some(shapes, dtype)
    grads = lambda step: some(shapes, dtype, step + 1)
    before, found = gg.get_num_threads(), []
    try:
        for n in (1, 2, 3):
            gg.set_num_threads(n)
            gs = grads(0)
            steps = [
                train(make, options, arrays, grads, "numba", steps=3) for make, options in (OPTIONS[1], OPTIONS[4], OPTIONS[9], OPTIONS[13])
            ]
            norm = kernels.total_norm(gs)
            assert kernels.scale_all(gs, 0.3)
            found.append([np.asarray(a).tobytes() for values, held in steps for a in (*values, *held)] + [norm] + [g.tobytes() for g in gs])
    finally:
        gg.set_num_threads(before)
    assert found[0] == found[1] == found[2]


# ------------------------------------------------------------------------------------------------ what isn't taken


def odd(kind):
    """Parameters and a function of their gradients, of which one doesn't fit."""
    arrays, change = some([(40, 30), (50,)], np.float32), lambda gs: gs
    if kind == "columns first":
        arrays[0] = np.asfortranarray(arrays[0])
    elif kind == "every second":
        arrays[1] = np.repeat(arrays[1], 2)[::2]
    elif kind == "unaligned":
        arrays[1] = np.frombuffer(bytearray(b"." + arrays[1].tobytes()), np.uint8)[1:].view(np.float32)
    elif kind == "mixed dtypes":
        arrays[1] = arrays[1].astype(np.float64)
    elif kind == "half":
        arrays = [x.astype(np.float16) for x in arrays]
    elif kind == "a strided gradient":
        change = lambda gs: [gs[0], np.repeat(gs[1], 2)[::2]]
    elif kind == "an expanded gradient":
        change = lambda gs: [gs[0], np.broadcast_to(gs[1][:1], (50,))]
    elif kind == "a gradient columns first":
        change = lambda gs: [np.asfortranarray(gs[0]), gs[1]]
    return arrays, lambda step: change(
        [g.astype(x.dtype) for g, x in zip(some([(40, 30), (50,)], np.float64, step + 1), arrays, strict=True)]
    )


KINDS = [
    "columns first", "every second", "unaligned", "mixed dtypes", "half", "a strided gradient", "an expanded gradient", "a gradient columns first",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("make", "options"), [OPTIONS[0], OPTIONS[3], OPTIONS[12]])
def test_what_does_not_fit_is_left_to_the_body(make, options, kind, taken):
    results = []
    for mode in ("numba", "numpy"):
        arrays, grads = odd(kind)
        params = [leaf(x) for x in arrays]  # on the arrays themselves: copies would be contiguous
        optimizer = make(params, lr=0.05, **options)
        with kernels.use(mode):
            for step in range(3):
                for p, g in zip(params, grads(step), strict=True):
                    p.grad = gg.from_numpy(g) if g.flags.writeable else gg.from_numpy(g[:1].copy()).expand(g.shape)
                optimizer.step()
        assert not any(taken)
        results.append([p.detach().numpy() for p in params])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


def test_memory_that_is_shared():
    def steps(mode, options, make):
        memory = np.linspace(-1, 1, 300, dtype=np.float32)
        one, two, three = (leaf(memory[a:b]) for a, b in ((0, 200), (100, 300), (100, 300)))
        optimizer = make([one, two, three], lr=0.1, **options)
        with kernels.use(mode):
            for step in range(3):
                g = gg.from_numpy(some([(200,)], np.float32, step)[0])
                one.grad = two.grad = three.grad = g  # of what is only read, a share is fine
                optimizer.step()
                one.grad = gg.from_numpy(memory[50:250])  # its own memory, shifted
                optimizer.step()
        return memory

    for make, options in (OPTIONS[0], OPTIONS[3], OPTIONS[12]):
        np.testing.assert_array_equal(steps("numba", options, make), steps("numpy", options, make))


def test_shared_gradients_are_taken_and_shared_parameters_are_not():
    x, y, g = (np.ones(100, np.float32) for _ in range(3))
    assert kernels.sgd([x, y], [g, g], None, 0.5, 0.0, 0.0, 0.0, False, False) and y[0] == 0.5
    assert not kernels.sgd([x, x], [g, g], None, 0.5, 0.0, 0.0, 0.0, False, False)
    assert not kernels.sgd([x, y], [y, g], None, 0.5, 0.0, 0.0, 0.0, False, False)
    assert not kernels.sgd([x[:60], x[40:]], [g[:60], g[:60]], None, 0.5, 0.0, 0.0, 0.0, False, False)
    assert kernels.sgd([x[:50], x[50:]], [g[:50], g[20:70]], None, 0.5, 0.0, 0.0, 0.0, False, False) and (x == 0).all()
    assert not kernels.scale_all([g, g], 2.0) and kernels.scale_all([g], 2.0) and kernels.total_norm([g, g]) == pytest.approx(800**0.5)
    x.flags.writeable = False
    assert not kernels.sgd([x, y], [g, g], None, 0.5, 0.0, 0.0, 0.0, False, False)
    assert kernels.total_norm([x, y]) == 5
    assert not kernels.sgd([y], [np.ones(99, np.float32)], None, 0.5, 0.0, 0.0, 0.0, False, False)
    assert not kernels.sgd([y], [np.ones((1, 100), np.float32)], None, 0.5, 0.0, 0.0, 0.0, False, False)
    assert (y == 0.5).all()


def test_overlaps_are_found_in_any_order(rng):
    memory, found = np.zeros(500), set()
    for _ in range(200):
        starts = rng.integers(0, 480, 5).tolist()
        x, m, v, most, g = ([memory[at : at + 20]] for at in starts)
        apart = all(abs(a - b) >= 20 for a, b in combinations(starts, 2))
        assert kernels.adam(x, g, m, v, most, [1], 0.1, 0.9, 0.999, 1e-8, 0.0, True, False) == apart
        found.add(apart)
    assert found == {True, False}


def test_an_update_of_ones_own_is_used(taken):
    class Signs(SGD):
        def update(self, x, g, state, group):
            x -= np.sign(g)

    class Late(Adam):
        def update(self, x, g, state, group):
            super().update(x, 2 * g, state, group)

    for make in (Signs, Late):
        p = gg.ones(100, requires_grad=True)
        p.grad = gg.ones(100)
        optimizer = make([p], lr=0.1)
        optimizer.step()
        optimizer.step()
    assert not taken and optimizer.state[p]["exp_avg"].tolist()[0] == pytest.approx(2 * (1 - 0.9**2))


# ------------------------------------------------------------------------------------------------ nothing goes stale


def test_what_is_replaced_between_steps_is_seen():
    def prepare(step, optimizer):
        (group,) = optimizer.param_groups
        a, b = group["params"]
        if step == 2:
            group["lr"], group["weight_decay"] = 0.5, 0.1
        if step == 3:
            a.data = a.data * 2
            a.grad = gg.from_numpy(a.grad.numpy() * 3)
        if step == 4:
            optimizer.load_state_dict({**optimizer.state_dict()})
        if step == 5:
            for key, value in optimizer.state[b].items():
                if key != "step":
                    optimizer.state[b][key] = gg.full_like(value, 0.5)
            optimizer.state.pop(a, None)
        if step == 6 and "betas" in group:
            group["betas"], group["amsgrad"], group["lr"] = (0.5, 0.6), True, gg.tensor(0.3)
        if step == 6 and "momentum" in group:
            group["momentum"], group["nesterov"], group["lr"] = 0.5, True, np.float32(0.3)
        if step == 8:
            group["maximize"] = True

    shapes = [(40, 3), (77,)]
    for make, options in (OPTIONS[0], OPTIONS[3], OPTIONS[8], OPTIONS[12]):
        results = [
            train(make, options, some(shapes, np.float64), lambda step: some(shapes, np.float64, step + 1), mode, 10, prepare)
            for mode in ("numba", "numpy")
        ]
        same(*results, np.float64, 10)


def test_groups_have_options_of_their_own(taken):
    shapes = [(40, 3), (77,), (5, 5)]
    groups = lambda params: [
        {"params": params[:1], "lr": 0.5, "weight_decay": 0.0},
        {"params": params[1:], "betas": (0.5, 0.9), "amsgrad": True},
    ]
    results = [
        train(lambda params, lr: AdamW(groups(params), lr=lr), {}, some(shapes, np.float64), lambda s: some(shapes, np.float64, s), mode)
        for mode in ("numba", "numpy")
    ]
    same(*results, np.float64, 4)
    assert taken == [True] * 6 + [False] * 6


def test_a_resumed_run_is_the_same_to_the_bit():
    shapes = [(40, 3), (77,)]
    for make, options in (OPTIONS[3], OPTIONS[12]):
        whole = [leaf(x) for x in some(shapes, np.float32)]
        first = make(whole, **options)
        for step in range(6):
            if step == 3:
                rest = [p.detach().clone().requires_grad_() for p in whole]
                second = make(rest, **options)
                second.load_state_dict(first.state_dict())
            for params, optimizer in ((whole, first), (rest, second)) if step >= 3 else ((whole, first),):
                for p, g in zip(params, some(shapes, np.float32, step), strict=True):
                    p.grad = gg.from_numpy(g)
                optimizer.step()
        for p, q in zip(whole, rest, strict=True):
            np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())


def test_a_step_is_noted_as_a_write():
    p = gg.ones(100, requires_grad=True)
    optimizer = AdamW([p])
    for _ in range(2):  # the second by the kernel
        y = (p * p).sum()
        p.grad = gg.ones(100)
        optimizer.step()
        with pytest.raises(RuntimeError, match=r"mul saved its argument a .*test_optim.py:\d+ has since written"):
            y.backward()


# ------------------------------------------------------------------------------------------------ norm and scale


@settings(max_examples=60, deadline=None)
@given(shapes=st.lists(st.lists(st.integers(0, 60), max_size=2), min_size=1, max_size=6), dtype=st.sampled_from(DTYPES))
def test_norm_and_scale_for_any_shapes(shapes, dtype):
    gs = some(shapes, dtype)
    joined = np.concatenate([g.reshape(-1) for g in gs])
    found = kernels.total_norm(gs)
    if not joined.size:
        assert found is NotImplemented and not kernels.scale_all(gs, 0.5)
        return
    assert found == pytest.approx(float(np.linalg.norm(joined.astype(np.float64))), rel=1e-14)
    assert kernels.scale_all(gs, 0.3)
    np.testing.assert_array_equal(np.concatenate([g.reshape(-1) for g in gs]), joined * dtype(0.3))


def test_norm_of_what_float32_cannot_square():
    big, small = np.full(100, 1e30, np.float32), np.full(100, 1e-30, np.float32)
    assert kernels.total_norm([big]) == pytest.approx(1e31) and kernels.total_norm([small]) == pytest.approx(1e-29)
    assert get_total_norm([gg.from_numpy(big)]).item() == pytest.approx(1e31)
    for bad in (np.inf, -np.inf, np.nan):
        big[70] = bad
        assert np.isnan(kernels.total_norm([big])) if np.isnan(bad) else kernels.total_norm([big]) == np.inf


def test_clipping_is_the_bodys(taken):
    for limit in (0.5, 1e9):
        results = []
        for mode in ("numba", "numpy"):
            params = [leaf(np.zeros(shape, np.float32)) for shape in SHAPES]
            for p, g in zip(params, some(SHAPES, np.float32), strict=True):
                p.grad = gg.from_numpy(g)
            with kernels.use(mode):
                norm = clip_grad_norm_(params, limit)
            results.append([norm.numpy(), *(p.grad.numpy() for p in params)])
        for a, b in zip(*results, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)
            assert a.dtype == b.dtype == np.float32
    assert taken == [True, True, False, False, True, False]


def test_few_elements_are_left_to_numpy():
    p = gg.ones(5, requires_grad=True)
    p.grad = gg.ones(5)
    with kernels.use("auto"):
        assert kernels.total_norm([np.ones(5)]) is NotImplemented and kernels.total_norm([np.ones(3)] * 3) is NotImplemented
        assert kernels.total_norm([np.ones(40), np.ones(40)]) == pytest.approx(80**0.5)
        assert not kernels.sgd([np.ones(5)], [np.ones(5)], None, 0.5, 0.0, 0.0, 0.0, False, False)
        SGD([p], lr=0.5).step()
    assert p.tolist() == [0.5] * 5
