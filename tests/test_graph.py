"""The graph and the walk: order, memory, accumulation, in-place writes."""

import gc
import inspect
import weakref

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import graph
from glassgrad.nn import functional as F


def leaf(*values):
    return gg.tensor(values if len(values) > 1 else values[0], dtype=gg.float64, requires_grad=True)


def nodes_of(tensor):
    found, stack = [], [tensor.grad_fn]
    while stack:
        node = stack.pop()
        if isinstance(node, graph.Node) and node not in found:
            found.append(node)
            stack.extend(node.parents)
    return found


def steps(root, targets=None, **options):
    grads = {}
    return list(graph.walk([(root.grad_fn, np.ones(root.shape))], grads, targets, **options)), grads


# ------------------------------------------------------------------------------------------------ the shape of the graph


def test_a_square_is_one_node_with_two_edges_to_the_leaf():
    x = leaf(3.0)
    y = x * x
    assert y.grad_fn.parents == (x, x) and y.grad_fn.parents[0] is x
    y.backward()
    assert x.grad.item() == 6


def test_parents_are_nodes_leaves_or_none():
    x, c = leaf(1.0, 2.0), gg.ones(2, dtype=gg.float64)
    hidden = x.exp()
    y = hidden * c
    assert y.grad_fn.parents[0] is hidden.grad_fn and y.grad_fn.parents[1] is None
    assert hidden.grad_fn.parents == (x,) and x.grad_fn is None
    assert y.grad_fn.next_functions == ((hidden.grad_fn, 0), (None, 0))


def test_a_node_is_named_after_its_op_and_knows_its_output():
    y = leaf(1.0, 2.0).softmax(0)
    assert y.grad_fn.name() == "SoftmaxBackward" and y.grad_fn.shape == (2,) and y.grad_fn.dtype == np.float64
    assert repr(y.grad_fn) == "<SoftmaxBackward [2]>"
    assert "grad_fn=<SoftmaxBackward>" in repr(y)


def test_children_have_higher_indices_than_their_parents():
    x = leaf(1.0)
    y = (x.exp() * x.sin() + x).tanh()
    for node in nodes_of(y):
        assert all(parent.index < node.index for parent in node.parents if isinstance(parent, graph.Node))


# ------------------------------------------------------------------------------------------------ the walk


def test_the_walk_visits_each_node_of_a_diamond_once_children_first():
    x = leaf(0.5)
    a = x.exp()
    b, c = a.sin(), a.cos()
    d = b * c
    e = d + a
    visited = [node.op.name for node, _, _ in steps(e)[0]]
    assert visited == ["add", "mul", "cos", "sin", "exp"]


def test_the_walk_visits_in_reverse_order_of_creation_on_a_ladder_of_diamonds():
    x = leaf(0.1)
    y = x
    for _ in range(20):
        y = y.sin() * y.cos() + y
    indices = [node.index for node, _, _ in steps(y)[0]]
    assert indices == sorted(indices, reverse=True) and len(indices) == len(set(indices)) == 20 * 4


def test_a_step_holds_the_total_upstream_gradient_and_what_each_input_gets():
    x, w = leaf(2.0), leaf(5.0)
    a = x * w
    y = a + a * a
    taken, grads = steps(y)
    (node, g, (gx, gw)) = taken[-1]
    assert node is a.grad_fn and g == 1 + 2 * 10 and gx == 21 * 5 and gw == 21 * 2
    assert grads[x] == 105 and grads[w] == 42
    assert a.grad_fn not in grads


def test_gradients_of_unwanted_inputs_are_none_in_a_step():
    (node, g, contributions), = steps(leaf(1.0, 2.0) * np.array([3.0, 4.0]))[0]
    assert contributions[1] is None and contributions[0].tolist() == [3.0, 4.0]


def test_targets_prune_the_nodes_that_do_not_lead_to_them():
    x, w = leaf(0.5), leaf(0.7)
    long_way = w.exp().sin()
    y = x.tanh() * long_way
    visited = [node.op.name for node, _, _ in steps(y, [x])[0]]
    assert visited == ["mul", "tanh"]
    assert long_way.grad_fn.saved  # its rule wasn't run, so its values are still there


