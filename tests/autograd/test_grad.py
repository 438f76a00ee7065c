"""`backward` and `autograd.grad`: their arguments, and derivatives of any order."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.autograd import backward, grad
from glassgrad.nn import functional as F


def leaf(*values):
    return gg.tensor(values if len(values) > 1 else values[0], dtype=gg.float64, requires_grad=True)


# ------------------------------------------------------------------------------------------------ backward


def test_the_apple_graph():
    price, apples, tax = (gg.tensor(v, requires_grad=True) for v in (100.0, 2.0, 1.1))
    total = price * apples * tax
    total.backward()
    np.testing.assert_allclose([total.item(), price.grad.item(), apples.grad.item(), tax.grad.item()], [220, 2.2, 110, 200], rtol=1e-6)


def test_backward_of_more_than_one_element_needs_an_upstream_gradient():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"backward: the output has shape \(2,\).*loss.sum\(\)"):
        (x * x).backward()
    (x * x).backward(gg.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [2, 40]


def test_one_element_of_any_rank_needs_none():
    x = gg.ones(1, 1, requires_grad=True)
    (x * 3).backward()
    assert x.grad.tolist() == [[3]]


def test_an_upstream_gradient_of_another_shape_is_refused():
    with pytest.raises(RuntimeError, match=r"has shape \(3,\), the output \(2,\)"):
        leaf(1.0, 2.0).exp().backward(gg.ones(3))


def test_an_upstream_gradient_may_be_an_array_or_a_list_and_is_cast():
    x = leaf(1.0, 2.0)
    (x * 2).backward(np.ones(2, np.float32))
    (x * 2).backward([1, 2])
    assert x.grad.tolist() == [4, 6] and x.grad.dtype == np.float64


def test_backward_without_a_graph_says_why():
    with pytest.raises(RuntimeError, match=r"no graph.*requires_grad=True"):
        gg.ones(1).sum().backward()
    with gg.no_grad():
        y = leaf(1.0).exp()
    with pytest.raises(RuntimeError, match="no_grad"):
        y.backward()


def test_backward_on_a_leaf_gives_it_the_upstream_gradient():
    x = leaf(2.0)
    x.backward()
    assert x.grad.item() == 1


def test_inputs_limits_which_gradients_are_filled():
    x, w = leaf(2.0), leaf(3.0)
    (x * w).backward(inputs=[x])
    assert x.grad.item() == 3 and w.grad is None
    (x * w).backward(inputs=w)
    assert w.grad.item() == 2 and x.grad.item() == 3


def test_inputs_may_be_no_leaves():
    x = leaf(2.0)
    middle = x * 3
    (middle * middle).backward(inputs=[middle])
    assert middle.grad.item() == 12 and x.grad is None


def test_backward_with_create_graph_fills_gradients_that_can_be_differentiated():
    x = leaf(3.0)
    (x * x * x).backward(create_graph=True)
    assert x.grad.requires_grad and x.grad.item() == 27
    (second,) = grad(x.grad, x)
    assert second.item() == 18


def test_create_graph_accumulates_with_the_graph():
    x = leaf(3.0)
    (x * x).backward(create_graph=True)
    (x * x * x).backward(create_graph=True)
    (second,) = grad(x.grad, x)
    assert x.grad.item() == 6 + 27 and second.item() == 2 + 18


def test_a_gradient_that_is_the_upstream_gradient_can_be_differentiated_by_it():
    x, v = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + 1).backward(v, create_graph=True)
    (back,) = grad(x.grad.sum(), v)
    assert back.tolist() == [1, 1]


def test_create_graph_records_sums_over_branches_also_under_no_grad():
    x = leaf(2.0)
    y = x * x + x * x * x
    with gg.no_grad():
        (first,) = grad(y, x, create_graph=True)
        assert not gg.is_grad_enabled()
    (second,) = grad(first, x)
    assert second.item() == 2 + 6 * 2


def test_backward_of_several_tensors_adds_up():
    x = leaf(1.0, 2.0)
    backward([x.sum(), x * x], [None, gg.tensor([1.0, 10.0])])
    assert x.grad.tolist() == [1 + 2, 1 + 40]


def test_a_detached_tensor_stops_the_gradient():
    x = leaf(2.0)
    (x.detach() * x).backward()
    assert x.grad.item() == 2
    y = x * x
    y.detach_()
    assert y.is_leaf and not y.requires_grad


def test_casts_bring_the_gradient_back_to_the_dtype_of_the_leaf():
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    (x.double() * 3).sum().backward()
    assert x.grad.dtype == gg.float32 and x.grad.tolist() == [3, 3]


def test_no_gradient_flows_through_integers():
    x = leaf(1.5, 2.5)
    assert not x.long().requires_grad and not (x > 2).requires_grad and not x.argmax().requires_grad
    (x.long().double() * x).sum().backward()
    assert x.grad.tolist() == [1, 2]


# ------------------------------------------------------------------------------------------------ grad


def test_grad_returns_a_tuple_and_leaves_grad_alone():
    x, w = leaf(2.0), leaf(3.0)
    gx, gw = grad(x * w, (x, w))
    assert (gx.item(), gw.item()) == (3, 2) and x.grad is None and not gx.requires_grad


def test_grad_of_several_outputs_is_their_weighted_sum():
    x = leaf(1.0, 2.0)
    (g,) = grad([x.sum(), x * x], x, [gg.tensor(10.0), gg.tensor([1.0, 2.0])])
    assert g.tolist() == [10 + 2, 10 + 8]
    with pytest.raises(RuntimeError, match="2 outputs but 1 upstream"):
        grad([x.sum(), x.sum()], x, [None])


def test_grad_by_a_tensor_that_is_no_leaf():
    x = leaf(2.0)
    middle = x * 3
    g_middle, g_x = grad(middle * middle, [middle, x])
    assert (g_middle.item(), g_x.item()) == (12, 36)


def test_grad_of_a_tensor_by_itself_is_the_upstream_gradient():
    x = leaf(1.0, 2.0)
    y = x * x
    assert grad(y, y, gg.tensor([1.0, 3.0]))[0].tolist() == [1, 3]
    assert grad(x.sum(), [x, x])[1].tolist() == [1, 1]


def test_an_unused_input_raises_or_gives_none():
    x, w = leaf(2.0), leaf(3.0)
    with pytest.raises(RuntimeError, match=r"don't depend on input 1 \(shape \(\)\).*allow_unused=True"):
        grad(x * x, [x, w])
    assert grad(x * x, [x, w], allow_unused=True)[1] is None


def test_an_input_that_does_not_require_grad_is_refused():
    x = leaf(2.0)
    with pytest.raises(RuntimeError, match="input 0 .*doesn't require grad"):
        grad(x * x, gg.ones(()))
    with pytest.raises(TypeError, match="input 0 is not a tensor but float"):
        grad(x * x, [2.0])


def test_grad_frees_the_graph_unless_it_is_retained():
    x = leaf(2.0)
    y = x.exp()
    grad(y, x, retain_graph=True)
    grad(y, x)
    with pytest.raises(RuntimeError, match="second time"):
        grad(y, x)


# ------------------------------------------------------------------------------------------------ higher orders


CLOSED_FORMS = {  # f, and its third derivative
    "sin": (lambda x: x.sin(), lambda x: -np.cos(x)),
    "exp": (lambda x: x.exp(), np.exp),
    "log": (lambda x: x.log(), lambda x: 2 / x**3),
    "x**5": (lambda x: x**5, lambda x: 60 * x**2),
    "x**2.5": (lambda x: x**2.5, lambda x: 2.5 * 1.5 * 0.5 * x**-0.5),
    "2**x": (lambda x: 2**x, lambda x: np.log(2) ** 3 * 2**x),
    "x**x": (lambda x: x**x, lambda x: x**x * ((np.log(x) + 1) ** 3 + 3 * (np.log(x) + 1) / x - 1 / x**2)),
    "1/x": (lambda x: 1 / x, lambda x: -6 / x**4),
    "sqrt": (lambda x: x.sqrt(), lambda x: 0.375 * x**-2.5),
    "rsqrt": (lambda x: x.rsqrt(), lambda x: -1.875 * x**-3.5),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: (lambda s: s * (1 - s) * (1 - 6 * s + 6 * s * s))(1 / (1 + np.exp(-x)))),
    "tanh": (lambda x: x.tanh(), lambda x: (lambda t: -2 * (1 - t * t) * (1 - 3 * t * t))(np.tanh(x))),
    "x*x*x": (lambda x: x * x * x, lambda x: 6.0 + 0 * x),
    "erf": (lambda x: x.erf(), lambda x: 2 / np.sqrt(np.pi) * np.exp(-x * x) * (4 * x * x - 2)),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_third_derivatives_match_the_closed_form(name):
    function, third = CLOSED_FORMS[name]
    at = np.array([0.3, 0.9, 1.7])
    x = gg.tensor(at, requires_grad=True)
    g = function(x).sum()
    for order in range(3):
        (g,) = grad(g.sum(), x, create_graph=order < 2)
    np.testing.assert_allclose(g.numpy(), third(at), rtol=1e-10)


PARAMETRIC = {
    "softmax": lambda x, w: (x @ w).softmax(-1),
    "log_softmax": lambda x, w: (x @ w).log_softmax(0),
    "layer_norm": lambda x, w: F.layer_norm(x, (4,), w[0], w[1]) * x,
    "layer_norm without parameters": lambda x, w: F.layer_norm(x @ w, (4,)),
    "gelu": lambda x, w: F.gelu(x * w[0]) + F.gelu(w, approximate="tanh").sum(0),
    "linear and cross_entropy": lambda x, w: F.cross_entropy(F.linear(x, w, w[0]), gg.tensor([0, 3, 1]), label_smoothing=0.1),
    "attention": lambda x, w: F.scaled_dot_product_attention(x @ w, x, x * 2, is_causal=True),
    "logsumexp over a broadcast": lambda x, w: (x[:, None] * w).logsumexp((0, 2)),
    "std and var": lambda x, w: (x @ w).std(1) * w.var(0).sum() + x.var(),
    "embedding": lambda x, w: F.embedding(gg.tensor([[0, 2], [2, 2]]), w).tanh() * x[:2, None],
    "indexing": lambda x, w: x[:, [0, 0, 3]] * w[1:, :3] / w[gg.tensor([2, 1, 2]), 1:2].exp(),
    "gather and where": lambda x, w: gg.where(x > 0, x * x, x.exp()).gather(1, gg.tensor([[0, 0], [1, 2], [3, 3]])) * w[:3, :2],
    "cat and stack": lambda x, w: gg.stack([gg.cat([x, w], 0).sin(), gg.cat([w, x]).cos()]).amax(0).logsumexp(1),
    "matmul of a batch": lambda x, w: (x.expand(2, 3, 4) * gg.tensor([[[1.0]], [[2.0]]], dtype=gg.float64)) @ w @ x.mT,
    "pow": lambda x, w: (x * x + 1) ** w[:1],
}  # fmt: skip


def _point(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("name", PARAMETRIC)
def test_hessian_vector_products_match_differences_of_the_gradient(name):
    function = PARAMETRIC[name]
    shapes = [(3, 4), (4, 4)]
    at, v = _point(1, *shapes), _point(2, *shapes)

    def slopes(step, **options):
        leaves = [gg.tensor(a + step * d, requires_grad=True) for a, d in zip(at, v, strict=True)]
        y = function(*leaves)
        return leaves, grad((y * y).sum(), leaves, allow_unused=True, **options)

    leaves, first = slopes(0.0, create_graph=True)
    product = grad(sum((g * d).sum() for g, d in zip(first, v, strict=True)), leaves)
    h = 1e-5
    up, down = slopes(h)[1], slopes(-h)[1]
    for found, a, b in zip(product, up, down, strict=True):
        numeric = (a.numpy() - b.numpy()) / (2 * h)
        np.testing.assert_allclose(found.numpy(), numeric, rtol=1e-5, atol=1e-5 * max(1, np.abs(numeric).max()))


@pytest.mark.parametrize("name", ["softmax", "layer_norm", "linear and cross_entropy", "attention", "pow"])
def test_third_derivatives_match_differences_of_the_second(name):
    function = PARAMETRIC[name]
    shapes = [(3, 4), (4, 4)]
    at, v = _point(1, *shapes), _point(2, *shapes)

    def product(step, create_graph=False):
        leaves = [gg.tensor(a + step * d, requires_grad=True) for a, d in zip(at, v, strict=True)]
        first = grad((function(*leaves) ** 2).sum(), leaves, create_graph=True)
        return leaves, grad(sum((g * d).sum() for g, d in zip(first, v, strict=True)), leaves, create_graph=create_graph)

    leaves, second = product(0.0, create_graph=True)
    third = grad(sum((g * d).sum() for g, d in zip(second, v, strict=True)), leaves)
    h = 1e-4
    for found, a, b in zip(third, product(h)[1], product(-h)[1], strict=True):
        numeric = (a.numpy() - b.numpy()) / (2 * h)
        np.testing.assert_allclose(found.numpy(), numeric, rtol=1e-4, atol=1e-5 * max(1, np.abs(numeric).max()))


def test_a_second_derivative_uses_the_dropout_mask_of_the_forward():
    x = leaf(*np.linspace(0.5, 2, 20))
    y = F.dropout(x, 0.5) ** 3
    kept = y.detach().numpy() != 0
    (first,) = grad(y.sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x)
    np.testing.assert_allclose(second.numpy(), np.where(kept, 8 * 6 * x.detach().numpy(), 0))


def test_second_derivatives_in_float32_stay_float32():
    x = gg.tensor([0.5, 1.5], requires_grad=True)
    (first,) = grad((2**x * x.softmax(0)).sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x)
    assert first.dtype == second.dtype == gg.float32


def test_second_derivatives_through_a_promotion():
    x = gg.tensor([0.5, 1.5], requires_grad=True)
    w = gg.tensor([2.0, 3.0], dtype=gg.float64, requires_grad=True)
    (first,) = grad((x * w * x).sum(), x, create_graph=True)
    gx, gw = grad(first.sum(), [x, w])
    assert first.dtype == gx.dtype == gg.float32 and gw.dtype == gg.float64
    assert gx.tolist() == [4, 6] and gw.tolist() == [1, 3]


def test_many_upstream_gradients_in_one_call():
    x, w = gg.tensor([1.0, 2.0, 3.0], requires_grad=True), gg.tensor(2.0, requires_grad=True)
    many = gg.eye(3)
    (rows,) = grad(x * x * w, x, many, is_grads_batched=True)
    assert rows.tolist() == [[4, 0, 0], [0, 8, 0], [0, 0, 12]]
    rows, slopes, unused = grad(
        x * x * w, [x, w, gg.ones(1, requires_grad=True)], many, is_grads_batched=True, allow_unused=True, create_graph=True
    )
    assert slopes.tolist() == [1, 4, 9] and unused is None
    assert grad(rows.sum(), x)[0].tolist() == [4, 4, 4]
    (zeros,) = grad(x * 2, w, many, is_grads_batched=True, materialize_grads=True)
    assert zeros.tolist() == [0, 0, 0]
    drawn = gg.searchsorted(gg.tensor([1.5, 2.5]), x.detach()) * x  # the same as a loop, whatever runs
    assert grad(drawn, x, many, is_grads_batched=True)[0].tolist() == [grad(drawn, x, row, retain_graph=True)[0].tolist() for row in many]
    for wrong in (None, gg.ones(2), gg.ones(())):
        with pytest.raises(RuntimeError, match=r"is_grads_batched needs .* shape \(n, 3,\)"):
            grad(x * 2, x, wrong, is_grads_batched=True)


def test_unused_inputs_may_be_zeros():
    x, w = gg.ones(2, requires_grad=True), gg.ones(3, requires_grad=True)
    assert grad(x.sum(), [x, w], materialize_grads=True)[1].tolist() == [0, 0, 0]
    for options, text in (
        ({"materialize_grads": True, "allow_unused": False}, "leave allow_unused out"),
        ({"only_inputs": False}, "write outputs.backward"),
    ):
        with pytest.raises(ValueError, match=text):
            grad(x.sum(), [x, w], **options)
