"""In-place writes and views: gradients are right or an error is raised, never silently wrong."""

import random
import re

import numpy as np
import pytest

import glassgrad as gg

# ------------------------------------------------------------------------------------------------ random programs
# A program is a list of steps over a growing pool of tensors; it runs alike on glassgrad and on PyTorch.

VIEWS = {
    "t": lambda x: x.t() if x.ndim == 2 else x[:],
    "flat": lambda x: x.view(-1) if x.is_contiguous() else x.transpose(0, -1),
    "row": lambda x: x[0] if x.ndim > 1 else x[:2],
    "tail": lambda x: x[..., 1:],
    "stride": lambda x: x[..., ::2],
    "unsqueeze": lambda x: x.unsqueeze(0),
    "reshape": lambda x: x.reshape(-1),
    "expand": lambda x: x.unsqueeze(0).expand(2, *x.shape),
    "diagonal": lambda x: x.diagonal() if x.ndim == 2 else x,
}
OPS = {
    "tanh": lambda x: x.tanh(),
    "exp": lambda x: (x * 0.1).exp(),
    "double": lambda x: x * 2,
    "square": lambda x: x * x,
    "clone": lambda x: x.clone(),
    "gather": lambda x: x[[0, -1]],
    "sum": lambda x: x.sum(-1, keepdim=True),
    "sigmoid": lambda x: x.sigmoid(),
}
BINARY = {"mul": lambda x, y: x * y, "add": lambda x, y: x + y, "sub": lambda x, y: x - y}


def _set_row(x, y):
    x[0] = y.sum()


def _set_picked(x, y):
    x[[0, -1] if len(x) > 1 else [0]] = y.sum() * 0.5  # of two writes to one element PyTorch lets the gradient flow to both


def _set_masked(x, y):
    x[x > 0] = y.mean()


def _iadd(x, y):
    x += y.sum()


WRITES = {
    "mul_": lambda x, y: x.mul_(y.sum()),
    "mul_same_": lambda x, y: x.mul_(y) if x.shape == y.shape else x.mul_(x),
    "add_": lambda x, y: x.add_(y if x.shape == y.shape else y.sum()),
    "copy_": lambda x, y: x.copy_(y if x.shape == y.shape else y.mean()),
    "tanh_": lambda x, y: x.tanh_(),
    "sigmoid_": lambda x, y: x.sigmoid_(),
    "zero_": lambda x, y: x.zero_(),
    "fill_": lambda x, y: x.fill_(0.5),
    "set row": _set_row,
    "set picked": _set_picked,
    "set masked": _set_masked,
    "+=": _iadd,
}


def program(seed):
    """Steps (kind, name, position, position) for a pool that starts with 2 leaves and a constant."""
    rng = random.Random(seed)
    steps = [("op", "double", 0, 0), ("op", "clone", 1, 0)]
    size = 5
    for _ in range(rng.randint(3, 12)):
        kind = rng.choice(["view", "view", "op", "binary", "write", "write", "write"])
        table = {"view": VIEWS, "op": OPS, "binary": BINARY, "write": WRITES}[kind]
        steps.append((kind, rng.choice(list(table)), rng.randrange(2 if kind == "write" else 0, size), rng.randrange(size)))
        size += kind != "write"
    return steps


def run(steps, w, a, c):
    """The value that a program computes from the leaves w (3,) and a (3, 3), and a constant c that it may write to."""
    pool = [w, a, c]
    for kind, name, i, j in steps:
        x, y = pool[i], pool[j]
        if kind == "write":
            WRITES[name](x, y)
        elif kind == "binary":
            pool.append(BINARY[name](x, y) if x.shape == y.shape else BINARY[name](x, y.sum()))
        else:
            pool.append((VIEWS if kind == "view" else OPS)[name](x))
    total = sum((x * (0.3 + 0.1 * i)).sum() for i, x in enumerate(pool))
    return total