def test_a_node_can_be_a_target_and_what_is_behind_it_is_not_run():
    x = leaf(0.5)
    middle = x.exp()
    taken, grads = steps(middle * middle, [middle.grad_fn])
    assert [node.op.name for node, _, _ in taken] == ["mul"]
    np.testing.assert_allclose(grads[middle.grad_fn], 2 * np.exp(0.5))


def test_a_rule_that_fails_says_in_whose_backward():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y.grad_fn.saved = (np.ones(3),)
    with pytest.raises(ValueError, match="broadcast") as failure:
        y.backward(gg.ones(2))
    assert "in the backward of exp, whose output has shape (2,)" in failure.value.__notes__


# ------------------------------------------------------------------------------------------------ size and memory


def test_a_chain_of_a_million_ops_is_built_walked_and_freed_without_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(1_000_000):
        y = -y
    last = weakref.ref(y.grad_fn)
    y.backward()
    assert x.grad.item() == 1
    del y
    assert last() is None


def _many_kinds(x, w):
    h = F.layer_norm(x @ w, (4,), gg.ones(4, dtype=gg.float64), None)
    h = F.gelu(h).reshape(2, 2, 4).transpose(0, 1)
    h = gg.cat([h, h[:, :1]], 1).softmax(-1) + h.logsumexp((0, 1))
    h = gg.where(h > 0.3, h, h * h).masked_fill(h > 2, 0.0)
    picked = F.embedding(gg.tensor([0, 1, 1]), w) + w.var(0) + w.amax(1, keepdim=True)[:3]
    return F.cross_entropy(h[0], gg.tensor([0, 1, 2])) + picked.std() + F.mse_loss(x.tanh(), x.sigmoid())


@pytest.fixture
def without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _inputs():
    rng = np.random.default_rng(0)
    return [gg.tensor(rng.standard_normal(shape), requires_grad=True) for shape in ((4, 4), (4, 4))]


def test_dropping_a_loss_frees_its_graph_after_forward(without_collector):
    loss = _many_kinds(*_inputs())
    nodes = [weakref.ref(node) for node in nodes_of(loss)]
    assert len(nodes) > 25
    del loss
    assert [ref() for ref in nodes if ref() is not None] == []


def test_dropping_a_loss_frees_its_graph_after_backward(without_collector):
    x, w = _inputs()
    loss = _many_kinds(x, w)
    nodes = [weakref.ref(node) for node in nodes_of(loss)]
    loss.backward()
    del loss
    assert [ref() for ref in nodes if ref() is not None] == []


def test_dropping_a_gradient_frees_the_graph_of_a_second_derivative(without_collector):
    x, w = _inputs()
    loss = _many_kinds(x, w)
    gx, gw = gg.autograd.grad(loss, [x, w], create_graph=True)
    total = (gx * gx).sum() + gw.sum()
    nodes = [weakref.ref(node) for node in nodes_of(total)]
    arrays = [weakref.ref(value) for node in nodes_of(total) for value in node.saved or () if isinstance(value, np.ndarray)]
    assert len(nodes) > 100
    gg.autograd.grad(total, [x, w])
    del loss, gx, gw, total
    assert [ref() for ref in nodes if ref() is not None] == []
    kept = {id(x._array), id(w._array)}
    assert [ref().shape for ref in arrays if ref() is not None and id(ref()) not in kept] == []


def test_retain_grad_makes_no_cycle(without_collector):
    y = leaf(1.0).exp()
    y.retain_grad()
    node = weakref.ref(y.grad_fn)
    (y * y).backward()
    del y
    assert node() is None


def test_parents_stay_after_backward_so_that_the_graph_can_be_drawn():
    y = leaf(1.0).exp().sin()
    y.backward()
    assert [node.op.name for node in nodes_of(y)] == ["sin", "exp"]


# ------------------------------------------------------------------------------------------------ accumulation


def test_two_leaves_never_share_the_memory_of_their_gradients():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + w).sum().backward()
    assert not np.shares_memory(x.grad.numpy(), w.grad.numpy())
    x.grad.zero_()
    assert w.grad.tolist() == [1, 1]


