"""autograd.Function: what backward may return, what is saved, higher orders, and errors instead of wrong gradients."""

import gc
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad.autograd import Function, gradcheck, gradgradcheck, once_differentiable


def leaf(*values):
    return gg.tensor(values if len(values) != 1 else values[0], dtype=gg.float64, requires_grad=True)


def function(forward, backward, base=None, **members):
    """A Function of these two."""
    made = dict(forward=staticmethod(forward), backward=staticmethod(backward), **members)
    return type("Mine", ((base or gg).autograd.Function,), made)


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class Product(Function):
    """Two tensors and a number; two outputs, in the style with setup_context."""

    @staticmethod
    def forward(a, b, k):
        return a * b * k, (a + b).sum()

    @staticmethod
    def setup_context(ctx, inputs, output):
        a, b, ctx.k = inputs
        ctx.save_for_backward(a, b)

    @staticmethod
    def backward(ctx, g, total):
        a, b = ctx.saved_tensors
        return g * b * ctx.k + total, g * a * ctx.k + total, None


double = gg.float64


# ------------------------------------------------------------------------------------------------ gradients


def test_gradients_of_every_order():
    x = leaf(0.5, -2.0)
    for cls, derivatives in ((Cube, (3 * x**2, 6 * x, 6 * x**0)), (Exp, (x.exp(),) * 3)):
        (g,) = gg.autograd.grad(cls.apply(x).sum(), x, create_graph=True)
        for want in derivatives:
            np.testing.assert_allclose(g.detach().numpy(), want.detach().numpy(), rtol=1e-14)
            (g,) = gg.autograd.grad(g.sum(), x, create_graph=True)


def test_gradcheck_takes_functions():
    x, y = leaf(0.5, -2.0), leaf(1.5, 0.3)
    assert gradcheck(Cube.apply, (x,)) and gradgradcheck(Cube.apply, (x,))
    assert gradcheck(Exp.apply, (x,)) and gradgradcheck(Exp.apply, (x,))
    assert gradcheck(lambda a, b: Product.apply(a, b, 2.0), (x, y)) and gradgradcheck(lambda a, b: Product.apply(a, b, 2.0), (x, y))
    wrong = function(lambda ctx, x: x * 2, lambda ctx, g: g * 3)
    with pytest.raises(gg.autograd.GradcheckError):
        gradcheck(wrong.apply, (x,))


def test_setup_context_and_several_outputs_are_as_in_the_old_style():
    x, y = leaf(0.5, -2.0), leaf(1.5, 0.3)
    out, total = Product.apply(x, y, 2.0)
    (out.sum() * 3 + total).backward()
    assert (x.grad == 3 * 2 * y + 1).all() and (y.grad == 3 * 2 * x + 1).all()
    x.grad = None
    Product.apply(x, y, 2.0)[1].backward()  # the other output has zeros
    assert (x.grad == 1).all()


def test_it_is_used_twice_and_among_other_ops():
    x = leaf(0.5, -2.0)
    (Cube.apply(Exp.apply(x) * 2) + Exp.apply(x)).sum().backward()
    e = np.exp([0.5, -2.0])
    np.testing.assert_allclose(x.grad.numpy(), 3 * (2 * e) ** 2 * 2 * e + e, rtol=1e-14)


def test_the_gradient_takes_the_dtype_of_the_argument():
    x = gg.ones(2, requires_grad=True)
    function(lambda ctx, x: x.double(), lambda ctx, g: g).apply(x).sum().backward()
    assert x.grad.dtype == gg.float32


def test_none_is_no_gradient():
    x, y = leaf(1.0), leaf(2.0)
    function(lambda ctx, a, b: a * b, lambda ctx, g: (None, g)).apply(x, y).backward()
    assert x.grad is None and y.grad.item() == 1


# ------------------------------------------------------------------------------------------------ what backward returns