W, A, C = np.array([0.3, -0.7, 1.1]), np.linspace(-1, 1.3, 9).reshape(3, 3), np.full((3, 3), 0.25)


def gradients(library, steps):
    w, a = (library.tensor(x, dtype=library.float64, requires_grad=True) for x in (W, A))
    y = run(steps, w, a, library.tensor(C, dtype=library.float64))
    y.backward()
    return y.item(), [np.zeros(x.shape) if x.grad is None else x.grad.detach().numpy() for x in (w, a)]


def value(steps, w, a):
    with gg.no_grad():
        return run(steps, *(gg.tensor(x.copy(), dtype=gg.float64) for x in (w, a, C))).item()


EXPECTED = re.compile(
    r"written over it in place|leaf that requires grad|elements share memory|no_grad|doesn't broadcast|can't be written over"
    r"|out of (range|bounds)|don't allow|doesn't require grad|No recorded|has no graph|setitem"
)


def outcome(steps):
    """(value, gradients), or the text of the error of ours that was raised."""
    try:
        return gradients(gg, steps)
    except (RuntimeError, IndexError) as error:
        assert EXPECTED.search(str(error)), error
        return str(error)


@pytest.mark.parametrize("block", range(20))
def test_random_programs_agree_with_finite_differences(block):
    checked = 0
    for seed in range(block * 30, block * 30 + 30):
        steps = program(seed)
        found = outcome(steps)
        if isinstance(found, str) or not np.isfinite(found[0]) or abs(found[0]) > 1e6:
            continue
        rng = np.random.default_rng(seed)
        dw, da = rng.standard_normal(3), rng.standard_normal((3, 3))
        slopes = []
        for h in (1e-5, 2e-5):
            slopes.append((value(steps, W + h * dw, A + h * da) - value(steps, W - h * dw, A - h * da)) / (2 * h))
        if not np.isclose(*slopes, rtol=1e-4, atol=1e-6):  # a kink: `x > 0` chooses elsewhere
            continue
        analytic = float((found[1][0] * dw).sum() + (found[1][1] * da).sum())
        assert np.isclose(analytic, slopes[0], rtol=1e-4, atol=1e-5), (seed, steps)
        checked += 1
    assert checked > 5


@pytest.mark.parametrize("block", range(20))
def test_random_programs_agree_with_pytorch(block):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    compared = 0
    for seed in range(1000 + block * 30, 1000 + block * 30 + 30):
        steps = program(seed)
        ours = outcome(steps)
        try:
            theirs = gradients(torch, steps)
        except (RuntimeError, IndexError):
            continue
        assert not isinstance(ours, str), (seed, steps, ours)
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-9, err_msg=str((seed, steps)))
        for x, y in zip(ours[1], theirs[1], strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-7, atol=1e-9, err_msg=str((seed, steps)))
        compared += 1
    assert compared > 5


# ------------------------------------------------------------------------------------------------ what is written where


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


def test_a_write_through_a_view_reaches_the_base_and_all_other_views():
    x = leaf(1.0, 2.0, 3.0)
    base = x * 1
    first, last = base[:2], base[1:]
    first.mul_(10)
    assert base.tolist() == [10, 20, 3] and last.tolist() == [20, 3]
    assert (first.grad_fn.name(), base.grad_fn.name(), last.grad_fn.name()) == ("PartBackward", "OverwriteBackward", "PartBackward")
    last.sum().backward()
    assert x.grad.tolist() == [0, 10, 1]


def test_a_constant_written_with_a_value_that_requires_grad_joins_the_graph():
    x, rows = leaf(1.0, 2.0), gg.zeros(3, 2, dtype=gg.float64)
    rows[1] = x
    rows[2] += x * 2
    assert rows.requires_grad and not rows.is_leaf
    (rows * rows).sum().backward()
    assert x.grad.tolist() == [2 * 1 + 8 * 1, 2 * 2 + 8 * 2]


