"""autograd.functional: the forms of inputs and results, create_graph and strict, and parity with PyTorch."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.autograd import functional

X = np.random.default_rng(0).standard_normal((2, 3))


def tensor(array, base=gg):
    return base.tensor(np.asarray(array).tolist(), dtype=base.float64)


def close(a, b):
    a, b = (x.detach().numpy() if hasattr(x, "detach") else np.asarray(x) for x in (a, b))
    assert a.shape == b.shape
    np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


def flat(found):
    return [x for part in found for x in flat(part)] if isinstance(found, (tuple, list)) else [found]


# ------------------------------------------------------------------------------------------------ forms


@pytest.mark.parametrize("options", [{}, {"vectorize": False}, {"vectorize": True}, {"strategy": "forward-mode", "vectorize": True}])
def test_a_jacobian_has_the_form_of_outputs_and_then_inputs(options):
    x, y = tensor(X[0]), tensor(X[1])
    close(functional.jacobian(lambda x: x**2, x, **options), np.diag(2 * X[0]))
    (one,) = functional.jacobian(lambda x: x**2, (x,), **options)
    close(one, np.diag(2 * X[0]))
    ((a, b), (c, d)) = functional.jacobian(lambda x, y: (x * y, y.sum()), (x, y), **options)
    close(a, np.diag(X[1])), close(b, np.diag(X[0])), close(c, np.zeros(3)), close(d, np.ones(3))
    close(functional.jacobian(lambda x: gg.ones(2, dtype=gg.float64), x, **options), np.zeros((2, 3)))
    close(functional.jacobian(lambda x: x[:0], x, **options), np.zeros((0, 3)))


def test_several_inputs_have_a_hessian_of_blocks():
    blocks = functional.hessian(lambda x, y: (x**2 * y).sum(), (tensor(X[0]), tensor(X[1])))
    close(blocks[0][0], np.diag(2 * X[1])), close(blocks[0][1], np.diag(2 * X[0])), close(blocks[1][1], np.zeros((3, 3)))


def test_vectors_are_checked():
    x = tensor(X)
    close(functional.vjp(lambda x: (x * 2).sum(), x)[1], np.full((2, 3), 2.0))  # one number needs no v
    with pytest.raises(RuntimeError, match=r"vjp: v may be left out only for one output of one element, not for \[\(2, 3\)\]"):
        functional.vjp(lambda x: x * 2, x)
    with pytest.raises(RuntimeError, match=r"jvp: v has shapes \[\(3,\)\], the inputs \[\(2, 3\)\]"):
        functional.jvp(lambda x: x * 2, x, x[0])
    with pytest.raises(TypeError, match="jacobian: inputs must be a tensor or a tuple of tensors, got float at place 0"):
        functional.jacobian(lambda x: x, 2.0)
    with pytest.raises(TypeError, match="the result of the function must be a tensor or a tuple of tensors, got float"):
        functional.jacobian(lambda x: 2.0, x)
    with pytest.raises(RuntimeError, match=r"hessian: the function must return a tensor of one element, not \(2, 3\)"):
        functional.hessian(lambda x: x, x)
    with pytest.raises(RuntimeError, match="hvp: the function must return one tensor of one element"):
        functional.hvp(lambda x: x, x, x)
    with pytest.raises(ValueError, match="strategy must be 'reverse-mode' or 'forward-mode', got 'both'"):
        functional.jacobian(lambda x: x, x, strategy="both")


def test_strict_raises_where_nothing_depends():
    x = tensor(X)
    for run in (functional.jacobian, functional.vjp):
        with pytest.raises(RuntimeError, match="output 0 doesn't depend on the inputs, and strict=True"):
            run(lambda x: gg.ones((), dtype=gg.float64), x, strict=True)
    with pytest.raises(RuntimeError, match="the outputs don't depend on input 1, and strict=True"):
        functional.vjp(lambda x, y: x.sum(), (x, x), strict=True)
    with pytest.raises(RuntimeError, match="vhp: the derivative by input 0 doesn't depend on the inputs, but strict=True"):
        functional.vhp(lambda x: x.sum(), x, x, strict=True)
    close(functional.vhp(lambda x: x.sum(), x, x)[1], np.zeros((2, 3)))


# ------------------------------------------------------------------------------------------------ graphs


def test_results_have_a_graph_only_on_request():
    x, w = tensor(X[0]).requires_grad_(), gg.ones(3, dtype=gg.float64, requires_grad=True)
    f = lambda x: (x**3 * w).sum()
    for run in (lambda **k: functional.jacobian(f, x, **k), lambda **k: functional.hessian(f, x, **k)):
        assert not run().requires_grad and run(create_graph=True).requires_grad
    for run in (functional.vjp, functional.jvp, functional.vhp, functional.hvp):
        v = None if run is functional.vjp else x.detach()
        assert not any(part.requires_grad for part in run(f, x, v))
        assert all(part.requires_grad for part in run(f, x, v, create_graph=True))
    assert x.grad is None and w.grad is None


def test_create_graph_leads_to_the_inputs_and_the_rest():
    x, w = tensor(X[0]).requires_grad_(), tensor(X[1]).requires_grad_()
    functional.jacobian(lambda x: x**3 * w, x, create_graph=True).sum().backward()
    close(x.grad, 6 * X[0] * X[1]), close(w.grad, 3 * X[0] ** 2)
    x.grad = None
    functional.hessian(lambda x: (x**4).sum(), x, create_graph=True).sum().backward()
    close(x.grad, 24 * X[0])


def test_it_works_under_no_grad():
    with gg.no_grad():
        close(functional.jacobian(lambda x: x**2, tensor(X[0])), np.diag(2 * X[0]))
        close(functional.hessian(lambda x: (x**3).sum(), tensor(X[0])), np.diag(6 * X[0]))


# ------------------------------------------------------------------------------------------------ parity


def calls(m):
    F, x, y = m.autograd.functional, tensor(X, m), tensor(X + 1, m)
    f = lambda x, y: ((x @ y.mT).tanh().sum(0), (x * y).prod())
    scalar = lambda x, y: (x * y.sin()).mean() ** 2
    return {
        "jacobian": lambda: F.jacobian(f, (x, y)),
        "jacobian, one input": lambda: F.jacobian(lambda x: f(x, y), x),
        "jacobian, forward": lambda: F.jacobian(f, (x, y), strategy="forward-mode", vectorize=True),
        "hessian": lambda: F.hessian(scalar, (x, y)),
        "hessian, forward": lambda: F.hessian(scalar, (x, y), outer_jacobian_strategy="forward-mode", vectorize=True),
        "vjp": lambda: F.vjp(f, (x, y), (x[0, :2], x[0, 0])),
        "jvp": lambda: F.jvp(f, (x, y), (y, x)),
        "vhp": lambda: F.vhp(scalar, (x, y), (y, x)),
        "hvp": lambda: F.hvp(scalar, (x, y), (y, x)),
    }


@pytest.mark.parametrize("name", calls(gg))
def test_results_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs torch")
    found, want = calls(gg)[name](), calls(torch)[name]()
    assert len(flat(found)) == len(flat(want))
    for a, b in zip(flat(found), flat(want), strict=True):
        close(a, b)