def returning(what, forward=lambda ctx, x: x * 1, *args):
    x = leaf(1.0, 2.0)
    function(forward, lambda ctx, g: what(g)).apply(x, *args).sum().backward()
    return x.grad


@given(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(0, 3), max_size=3))
def test_a_gradient_of_another_shape_raises_even_if_it_broadcasts(shape, other):
    x = gg.ones(*shape, dtype=double, requires_grad=True) if shape else leaf(1.0)
    apply = function(lambda ctx, x: x.sum(), lambda ctx, g: gg.ones(other, dtype=double)).apply
    if shape == other:
        apply(x).backward()
        assert (x.grad == 1).all()
    else:
        with pytest.raises(RuntimeError, match="Mine: backward returned a gradient of shape .* for argument 0 .x. of shape"):
            apply(x).backward()
        assert x.grad is None


def test_the_number_of_gradients_is_that_of_the_arguments():
    with pytest.raises(RuntimeError, match=r"Mine: backward returned 1 gradients, but forward took 2 arguments \(x, k\)"):
        returning(lambda g: g, lambda ctx, x, k: x * k, 2.0)
    with pytest.raises(RuntimeError, match="backward returned 2 gradients, but forward took 1 arguments"):
        returning(lambda g: (g, g))
    assert (returning(lambda g: (g, None)) == 1).all()  # as PyTorch does


def test_a_gradient_is_a_floating_tensor():
    with pytest.raises(TypeError, match=r"backward returned a float for argument 0 \(x\)"):
        returning(lambda g: 3.0)
    with pytest.raises(TypeError, match="backward returned a ndarray"):
        returning(lambda g: g.numpy())
    with pytest.raises(RuntimeError, match="int64 gradient"):
        returning(lambda g: g.long())


def test_a_gradient_for_what_is_no_tensor_raises():
    with pytest.raises(RuntimeError, match=r"a gradient for argument 1 \(k\), which was no tensor: return None there"):
        returning(lambda g: (g, g), lambda ctx, x, k: x * k, 2.0)


def test_a_gradient_for_a_tensor_that_needs_none_is_dropped():
    x, c = leaf(1.0), gg.ones((), dtype=double)
    function(lambda ctx, a, b: a * b, lambda ctx, g: (g, g)).apply(x, c).backward()
    assert x.grad.item() == 1 and c.grad is None


def test_an_error_in_backward_says_whose():
    with pytest.raises(ZeroDivisionError) as told:
        returning(lambda g: 1 / 0)
    assert "Mine" in told.value.__notes__[0]


# ------------------------------------------------------------------------------------------------ ctx


def test_needs_input_grad():
    seen = []
    apply = function(lambda ctx, a, b, k: (seen.append(ctx.needs_input_grad), a * b)[1], lambda ctx, g: (g, g, None)).apply
    x, c = leaf(1.0), gg.ones((), dtype=double)
    apply(x, c, 3)
    apply(c, x * 2, 3)
    apply(c, c, 3)
    assert seen == [(True, False, False), (False, True, False), (False, False, False)]


def test_mark_non_differentiable():
    def forward(ctx, x):
        order = x.argsort().double()
        ctx.mark_non_differentiable(order)
        return x * 2, order

    x = leaf(3.0, 1.0)
    seen = []
    y, order = function(forward, lambda ctx, g, none: (seen.append(none), g * 2)[1]).apply(x)
    assert y.requires_grad and not order.requires_grad and order.is_leaf
    y.sum().backward()
    assert (x.grad == 2).all() and (seen[0] == 0).all()


def test_integer_outputs_need_no_mark():
    assert not function(lambda ctx, x: x.argmax(), lambda ctx, g: g).apply(leaf(1.0, 2.0)).requires_grad