def test_versions_count_writes_and_views_share_them():
    x = gg.zeros(4)
    view, other = x[1:], gg.zeros(4)
    assert (x._version, view._version) == (0, 0)
    view.add_(1)
    x[0] = 2
    x += 1
    assert x._version == view._version == x.detach()._version == 3 and other._version == 0
    assert view._is_view() and view._base is x and x._base is None


def test_a_stale_value_names_both_lines_versions_and_the_gradient_that_needs_it():
    x = leaf(1.0, 2.0)
    y = x.exp()
    z = y * 2
    y.add_(1)
    with pytest.raises(RuntimeError) as told:
        z.sum().backward()
    text = str(told.value)
    assert re.search(r"exp saved its output \(shape \(2,\)\)", text) and re.search(r"test_inplace.py:\d+ has since written over it", text)
    assert "it was at version 0 and is at 1. The gradient by x" in text and "`x.clone()`" in text and "detect_anomaly" in text
    with gg.autograd.detect_anomaly():
        y = x.exp()
        y.add_(1)
        with pytest.raises(RuntimeError, match=r"for backward at .*test_inplace.py:\d+, and .*test_inplace.py:\d+ has since"):
            y.sum().backward()


def test_a_write_over_what_no_rule_needs_is_no_error():
    x = leaf(1.0, 2.0)
    y = x * 3  # mul by a number needs the number only
    z = y * 2
    y.zero_()
    (z + y).sum().backward()
    assert x.grad.tolist() == [6, 6]


def test_retained_gradients_follow_writes_through_views_and_to_the_base():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.retain_grad()
    view = y[:1]
    view.retain_grad()
    y[1] = 7.0
    y *= 3
    (y * 5).sum().backward()
    assert y.grad.tolist() == [5, 5] and view.grad is None and x.grad.tolist() == [30, 0]  # the new view is not on the way
    y = x * 2
    view = y[:1]
    view.retain_grad()
    y *= 3
    view.sum().backward()
    assert view.grad.tolist() == [1]
    y = x * 2
    y.retain_grad()
    (y.unsqueeze_(0) * 3).sum().backward()
    assert y.grad.tolist() == [[3, 3]]


def test_retained_gradients_follow_the_new_value_and_hooks_the_old():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.mul_(5)
    y.sum().backward()
    assert y.grad.tolist() == [1, 1] and x.grad.tolist() == [10, 10]


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.expand(3, 2).add_(1),
        lambda x: x.view(1, 2).expand(2, 2).T[0].zero_(),
        lambda x: gg.cat([x, x]).unfold(0, 2, 1).add_(1),
    ],
)
def test_elements_that_share_memory_are_not_written_to(write):
    with pytest.raises(RuntimeError, match="share memory"):
        write(gg.ones(2))


def test_parts_of_expanded_tensors_and_windows_that_share_nothing_are_views_to_write_to():
    x = leaf(1.0, 2.0, 3.0, 4.0)
    y = x * 1
    y.expand(2, 4)[0].mul_(2)
    y.expand(4).mul_(2)
    windows, halves = y.unfold(0, 2, 1), y.unfold(0, 2, 2)
    halves[1] *= 10
    assert y.tolist() == [4, 8, 120, 160] and windows.tolist() == [[4, 8], [8, 120], [120, 160]]
    (windows.sum() + y.sum()).backward()
    assert x.grad.tolist() == [8, 12, 120, 80]


def test_a_base_that_is_given_other_memory_or_detached_leaves_its_views_a_right_graph():
    x, w = leaf(1.0, 2.0, 3.0), leaf(3.0, 4.0)
    base = x * 1
    view = base[:2]
    base.data = gg.zeros(5, dtype=gg.float64)
    first = view[:1]
    first.mul_(2)
    view.mul_(3)
    (view.sum() + first.sum()).backward()
    assert base.tolist() == [0] * 5 and view.tolist() == [6, 6] and x.grad.tolist() == [12, 3, 0]
    x.grad = None
    base = x * 2
    view = base[:2]
    base.detach_()
    view.mul_(w)
    (view.sum() + base.sum()).backward()
    assert base.requires_grad and x.grad.tolist() == [12, 16, 0] and w.grad.tolist() == [4, 8]
    with pytest.raises(RuntimeError, match=r"detach_: this tensor \(shape \(1,\)\) is a view"):
        base[:1].detach_()