def test_a_broadcast_gradient_becomes_memory_of_its_own():
    x = gg.ones(2, 3, requires_grad=True)
    x.sum().backward()
    x.grad[0, 0] = 5
    assert x.grad.tolist() == [[5, 1, 1], [1, 1, 1]]
    assert x.grad.is_contiguous()


def test_the_upstream_gradient_that_was_passed_is_not_shared():
    x, g = leaf(1.0, 2.0), gg.ones(2, dtype=gg.float64)
    (x + 0).backward(g)
    x.grad.zero_()
    assert g.tolist() == [1, 1]
    x.backward(g)
    x.backward(g)
    assert x.grad.tolist() == [2, 2] and g.tolist() == [1, 1]


def test_a_gradient_that_two_edges_borrow_is_added_without_touching_either():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    s = x + w  # both edges get the same array
    (s + x + x + w).backward(gg.tensor([1.0, 10.0], dtype=gg.float64))
    assert x.grad.tolist() == [3, 30] and w.grad.tolist() == [2, 20]


def test_gradients_add_up_over_backwards_in_the_same_memory():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    held = x.grad
    (x * x).sum().backward()
    assert x.grad is held and held.tolist() == [4, 8]
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3, 3] and held.tolist() == [4, 8]


def test_many_uses_of_a_0d_tensor_add_up():
    x = leaf(2.0)
    (x * x * x + x + x).backward()
    assert x.grad.item() == 14 and x.grad.shape == ()


def test_gradients_returned_by_grad_are_not_views_of_saved_values():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * w
    (gx,) = gg.autograd.grad(y.sum(), x, retain_graph=True)
    gx.zero_()
    (again,) = gg.autograd.grad(y.sum(), x)
    assert w.tolist() == [3, 4] and again.tolist() == [3, 4]


# ------------------------------------------------------------------------------------------------ a second backward


def test_a_second_backward_names_the_op_and_says_what_to_write():
    y = leaf(1.0, 2.0).exp().sum()
    y.backward()
    with pytest.raises(RuntimeError, match=r"through exp \(output shape \(2,\)\) a second time.*\(y\).*retain_graph=True"):
        y.backward()


def test_retain_graph_keeps_the_saved_values():
    x = leaf(1.0, 2.0)
    y = (x.exp() * x).sum()
    y.backward(retain_graph=True)
    first = x.grad.numpy().copy()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 3 * first)


def test_create_graph_retains_too_unless_told_otherwise():
    x = leaf(2.0)
    y = x.exp()
    gg.autograd.grad(y, x, create_graph=True)
    gg.autograd.grad(y, x, create_graph=True, retain_graph=False)
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_ops_that_save_nothing_can_be_walked_again():
    x = leaf(1.0, 2.0)
    y = (x + x).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [4, 4]


# ------------------------------------------------------------------------------------------------ in-place writes


def test_a_stale_saved_value_names_the_op_the_line_of_the_write_and_the_fix():
    x, w = leaf(1.0, 2.0), gg.tensor([3.0, 4.0], dtype=gg.float64)
    y = (x * w).sum()
    w.zero_()
    line = inspect.currentframe().f_lineno - 1
    with pytest.raises(RuntimeError, match=rf"mul saved its argument b \(shape \(2,\)\).*test_graph.py:{line} has since written.*clone"):
        y.backward()


def test_a_stale_output_is_called_output():
    x = leaf(1.0, 2.0)
    y = x.exp()
    with gg.no_grad():
        y.zero_()
    with pytest.raises(RuntimeError, match="exp saved its output"):
        y.sum().backward()