@pytest.mark.parametrize("materialize", [True, False])
def test_materialize_grads(materialize):
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(materialize)
        return x * 2, x.sum() * 3

    x = leaf(1.0, 2.0)
    function(forward, lambda ctx, g, h: (seen.append((g, h)), x.detach() * h)[1]).apply(x)[1].backward()
    assert seen[0][1].item() == 1
    assert (seen[0][0] == 0).all() and seen[0][0].shape == (2,) if materialize else seen[0][0] is None


def test_mark_dirty_and_writes_to_arguments_raise():
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    with pytest.raises(RuntimeError, match="mark_dirty: a Function can't write to its inputs in place"):
        function(forward, lambda ctx, g: g).apply(leaf(1.0) * 1)
    with pytest.raises(RuntimeError, match=r"forward wrote to argument 0 \(shape \(2,\)\) in place"):
        function(lambda ctx, x: x.mul_(2), lambda ctx, g: g).apply(leaf(1.0, 2.0) * 1)


def test_save_for_backward_takes_tensors_and_none():
    def forward(ctx, x):
        ctx.save_for_backward(None, x)
        return x * 1

    def backward(ctx, g):
        nothing, x = ctx.saved_tensors
        assert nothing is None
        return g * x

    x = leaf(3.0)
    function(forward, backward).apply(x).backward()
    assert x.grad.item() == 3
    with pytest.raises(TypeError, match="save_for_backward: only tensors and None, got float: write ctx.name"):
        function(lambda ctx, x: ctx.save_for_backward(3.0), backward).apply(x)
    with pytest.raises(RuntimeError, match="saved_tensors: they can be read in backward only"):
        function(lambda ctx, x: ctx.saved_tensors, backward).apply(x)


def test_attributes_of_ctx():
    def forward(ctx, x):
        ctx.x, ctx.y, ctx.k = x, x.exp(), 2
        return ctx.y

    def backward(ctx, g):
        assert ctx.k == 2
        return g * ctx.y + 0 * ctx.x

    x = leaf(0.5, 1.0)
    assert gradgradcheck(function(forward, backward).apply, (x,))  # arguments and outputs are followed


# ------------------------------------------------------------------------------------------------ never silently wrong


def test_a_saved_argument_or_output_that_was_written_over_raises():
    x = leaf(1.0, 2.0)
    h = x * 1
    y = Cube.apply(h)
    h.add_(1)
    with pytest.raises(RuntimeError, match=r"Cube saved its argument x \(shape \(2,\)\) for backward, and .*test_function.py"):
        y.sum().backward()
    y = Exp.apply(x)
    y.mul_(2)
    with pytest.raises(RuntimeError, match="Exp saved its output"):
        y.sum().backward()


def test_an_attribute_that_was_written_over_raises_too():
    def forward(ctx, x):
        ctx.x = x
        return x**2

    h = leaf(1.0, 2.0) * 1
    y = function(forward, lambda ctx, g: g * 2 * ctx.x).apply(h)
    h.add_(1)
    with pytest.raises(RuntimeError, match=r"Mine: ctx.x \(shape \(2,\)\) was written over in place since forward"):
        y.sum().backward()


def test_an_output_that_isnt_saved_may_be_written_to():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x)
    y.mul_(2)
    y.sum().backward()
    assert (x.grad == 6 * x**2).all()


@pytest.mark.parametrize(
    "share", [lambda x: x, lambda x: x.view(2, 1), lambda x: x[:], lambda x: x.detach()], ids=["x", "view", "slice", "detach"]
)
def test_an_output_that_shares_memory_with_an_argument_is_apart_from_it(share):
    """So that a write to one, whose gradient could not follow, leaves the other."""
    apply = function(lambda ctx, x: share(x), lambda ctx, g: g.reshape(2) * 5).apply
    x = leaf(1.0, 2.0)
    assert apply(x) is not x and x.is_leaf
    h = x * 1
    y = apply(h)
    y.mul_(3)
    assert (h == x).all()
    (h.sum() + y.sum()).backward()
    assert (x.grad == 1 + 3 * 5).all()
    h = x.detach().clone()
    y = apply(h)
    y.mul_(leaf(3.0))
    assert (h == x).all()


