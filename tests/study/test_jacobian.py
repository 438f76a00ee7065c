"""The Jacobian of one op, and what kind of matrix it is."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ops.build import call
from tests.ops.samples import samples

import glassgrad as gg
from glassgrad import graph
from glassgrad.nn import functional as F
from glassgrad.op import REGISTRY
from glassgrad.study.jacobian import shrunk
from glassgrad.study.structure import structure
from glassgrad.symbol import input_names
from glassgrad.words import plain

look = gg.study.jacobian_structure
sizes = st.integers(2, 5)


def random(*shape):
    return gg.randn(*shape, dtype=gg.float64, requires_grad=True)


OPS = {
    "exp": lambda x: x.exp(), "mul": lambda x: x * x.detach(), "softmax": lambda x: x.softmax(-1), "softmax 0": lambda x: x.softmax(0),
    "sum": lambda x: x.sum(), "mean": lambda x: x.mean(1), "transpose": lambda x: x.transpose(0, 1), "slice": lambda x: x[1:],
    "cumsum": lambda x: x.cumsum(0), "expand": lambda x: x[:, None].expand(3, 2, 4) if x.shape != (3, 4) else x.sum(0), "norm": lambda x: x.norm(),
    "matmul": lambda x: x @ gg.arange(12, dtype=gg.float64).reshape(4, 3), "layer_norm": lambda x: F.layer_norm(x, (4,)),
    "max": lambda x: x.amax(1), "pad": lambda x: F.pad(x, (1, 2)), "stretch": lambda x: x + gg.zeros(2, 3, 4, dtype=gg.float64),
}  # fmt: skip


@pytest.mark.parametrize("name", OPS)
def test_the_matrix_is_the_jacobian(name):
    gg.manual_seed(3)
    x = random(3, 4)
    (one,) = look(OPS[name](x)).values()
    whole = gg.autograd.functional.jacobian(OPS[name], x.detach()).numpy()
    np.testing.assert_allclose(one.matrix, whole.reshape(one.matrix.shape), rtol=1e-12, atol=1e-15)
    assert one.matrix.dtype == np.float64 and one.structure.multiplications <= one.matrix.size


def test_every_op_hands_on_any_gradient_as_its_matrix_says():
    rng, seen = np.random.default_rng(0), set()
    for name in REGISTRY:
        for sample in samples(name)[:3]:
            for y in call(name, sample)[0]:
                node = y._node if isinstance(y, gg.Tensor) else None
                if node is None or 0 in y.shape or all(0 in parent.shape for parent in node.parents if parent is not None):
                    continue
                if not np.isfinite(y.detach().numpy()).all():
                    continue
                g, found = rng.standard_normal(y.shape), look(y)
                _, _, gradients = next(graph.walk([(node, g)], {}, retain_graph=True))
                for key, right in zip(input_names(node), gradients, strict=True):
                    if right is not None and key in found:
                        one = found[key]
                        scale = np.abs(one.matrix).max(initial=1)
                        np.testing.assert_allclose(
                            g.ravel() @ one.matrix, plain(right).ravel(), rtol=1e-9, atol=1e-11 * scale, err_msg=name
                        )
                        assert one.structure.multiplications <= one.matrix.size, name
                        assert str(found).startswith(f"{node.op.name}: ")
                        seen.add(one.kind)
    assert len(seen) > 12


@settings(max_examples=20, deadline=None)
@given(sizes, sizes, sizes)
def test_a_product_is_a_kronecker_product_by_each_factor(m, k, n):
    a, b = random(m, k), random(k, n)
    found = look(a @ b)
    np.testing.assert_array_equal(np.kron(np.eye(m), b.detach().numpy().T), found["a"].matrix)
    np.testing.assert_array_equal(np.kron(a.detach().numpy(), np.eye(n)), found["b"].matrix)
    assert found["a"].kind == found["b"].kind == "Kronecker"
    np.testing.assert_array_equal(found["a"].structure.factor, b.detach().numpy().T)
    np.testing.assert_array_equal(found["b"].structure.factor, a.detach().numpy())
    assert f"I({m}) ⊗ A, A {n} x {k}" in found["a"].structure.text and f"A ⊗ I({n}), A {m} x {k}" in found["b"].structure.text
    assert found["a"].structure.multiplications == found["b"].structure.multiplications == m * k * n


@settings(max_examples=20, deadline=None)
@given(sizes, st.integers(3, 6), st.booleans(), st.sampled_from([gg.float32, gg.float64]))
def test_softmax_has_a_block_for_each_row(rows, n, across, dtype):
    x = gg.randn(rows, n, dtype=dtype)
    one = look((x.T if across else x).clone().requires_grad_().softmax(0 if across else 1))["x"]
    assert one.kind == "block diagonal" and f"{rows} blocks, each {n} x {n}, diagonal + rank one" in one.structure.text
    assert ("put in order" in one.structure.text) == across
    assert one.structure.multiplications == 3 * n * rows


KINDS = {
    "zero": lambda x: x * gg.zeros(3, 4), "identity": lambda x: x.reshape(4, 3), "scaled identity": lambda x: x * 3, "diagonal": lambda x: x.exp(),
    "permutation": lambda x: x.T, "selection": lambda x: x[:, 1], "copy": lambda x: x[:, None].expand(3, 5, 4), "sum": lambda x: x.mean(0),
    "dense": lambda x: x.norm(), "block diagonal": lambda x: x.softmax(1), "Kronecker": lambda x: x.cumsum(1),
    "triangular": lambda x: x.reshape(12).cumsum(0), "not finite": lambda x: x * gg.inf,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_known_ops(kind):
    gg.manual_seed(1)
    x = gg.randn(3, 4, requires_grad=True)
    (one,) = look(KINDS[kind](x)).values()
    assert one.kind == kind
    assert one.structure.text in str(one) and ("!" in str(one)) == (kind == "not finite")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), sizes, sizes, st.integers(1, 3), st.randoms(use_true_random=False))
def test_a_kronecker_product_is_found_whatever_its_sizes_and_order(p, m, n, q, chance):
    rng = np.random.default_rng(chance.randrange(1000))
    matrix = np.kron(np.kron(np.eye(p), rng.uniform(1, 2, (m, n))), np.eye(q))
    found = structure(matrix)
    assert found.kind == ("Kronecker" if p * q > 1 else "dense")
    assert found.multiplications == p * q * m * n == np.count_nonzero(matrix)
    mixed = structure(matrix[rng.permutation(len(matrix))])
    assert mixed.multiplications == found.multiplications  # the same blocks, its rows in another order


def test_what_no_kind_fits_is_dense():
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((6, 6))
    assert structure(matrix).kind == "dense"
    matrix[0, 1:] = matrix[1:, 0] = 0  # blocks of two sizes
    assert structure(matrix).kind == "dense"
    outer = np.diag(rng.standard_normal(6)) + np.outer(rng.standard_normal(6), rng.standard_normal(6))
    assert structure(outer).kind == "diagonal and rank one"
    outer[2, 4] += 1e-3
    assert structure(outer).kind == "dense"


@settings(max_examples=40, deadline=None)
@given(sizes, sizes, st.integers(0, 100), st.sampled_from([np.float32, np.float64]), st.sampled_from([1.0, 1e6]))
def test_numbers_that_differ_in_the_last_bit_are_not_the_same(m, n, seed, dtype, scale):
    rng, next_ = np.random.default_rng(seed), lambda x: np.nextafter(x, dtype(np.inf))
    values = np.full(m, scale, dtype)
    assert structure(np.diag(values)).kind in ("identity", "scaled identity")
    values[-1] = next_(values[-1])
    assert structure(np.diag(values)).kind == "diagonal"
    blocks = np.kron(np.eye(m), rng.uniform(1, 2, (n, n)) * scale).astype(dtype)
    assert structure(blocks).kind == "Kronecker"
    blocks[-1, -1] = next_(blocks[-1, -1])
    assert structure(blocks).kind == "block diagonal"
    row = np.full((1, n), scale, dtype)
    assert structure(row).kind == "sum"
    row[0, 0] = next_(row[0, 0])
    assert structure(row).kind == "dense"


def test_small_entries_count_beside_large_ones():
    v = gg.ones(5, requires_grad=True)
    off = gg.rand(5, 5) * 1e-4
    assert look(gg.tensor([1.0, 1.000001, 1, 1, 1]) * v)["b"].kind == "diagonal"
    assert look(F.linear(v, gg.eye(5) * 100 + off))["x"].kind == "dense"
    matrix = np.diag(np.full(5, 1e4)) + np.outer(np.arange(1, 6), np.arange(2, 7)) * 1e-3
    assert structure(matrix.astype(np.float32)).kind == "diagonal and rank one"
    matrix[0, 1] *= 1 + 1e-5
    assert structure(matrix.astype(np.float32)).kind == "dense"


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 20), st.integers(1, 20))
def test_a_smaller_picture_loses_nothing(m, n, rows, columns):
    matrix = np.zeros((m, n))
    matrix[m // 2, n // 3] = -1e-3
    small = shrunk(matrix, rows, columns)
    assert small.shape[0] <= rows and small.shape[1] <= columns and small.min() == -1e-3 and np.count_nonzero(small) == 1


def test_an_op_that_only_reshapes_names_the_one_before_it():
    w, v = random(4, 3), random(3)
    y = w @ v
    text = str(look(y))
    assert text.startswith("squeeze: ") and "jacobian_structure(y.grad_fn.parents[0]) has the matrix of the matmul" in text
    np.testing.assert_array_equal(look(y.grad_fn.parents[0])["b"].matrix, w.detach().numpy())
    assert "parents" not in str(look(w.reshape(3, 4))) + str(look((w * 2).T)) + str(look(w * w))


def test_costs_and_passes():
    text = str(look(gg.ones(3, 5, requires_grad=True).sum()))
    assert "1 x 15, 15 of 15 entries are not 0" in text and "sum: an output adds up 15 inputs" in text
    assert "0 multiplications, 15 if it were dense; all of it would take 60 bytes" in text
    assert "1 in reverse mode, 15 in forward mode: reverse mode is cheaper" in text


def test_graphs_and_gradients_are_left_alone():
    x = gg.randn(4, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: pytest.fail("a hook ran"))
    loss = y.exp().sum()
    look(y), look(loss._node)
    assert x.grad is None
    y._node.watch = None
    loss.backward()
    with pytest.raises(RuntimeError, match="mul has freed what it saved: ask before backward"):
        look(y)


def test_a_function_of_ones_own():
    class Twice(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    class Both(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            return a * 2 + b * 3

    (one,) = look(Twice.apply(gg.ones(3, requires_grad=True))).values()
    assert one.structure.text == "scaled identity: 2 I(3)"
    with pytest.raises(TypeError, match="several outputs"):
        look(Both.apply(gg.ones(3, requires_grad=True))[0])


@pytest.mark.parametrize(
    "target, error, words",
    [
        (lambda: gg.ones(3, requires_grad=True), TypeError, "an op computed"),
        (lambda: gg.ones(3) * 2, TypeError, "none that records"),
        (lambda: np.ones(3), TypeError, "got ndarray"),
        (lambda: gg.ones(3000, requires_grad=True).exp(), ValueError, "3,000 x 3,000"),
        (lambda: gg.ones(0, requires_grad=True).exp(), ValueError, "make no matrix"),
    ],
)
def test_what_cannot_be_shown(target, error, words):
    with pytest.raises(error, match=f"study.jacobian_structure.*{words}"):
        look(target())


def test_it_is_drawn(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="an optional package")
    found = look(F.linear(random(2, 3), random(4, 3), random(4)))
    assert len(found.figure().axes) == 6  # a map and a scale for each input
    path = found.save(tmp_path / "jacobian.png")
    assert (tmp_path / "jacobian.png").read_bytes()[:4] == b"\x89PNG" and path.endswith("jacobian.png")
    with pytest.raises(ValueError, match=r"must end in .png, .svg or .pdf"):
        found.save("jacobian.dot")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'glassgrad\[examples\]'"):
        found.save(tmp_path / "again.png")
    assert not (tmp_path / "again.png").exists()