WRITES = {
    "add_": lambda t: t.add_(1), "iadd": lambda t: t.__iadd__(1), "imul": lambda t: t.__imul__(2), "setitem": lambda t: t.__setitem__(0, 9.0),
    "setitem_mask": lambda t: t.__setitem__(t > 0, 9.0), "fill_": lambda t: t.fill_(2), "copy_": lambda t: t.copy_(gg.ones(2)),
    "zero_": lambda t: t.zero_(), "uniform_": lambda t: t.uniform_(), "normal_": lambda t: t.normal_(), "exp_": lambda t: t.exp_(),
    "view": lambda t: t.view(2, 1).zero_(), "slice": lambda t: t[1:].fill_(7), "transposed": lambda t: t.view(1, 2).T.mul_(2),
    "expanded": lambda t: t.unsqueeze(0)[0, :1].add_(1), "detached": lambda t: t.detach().add_(1), "data": lambda t: t.data.add_(1),
    "split": lambda t: t.split(1)[1].zero_(), "view of a view": lambda t: t.view(2, 1)[0].view(1).fill_(3),
}  # fmt: skip


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_kind_of_write_is_found(write):
    x, w = leaf(1.0, 2.0), gg.tensor([3.0, 4.0], dtype=gg.float64)
    y = (x * w).sum()
    write(w)
    with pytest.raises(RuntimeError, match="mul saved its argument b"):
        y.backward()


def test_a_write_to_the_base_of_a_saved_view_is_found():
    x, base = leaf(1.0, 2.0), gg.ones(3, 2, dtype=gg.float64)
    y = (x * base[1]).sum()
    base[0, 0] = 7
    with pytest.raises(RuntimeError, match="mul saved its argument b"):
        y.backward()


def test_a_write_through_a_leaf_under_no_grad_is_found():
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    with gg.no_grad():
        x -= 0.1
    with pytest.raises(RuntimeError, match="written over it in place"):
        y.backward()


def test_a_write_to_an_unrelated_tensor_does_not_matter():
    x, w, other = leaf(1.0, 2.0), gg.tensor([3.0, 4.0], dtype=gg.float64), gg.zeros(2)
    y = (x * w).sum()
    other += 1
    y.backward()
    assert x.grad.tolist() == [3, 4]


def test_a_write_before_the_op_or_to_what_it_did_not_save_does_not_matter():
    x, w = leaf(1.0, 2.0), gg.tensor([3.0, 4.0], dtype=gg.float64)
    w += 1
    y = x * w + gg.ones(2, dtype=gg.float64).mul_(3)
    added = gg.ones(2, dtype=gg.float64)
    z = (y + added).sum()
    added.zero_()
    z.backward()
    assert x.grad.tolist() == [4, 5]


def test_a_written_index_is_found():
    x, index = leaf(1.0, 2.0), gg.tensor([0, 0])
    y = x[index].sum()
    index.fill_(1)
    with pytest.raises(RuntimeError, match="getitem saved its argument index"):
        y.backward()


def test_a_training_step_after_backward_is_no_stale_value():
    w = leaf(1.0, 2.0)
    for _ in range(3):
        (w * w).sum().backward()
        with gg.no_grad():
            w -= 0.1 * w.grad
        w.grad.zero_()
    np.testing.assert_allclose(w.detach().numpy(), np.array([1.0, 2.0]) * 0.8**3)


def test_a_leaf_that_requires_grad_is_not_written_to_in_the_graph_nor_are_views_of_it():
    x = leaf(1.0, 2.0)
    for write in (lambda: x.add_(1), lambda: x.__setitem__(0, 1.0), lambda: x[:1].zero_(), lambda: x.view(2, 1).mul_(2)):
        with pytest.raises(RuntimeError, match=r"leaf that requires grad.*no_grad"):
            write()
    assert x.tolist() == [1, 2]


# ------------------------------------------------------------------------------------------------ watchers


def test_watch_sees_the_total_gradient_and_may_replace_it():
    x = leaf(2.0)
    middle = x * 3
    seen = []
    middle.grad_fn.watch = [lambda g: seen.append(float(g)), lambda g: g * 10]
    (middle * middle).backward()
    assert seen == [12.0] and x.grad.item() == 360


def test_retain_grad_fills_the_gradient_of_a_tensor_that_is_no_leaf():
    x = leaf(2.0, 3.0)
    y = x * x
    y.retain_grad()
    y.retain_grad()
    (y * 2).sum().backward()
    assert y.grad.tolist() == [2, 2] and x.grad.tolist() == [8, 12]
    assert x.retain_grad() is None
    with pytest.raises(RuntimeError, match="retain_grad"):
        gg.ones(2).retain_grad()