def test_outputs_that_share_memory_with_each_other_are_apart():
    x = leaf(1.0, 2.0)

    def forward(ctx, x):
        y = x * 2
        return y, y[0], y

    a, b, c = function(forward, lambda ctx, a, b, c: 2 * (a + c) + 0 * b).apply(x)
    a.zero_()
    assert b.item() == 2 and c.tolist() == [2, 4]
    (a + c).sum().backward()
    assert (x.grad == 2).all()


def test_a_value_in_between_has_no_second_derivative():
    def forward(ctx, x):
        e = x.exp()
        ctx.save_for_backward(e)
        return e * 2

    x = leaf(0.5)
    (g,) = gg.autograd.grad(function(forward, lambda ctx, g: g * 2 * ctx.saved_tensors[0]).apply(x), x, create_graph=True)
    assert g.item() == 2 * np.exp(0.5)
    with pytest.raises(RuntimeError, match="a value that forward computed and kept, which is no argument and no output"):
        gg.autograd.grad(g, x)

    def forward(ctx, x):
        ctx.e = x.exp()
        return ctx.e * 2

    (g,) = gg.autograd.grad(function(forward, lambda ctx, g: g * 2 * ctx.e).apply(x), x, create_graph=True)
    with pytest.raises(RuntimeError, match="return it from forward too, compute it in backward, or keep x.detach"):
        gg.autograd.grad(g, x)


def test_masks_and_detached_values_are_constants():
    def forward(ctx, x):
        ctx.save_for_backward(x, x > 0, (x > 0).double(), x.detach().sign())
        return x.abs() * x

    def backward(ctx, g):
        x, positive, one, sign = ctx.saved_tensors
        return g * 2 * x * gg.where(positive, 1.0, -1.0) * (one + 1) / (one + 1) * sign * sign

    assert gradgradcheck(function(forward, backward).apply, (leaf(0.5, -1.5),))


def test_outputs_without_gradients_are_constants_too():
    def forward(ctx, x):
        sign = x.sign()
        ctx.mark_non_differentiable(sign)
        ctx.save_for_backward(x, sign)
        return x * x * sign, sign

    def backward(ctx, g, none):
        x, sign = ctx.saved_tensors
        return g * 2 * x * sign + none * 7

    assert gradgradcheck(lambda x: function(forward, backward).apply(x)[0], (leaf(0.5, -1.5),))


def test_once_differentiable():
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            assert not g.requires_grad and not x.requires_grad
            return gg.from_numpy(g.numpy() * 2 * x.numpy())

    x = leaf(1.0, 2.0)
    (g,) = gg.autograd.grad(Once.apply(x).sum(), x, create_graph=True)
    assert (g == 2 * x).all() and g.requires_grad
    with pytest.raises(RuntimeError, match="Once: its backward is marked @once_differentiable, so there is no second derivative"):
        gg.autograd.grad(g.sum(), x)


def test_a_second_backward_says_what_is_gone():
    y = Cube.apply(leaf(1.0))
    y.backward()
    with pytest.raises(RuntimeError, match=r"Cube .* a second time: its saved values \(x\)"):
        y.backward()


# ------------------------------------------------------------------------------------------------ the call


def test_the_graph_is_only_recorded_where_it_is_wanted():
    x, c = leaf(1.0), gg.ones((), dtype=double)
    assert Cube.apply(x).grad_fn.name() == "CubeBackward" and Cube.apply(x).requires_grad
    assert not Cube.apply(c).requires_grad
    with gg.no_grad():
        assert not Cube.apply(x).requires_grad


def test_grad_mode_is_off_in_forward_and_first_order_backward():
    modes = []

    def forward(ctx, x):
        modes.append(gg.is_grad_enabled())
        return x * 1

    def backward(ctx, g):
        modes.append(gg.is_grad_enabled())
        return g

    x = leaf(1.0)
    y = function(forward, backward).apply(x)
    gg.autograd.grad(y, x, create_graph=True)
    y.backward()
    assert modes == [False, True, False]


