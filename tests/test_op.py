"""Declaring and calling ops."""

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.op import REGISTRY, Array, op
from glassgrad.tensor import TWINS, Tensor


@pytest.fixture
def declare():
    """`op`, with what it registers forgotten at the end of the test."""
    names, twins, methods = set(REGISTRY), dict(TWINS), dict(vars(Tensor))
    yield op
    for name in set(REGISTRY) - names:
        del REGISTRY[name]
    TWINS.clear()
    TWINS.update(twins)
    for name in set(vars(Tensor)) - set(methods):
        delattr(Tensor, name)


gg.ops.load_all()  # the families are loaded when one of their names is first used


def leaf(*values):
    return gg.tensor(values, dtype=gg.float64, requires_grad=True)


def test_what_the_rules_name_is_what_is_saved():
    def keep(name):
        return REGISTRY[name].op.keep

    assert keep("add") == () and keep("exp") == ("y",) and keep("log") == ("x",) and keep("mul") == ("a", "b") and keep("div") == ("b", "y")
    assert keep("sum") == () and REGISTRY["sum"].op.attrs == ("x_shape", "dim", "keepdim")
    assert keep("softmax") == ("y",) and keep("gather") == ("index",)


def test_saved_values_are_the_arrays_themselves():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * w
    assert y.grad_fn.saved[0] is x._array and y.grad_fn.saved[1] is w._array
    assert x.exp().grad_fn.saved[0].tolist() == np.exp([1.0, 2.0]).tolist()


def test_declaring_an_op_attaches_a_method_a_twin_and_a_formula(declare):
    cube = declare(lambda x: x * x * x, name="cube", dtypes="promote", numpy=[np.cbrt], doc="`y = x**3`.", x=lambda g, x: 3 * g * x * x)
    x = leaf(1.0, 2.0)
    assert x.cube().tolist() == cube(x).tolist() == np.cbrt(x).tolist() == [1, 8]
    assert cube.__doc__ == "`y = x**3`." and cube.__name__ == "cube" and REGISTRY["cube"] is cube
    assert cube.op.formula("x") == "3 * g * x * x"
    assert gg.autograd.gradcheck(cube, x) and gg.autograd.gradgradcheck(cube, x)
    assert gg.ones(2).cube_().tolist() == [1, 1]


def test_an_op_without_rules_is_traced(declare):
    @declare(method=False)
    def twice_sine(x: Array, scale: float = 2.0) -> Array:
        return scale * np.sin(x)

    x = leaf(0.0, 1.0)
    y = twice_sine(x)
    assert y.grad_fn.op.name == "mul" and not hasattr(x, "twice_sine")
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * np.cos([0.0, 1.0]))
    assert isinstance(twice_sine(np.ones(2), scale=3.0), np.ndarray)


def test_pytorchs_and_numpys_names_of_arguments_are_taken():
    x = leaf(1.0, 2.0).reshape(1, 2)
    assert gg.sum(input=x, dim=1).tolist() == x.sum(axis=1).tolist() == [3]
    assert x.mean(dim=1, keepdim=True).shape == x.mean(axis=1, keepdims=True).shape == (1, 1)
    assert gg.softmax(x, dim=1).shape == (1, 2) and x.reshape(shape=(2, 1)).shape == x.permute(dims=(1, 0)).shape == (2, 1)
    assert x.var(1, unbiased=False).item() == 0.25


def test_wrong_arguments_show_the_signature():
    x = gg.ones(2)
    with pytest.raises(TypeError, match=r"softmax: no argument 'dims'.*softmax\(x.*dim"):
        gg.softmax(x, dims=0)
    with pytest.raises(TypeError, match="softmax: 4 arguments"):
        gg.softmax(x, 0, 1, 2)
    with pytest.raises(TypeError, match="'dim' is missing"):
        x.logsumexp()
    with pytest.raises(TypeError, match="given twice"):
        x.sum(0, axis=0)


def test_a_derivative_that_does_not_exist_is_never_left_out_silently():
    x, w = leaf(1.0, 2.0).reshape(1, 2).log_softmax(1), leaf(1.0, 1.0)
    with pytest.raises(RuntimeError, match=r"no derivative by weight: write weight\.detach\(\)"):
        gg.nn.functional.nll_loss(x, gg.tensor([0]), weight=w)


def test_mixed_dtypes_where_pytorch_refuses_them_are_refused():
    with pytest.raises(RuntimeError, match=r"different dtypes \(a float32, b float64\)"):
        gg.ones(2, 2) @ gg.ones(2, 2, dtype=gg.float64)


def test_ops_record_under_enable_grad_only_what_requires_grad():
    x = gg.ones(2)
    assert (x * 2).grad_fn is None and (x * leaf(1.0, 2.0)).grad_fn.parents[0] is None


def test_the_kernel_is_used_where_it_takes_the_case(declare):
    calls = []

    def kernel(x):
        calls.append(x.shape)
        return NotImplemented if x.ndim == 0 else np.full_like(x, 7)

    @declare(kernel=kernel, method=False, x=lambda g: g)
    def sevens(x: Array) -> Array:
        return x * 0 - 7

    from glassgrad import kernels

    large = gg.ones(kernels.MIN_ELEMENTS)
    with kernels.use("numba"):
        assert sevens(leaf(1.0, 2.0)).tolist() == [7, 7] and sevens(gg.tensor(1.0)).item() == -7
    assert calls == [(2,), ()]
    with kernels.use("auto"):  # a tensor of few elements is spared the question
        assert sevens(leaf(1.0, 2.0)).tolist() == [-7, -7] and sevens(large)[0].item() == 7
    with kernels.use("numpy"):
        assert sevens(large)[0].item() == -7
    assert calls == [(2,), (), (kernels.MIN_ELEMENTS,)]


def test_what_takes_any_number_of_sizes_takes_all_by_name():
    x = gg.arange(12.0).view(3, 4)
    assert gg.reshape(input=x, shape=(4, 3)).shape == gg.permute(input=x, dims=(1, 0)).shape == (4, 3)
    assert gg.flip(input=x, dims=(0,))[0, 0] == 8
    with pytest.raises(TypeError, match="reshape"):
        gg.reshape(shape=(4, 3))
