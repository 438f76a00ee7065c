"""The check of every rule against finite differences: it finds what is wrong, and lets kinks be."""

import numpy as np
import pytest
from tests.study.graphs import grow, leaves

import glassgrad as gg
from glassgrad.nn import functional as F


class Cube(gg.autograd.Function):
    """x**3 with a mistake: 2 instead of 3."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x**2 * g


def test_the_first_wrong_op_is_named_with_its_line_and_elements():
    x = gg.tensor([[0.5, 2.0], [-1.0, 0.0]], requires_grad=True, dtype=gg.float64)
    with gg.study.record() as tape:
        h = x.tanh()
        y = Cube.apply(2 * h)
        loss = (y * Cube.apply(y)).sum()
    found = gg.study.verify(loss)
    assert not found and found.first.node is y.grad_fn
    assert [check.verdict for check in found.checks].count("wrong") == 2
    text = str(found)
    assert "the first that is wrong:\nCube (x): wrong, off by 33.3 %   y = Cube.apply(2 * h)   test_verify.py:" in text
    np.testing.assert_allclose(found.first.wrong > 0, [[True, True], [True, False]])
    assert len(tape.nodes) == 6


def test_wrong_gradients_of_each_kind_are_found():
    slips = {
        "sign": lambda g, x: -2 * x * g, "factor": lambda g, x: x * g, "term": lambda g, x: 2 * x * g + 0.01, "nothing": lambda g, x: 0 * g,
    }  # fmt: skip
    for slip in slips.values():

        class Square(gg.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x

            @staticmethod
            def backward(ctx, g, slip=slip):
                return slip(g, ctx.saved_tensors[0])

        x = gg.tensor([0.5, 2.0, -3.0], requires_grad=True, dtype=gg.float64)
        with gg.study.record() as tape:
            loss = Square.apply(x).sum()
        assert gg.study.verify(loss).first.node is tape.nodes[0]


@pytest.mark.parametrize("seed", range(40))
def test_right_rules_pass(seed):
    rng = np.random.default_rng(seed)
    with gg.study.record() as tape:
        loss = grow(rng, leaves(rng))
    if loss.requires_grad:
        found = gg.study.verify(loss)
        assert found and all(check.verdict == "ok" for check in found.checks), str(found)
    assert tape.nodes or not loss.requires_grad


def test_a_model_in_float32_passes():
    gg.manual_seed(0)
    x, targets = gg.randn(4, 6, 8, requires_grad=True), gg.tensor([0, 1, 2, 3])
    layers = gg.nn.Linear(8, 8), gg.nn.LayerNorm(8), gg.nn.GELU(), gg.nn.Embedding(5, 8)
    with gg.study.record() as tape:
        h = layers[2](layers[1](layers[0](x))) + layers[3](gg.tensor([1, 1, 2, 3, 4, 0]))
        h = F.scaled_dot_product_attention(h, h, h, is_causal=True)
        h = gg.cat([F.dropout(h, 0.3), h[:, :2]], 1)
        loss = F.cross_entropy(h.mean(1), targets)
    found = gg.study.verify(loss)
    assert found and {check.verdict for check in found.checks} == {"ok"}, str(found)
    assert len({check.node for check in found.checks}) == len(tape.nodes)


def test_kinks_are_not_mistakes():
    x = gg.tensor([0.0, 1.0, -1.0], requires_grad=True, dtype=gg.float64)
    with gg.study.record() as tape:
        loss = (3 * x).relu().sum()
    (kink,) = [check for check in gg.study.verify(loss).checks if check.verdict != "ok"]
    assert kink.verdict == "kink" and kink.node is tape.nodes[1]
    assert "at 1 of its elements" in str(kink)


def test_what_was_not_recorded_is_said():
    x = gg.ones(2, requires_grad=True)
    before = x * 2
    with gg.study.record() as tape:
        loss = before.sum()
    found = gg.study.verify(loss)
    assert [check.verdict for check in found.checks] == ["unchecked", "ok"] and "outside the tape" in str(found)
    with pytest.raises(RuntimeError, match=r"inside `with gg.study.record\(\) as tape:`"):
        gg.study.verify(x.sum())
    assert tape.nodes


def test_values_are_those_of_the_forward():
    w = gg.tensor([1.0, 2.0], requires_grad=True)
    with gg.study.record() as tape:
        loss = (w * w).sum()
        with gg.no_grad():
            w += 100  # after the forward: the check runs on what w was
    np.testing.assert_array_equal(tape.arguments[tape.nodes[0]][0], [1, 2])
    assert tape.nodes[0].op.name == "mul" and loss.item() == 5


def test_of_functions_that_fail_or_have_several_outputs():
    class Two(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx, g, h):
            x, y = ctx.saved_tensors
            return g * y + h, g * x + h

    class Misshapen(Cube):
        @staticmethod
        def backward(ctx, g):
            return g.sum()

    class Fails(Cube):
        @staticmethod
        def backward(ctx, g):
            raise ValueError("oops")

    x, y = (gg.tensor([a, 1.0], requires_grad=True) for a in (2.0, 3.0))
    with gg.study.record() as tape:
        a, b = Two.apply(x, y)
        loss = (a * b).sum()
    assert {check.verdict for check in gg.study.verify(loss).checks} == {"ok", "unchecked"}
    assert list(gg.study.steps(loss)) and gg.study.paths(loss, x).count == 2 and gg.study.broken(loss, "=").first is not None
    for wrong, why in ((Misshapen, "shape"), (Fails, "oops")):
        with gg.study.record() as tape:
            loss = wrong.apply(x).sum()
        assert why in str(gg.study.verify(loss).first), wrong
    assert tape.nodes


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
def test_right_rules_pass_at_any_scale(scale):
    gg.manual_seed(0)
    x = (scale * gg.randn(3, 4, dtype=gg.float64)).requires_grad_()
    square = gg.randn(3, 3, dtype=gg.float64, requires_grad=True)
    with gg.study.record() as tape:
        loss = (x.floor() + x.round() + (x / scale).cosh() + x.masked_fill(x > 0, -1e9)).sum()
        loss = loss + F.embedding(gg.tensor([0, 1, 1]), x, padding_idx=1).square().sum() + x.max() + x.norm() + x.std()
        loss = loss + gg.linalg.cholesky(square @ square.T + gg.eye(3, dtype=gg.float64)).sum()
    found = gg.study.verify(loss)
    assert found and "wrong" not in str(found), str(found)
    assert tape.nodes


def test_what_an_optimizer_does_after_the_forward_changes_nothing():
    a, b = gg.tensor(2.0, requires_grad=True), gg.tensor(3.0, requires_grad=True)
    optimizer = gg.optim.SGD([a, b], lr=1.0)
    with gg.study.record() as tape:
        loss = a * b
        loss.backward()
        optimizer.step()
    assert [check.verdict for check in gg.study.verify(loss).checks] == ["ok", "ok"]
    assert "g * b = 1 * 3" in str(gg.explain(a.grad)) and tape.nodes