def test_outputs_keep_their_form_and_what_is_no_tensor():
    def apply(what):
        return function(lambda ctx, x: what(x), lambda ctx, *g: g[0]).apply(leaf(1.0))

    assert type(apply(lambda x: [x * 1, x * 2])) is list and type(apply(lambda x: (x * 1,))) is tuple
    y, nothing, five = apply(lambda x: (x * 2, None, 5))
    assert y.requires_grad and nothing is None and five == 5


def test_wrong_calls_say_what_to_write():
    with pytest.raises(TypeError, match="Cube.apply: takes positional arguments only, got x="):
        Cube.apply(x=leaf(1.0))
    with pytest.raises(RuntimeError, match=r"Cube: an instance can't be called: write Cube.apply"):
        Cube()(leaf(1.0))
    with pytest.raises(NotImplementedError, match="write a static method forward"):
        type("Empty", (Function,), {}).apply(leaf(1.0))
    with pytest.raises(RuntimeError, match="must be static methods"):
        type("Old", (Function,), {"forward": lambda self, x: x}).apply(leaf(1.0))
    with pytest.raises(NotImplementedError, match="write a static method backward"):
        type("Half", (Function,), {"forward": staticmethod(lambda ctx, x: x * 1)}).apply(leaf(1.0)).backward()


def test_a_subclass_inherits_forward():
    class Twice(Cube):
        @staticmethod
        def backward(ctx, g):
            return 2 * Cube.backward(ctx, g)

    x = leaf(2.0)
    Twice.apply(x).backward()
    assert x.grad.item() == 24


def test_it_leaves_no_reference_cycle():
    x = leaf(1.0)
    gc.disable()
    try:
        y = Exp.apply(x)
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
        a, b = Product.apply(x, x, 2.0)
        node = weakref.ref(a.grad_fn.parents[0])
        del a, b
        assert node() is None
    finally:
        gc.enable()


def test_saving_is_not_told_as_detaching():
    x, other = leaf(1.0), leaf(2.0)
    Cube.apply(x)
    assert "detached" not in gg.why_no_grad(x, other * 2)