def test_masks_of_0d_tensors_are_written():
    x = leaf(2.0)
    y = x.sum() * 3
    y[y > 0] = 5.0
    (y + x.sum()).backward()
    assert y.item() == 5 and x.grad.tolist() == [1]


@pytest.mark.parametrize(
    ("write", "who"),
    [
        (lambda x: x.zero_(), "zero_"), (lambda x: x.fill_(1), "fill_"), (lambda x: x.__setitem__(0, 1), "setitem"), (lambda x: x.normal_(), "normal_"),
        (lambda x: x.__setitem__(x > 0, 1), "setitem"), (lambda x: gg.nn.functional.relu(x, inplace=True), "relu_"), (lambda x: x.copy_(x), "copy_"),
    ],
)  # fmt: skip
def test_errors_name_the_method_that_was_written(write, who):
    with pytest.raises(RuntimeError, match=f"^{who}: in-place write to"):
        write(leaf(1.0, 2.0))


def test_a_value_that_does_not_fit_an_index_is_told_with_both_shapes():
    with pytest.raises(
        RuntimeError, match=r"setitem: the value doesn't broadcast to x\[index\], of shape \(2,\) \(x \(3,\), value \(3,\)\)"
    ):
        gg.zeros(3)[gg.tensor([True, False, True])] = gg.ones(3)


def test_views_made_where_grad_mode_was_off_are_not_written_to_in_the_graph():
    y = leaf(1.0, 2.0) * 2
    with gg.no_grad():
        view = y[:1]
    with pytest.raises(RuntimeError, match=r"mul_: in-place write to a view .* made under no_grad"):
        view.mul_(3)


def test_out_is_written_and_refused_where_it_would_have_to_be_recorded():
    out = gg.empty(2)
    assert gg.add(gg.ones(2), gg.ones(2), out=out) is out and out.tolist() == [2, 2]
    assert gg.exp(gg.zeros(2), out=out).tolist() == [1, 1] and gg.cat([gg.ones(1), gg.zeros(1)], out=out).tolist() == [1, 0]
    assert gg.sum(gg.ones(2, 2), 0, out=out) is out and out.tolist() == [2, 2]
    empty = gg.empty(0)
    assert gg.exp(gg.zeros(3), out=empty).shape == empty.shape == (3,)
    with pytest.raises(RuntimeError, match=r"add: a write to out= isn't recorded.*out\.copy_"):
        gg.add(leaf(1.0, 2.0), 1, out=gg.empty(2, dtype=gg.float64))
    with pytest.raises(RuntimeError, match=r"exp: the result is float32 \(3,\), out= float32 \(2,\): write out=gg.empty\(\(3,\)"):
        gg.exp(gg.zeros(3), out=out)


def test_shape_changing_methods_change_the_tensor_itself():
    x = leaf(1.0, 2.0)
    y = x * 2
    assert y.unsqueeze_(0) is y and y.shape == (1, 2) and y.t_().shape == (2, 1) and y.squeeze_().shape == (2,)
    (y * y).sum().backward()
    assert x.grad.tolist() == [8, 16]
    with pytest.raises(RuntimeError, match="leaf that requires grad"):
        x.unsqueeze_(0)


def test_the_version_that_was_saved_is_not_guessed_after_many_writes():
    for writes, before in ((3, "it was at version 0 and is at 3"), (40, "it was at an earlier version and is at 40")):
        x = gg.ones(2, requires_grad=True)
        y = x.exp()
        for _ in range(writes):
            y.add_(1)
        with pytest.raises(RuntimeError, match=before):
            y.sum().backward()