def test_a_long_chain_is_walked_and_freed():
    class Keep(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = x
            return x * 1.0

        @staticmethod
        def backward(ctx, g):
            return g

    x = leaf(1.0)
    y = x
    for _ in range(20_000):
        y = Keep.apply(y)
    y.backward()
    del y
    assert x.grad.item() == 1


def test_a_graph_inside_forward():
    """Backward by a graph of its own, recorded in forward."""

    def forward(ctx, x):
        with gg.enable_grad():
            ctx.x = x.detach().requires_grad_()
            ctx.y = (ctx.x**2).sum()
        return ctx.y.detach()

    x = leaf(1.0, 2.0)
    function(forward, lambda ctx, g: gg.autograd.grad(ctx.y, ctx.x)[0] * g).apply(x).backward()
    assert (x.grad == 2 * x).all()


def test_a_backward_in_another_thread():
    x = leaf(2.0)
    thread = threading.Thread(target=Cube.apply(x).backward)
    thread.start()
    thread.join()
    assert x.grad.item() == 12


# ------------------------------------------------------------------------------------------------ transforms


def test_transforms_take_functions():
    x = gg.arange(6.0, dtype=double).reshape(3, 2)
    np.testing.assert_allclose(gg.func.vmap(gg.func.grad(lambda x: Cube.apply(x).sum()))(x).numpy(), 3 * x.numpy() ** 2)
    np.testing.assert_allclose(gg.func.jacrev(Cube.apply)(x[1]).numpy(), np.diag(3 * x[1].numpy() ** 2))
    np.testing.assert_allclose(gg.func.jacfwd(Exp.apply)(x[1]).numpy(), np.diag(np.exp(x[1].numpy())))
    np.testing.assert_allclose(gg.func.hessian(lambda x: Cube.apply(x).sum())(x[1]).numpy(), np.diag(6 * x[1].numpy()))
    a, total = gg.func.vmap(lambda a, b: Product.apply(a, b, 2.0), (0, None))(x, x[0])
    assert (a == x * x[0] * 2).all() and (total == (x + x[0]).sum(1)).all()


def test_second_order_inside_vmap_follows_outputs_and_attributes():
    def forward(ctx, x):
        ctx.y = x.exp()
        return ctx.y

    attribute = function(forward, lambda ctx, g: g * ctx.y)
    x = gg.arange(6.0, dtype=double).reshape(3, 2) / 5
    for cls in (Exp, attribute):
        found = gg.func.vmap(gg.func.hessian(lambda x, cls=cls: cls.apply(x).sum()))(x)
        np.testing.assert_allclose(found.numpy(), np.stack([np.diag(np.exp(row)) for row in x.numpy()]))


def test_a_vmap_of_its_own():
    calls = []

    class Sort(Function):
        @staticmethod
        def forward(x):
            values = x.detach().numpy()
            order = np.argsort(values, axis=-1)
            return gg.from_numpy(np.take_along_axis(values, order, -1)), gg.from_numpy(order)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(output[1])
            ctx.mark_non_differentiable(output[1])

        @staticmethod
        def backward(ctx, g, none):
            return gg.zeros_like(g).scatter(-1, ctx.saved_tensors[0], g)

        @staticmethod
        def vmap(info, in_dims, x):
            calls.append((info.batch_size, info.randomness, in_dims))
            return Sort.apply(x.movedim(in_dims[0], 0)), (0, 0)

    x = gg.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 4.0]], dtype=double, requires_grad=True)
    y, order = gg.func.vmap(Sort.apply)(x)
    assert y.tolist() == [[1, 2, 3], [0, 4, 5]] and order.tolist() == [[1, 2, 0], [0, 2, 1]]
    assert calls == [(2, "error", (0,))]
    (y * gg.tensor([1.0, 2.0, 3.0], dtype=double)).sum().backward()
    assert x.grad.tolist() == [[3, 1, 2], [1, 3, 2]]


def test_a_forward_that_reads_values_is_refused_by_vmap():
    apply = function(lambda ctx, x: gg.from_numpy(np.sin(x.numpy())), lambda ctx, g: g).apply
    with pytest.raises(RuntimeError, match="vmap: .* loop over the samples"):
        gg.func.vmap(apply)(gg.ones(2, 3))


# ------------------------------------------------------------------------------------------------ parity


CASES = {
    "cube": (lambda ctx, x: (ctx.save_for_backward(x), x**3)[1], lambda ctx, g: g * 3 * ctx.saved_tensors[0] ** 2),
    "identity": (lambda ctx, x: x, lambda ctx, g: -g),
    "view": (lambda ctx, x: x.view(3, 2), lambda ctx, g: g.reshape(2, 3) * 2),
    "two": (lambda ctx, x: (x * 2, x.sum()), lambda ctx, g, h: g * 2 + h),
    "none_between": (lambda ctx, x: (x * 2, None, x.sum(0)), lambda ctx, g, none, h: g * 2 + h),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    values = np.random.default_rng(0).standard_normal((2, 3)).tolist()
    results = []
    for base in (torch, gg):
        x = base.tensor(values, dtype=base.float64, requires_grad=True)
        out = function(*CASES[name], base=base).apply(x)
        outputs = [y for y in (out if isinstance(out, tuple) else [out]) if y is not None]
        sum((y.sin() * (i + 1)).sum() for i, y in enumerate(outputs)).backward()
        results.append([x.grad.numpy(), *(y.detach().numpy() for y in outputs)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)
