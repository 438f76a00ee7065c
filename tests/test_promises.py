"""What was once silently wrong, and must not be again."""

import copy
import pickle

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.nn import functional as F


def test_halves_are_added_up_in_float32():
    ones = gg.ones(4096, 2, dtype=gg.float16)
    assert ones.sum(0).tolist() == [4096, 4096] and ones.mean(0).tolist() == [1, 1]
    many = gg.full((100_000,), 0.001, dtype=gg.float16).requires_grad_()
    assert many.mean().item() == pytest.approx(0.001, rel=1e-2)
    many.mean().backward()
    assert many.grad[0].item() == pytest.approx(1e-5, rel=1e-2)
    bias = gg.zeros(2, dtype=gg.float16, requires_grad=True)
    (gg.zeros(4096, 2, dtype=gg.float16) + bias).sum().backward()
    assert bias.grad.tolist() == [4096, 4096]
    wide = gg.tensor([0.0, 100, 300, -300], dtype=gg.float16)
    assert wide.std().item() == pytest.approx(250, rel=1e-2)
    normed = F.layer_norm(gg.tensor([0.0, 1000, -1000], dtype=gg.float16), (3,))
    assert normed.dtype == gg.float16 and normed.tolist() == pytest.approx([0, 1.2247, -1.2247], rel=1e-2)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_an_ignored_row_counts_for_nothing_even_if_it_is_infinite(smoothing):
    x = gg.tensor([[-gg.inf, 1.0, 2.0], [0.5, 1.0, 2.0]])
    both = F.cross_entropy(x, gg.tensor([-100, 1]), label_smoothing=smoothing)
    assert both.item() == pytest.approx(F.cross_entropy(x[1:], gg.tensor([1]), label_smoothing=smoothing).item())


def test_the_upstream_gradient_keeps_its_graph_whatever_its_dtype():
    x = gg.tensor([2.0], dtype=gg.float64, requires_grad=True)
    v = gg.tensor([3.0], requires_grad=True)
    (g,) = gg.autograd.grad(x * x, x, v, create_graph=True)
    assert gg.autograd.grad((g * v.double()).sum(), v)[0].item() == 24


def test_gradcheck_sees_through_a_detach():
    x = gg.tensor([1.0], dtype=gg.float64, requires_grad=True)
    with pytest.raises(gg.autograd.GradcheckError, match="analytic 0, numeric 2"):
        gg.autograd.gradcheck(lambda x: x.detach() * 2, x)
    with pytest.raises(ValueError, match="no floating tensor"):
        gg.autograd.gradcheck(lambda x: x.detach() > 0, x)


def test_backward_inputs_may_repeat_or_come_from_a_generator_but_not_be_empty():
    x = gg.tensor(2.0, requires_grad=True)
    (x * x).backward(inputs=[x, x])
    assert x.grad.item() == 4
    (x * x).backward(inputs=(leaf for leaf in [x]))
    assert x.grad.item() == 8
    with pytest.raises(RuntimeError, match="inputs is empty"):
        (x * x).backward(inputs=[])


def test_a_leaf_told_to_need_no_gradient_gets_none():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    x.requires_grad_(False)
    y.backward()
    assert x.grad is None


def test_a_grad_of_another_shape_is_refused():
    x = gg.ones(1, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"grad: it must be None or a tensor like this one, float32 \(1,\), got float32 \(3,\)"):
        x.grad = gg.ones(3)
    with pytest.raises(RuntimeError, match="got float64"):
        x.grad = gg.ones(1, dtype=gg.float64)
    with pytest.raises(RuntimeError, match="got ndarray"):
        x.grad = np.ones(1)
    x.grad = gg.ones(1)
    x.data = gg.ones(3)
    with pytest.raises(RuntimeError, match=r"\.grad holds a float32 tensor of shape \(1,\)"):
        (x * 2).sum().backward()
    del x.grad
    assert x.grad is None


def test_clamp_gives_the_gradient_at_the_bound_to_x_for_numbers_and_tensors_alike():
    for low in (0.0, gg.tensor(0.0)):
        x = gg.tensor([0.0, -1.0, 1.0], requires_grad=True)
        x.clamp(low).sum().backward()
        assert x.grad.tolist() == [1, 0, 1]
    assert np.isnan(gg.clamp(gg.ones(1), gg.tensor(float("nan"))).item())


def test_a_mask_of_integers_is_refused_by_attention():
    q = gg.ones(1, 2, 4)
    with pytest.raises(TypeError, match=r"attn_mask must be bool .* got int64"):
        F.scaled_dot_product_attention(q, q, q, attn_mask=gg.tensor([[1, 0], [1, 1]]))


def test_indices_and_ranks_are_checked():
    with pytest.raises(IndexError, match="padding_idx 12"):
        F.embedding(gg.tensor([1]), gg.ones(10, 2), padding_idx=12)
    with pytest.raises(IndexError, match="from 0 to 2"):
        gg.index_select(gg.ones(3), 0, gg.tensor([-1]))
    with pytest.raises(RuntimeError, match="mm: expected 2 and 2 dimensions"):
        gg.mm(gg.ones(1, 2, 2), gg.ones(1, 2, 2))
    with pytest.raises(TypeError, match="dim must be an int, got False"):
        gg.ones(3).softmax(False)


def test_a_write_through_one_array_of_a_buffer_is_seen_by_the_others():
    buffer = bytearray(np.ones(4, np.float32).tobytes())
    a, b = (gg.from_numpy(np.frombuffer(buffer, np.float32)) for _ in range(2))
    x = gg.ones(4, requires_grad=True)
    y = (x * a).sum()
    b.fill_(9.0)
    with pytest.raises(RuntimeError, match="mul saved its argument b"):
        y.backward()


def test_pytorchs_argument_names_work_on_every_op():
    x = gg.tensor([2.0])
    assert gg.mul(x, other=3.0).item() == 6 and gg.mul(input=x, other=x).item() == 4
    assert gg.exp(input=gg.zeros(1)).item() == 1 and gg.softmax(input=x, dim=0).item() == 1


def test_the_constructor_of_tensor_makes_floats_or_a_shape():
    assert gg.Tensor([1, 2]).dtype == gg.float32 and gg.Tensor(2, 3).shape == (2, 3) and gg.Tensor(3).shape == (3,)


@pytest.mark.parametrize("call", [
    lambda: gg.tensor([True]) - gg.tensor([True]),
    lambda: -gg.tensor([True]),
    lambda: gg.tensor([1], dtype=gg.uint8) + 300,
    lambda: gg.ones(2) & gg.ones(2),
    lambda: gg.ones(2) @ 1,
    lambda: gg.cat([gg.ones(2, 3), gg.ones(3, 2)]),
])  # fmt: skip
def test_errors_begin_with_the_name_of_the_op_and_have_no_empty_hints(call):
    with pytest.raises((RuntimeError, TypeError)) as caught:
        call()
    text = str(caught.value)
    assert text.split(":")[0] in ("sub", "neg", "add", "bitwise_and", "matmul", "cat")
    assert "()" not in text and ". :" not in text and not text.endswith(". ")


def test_integers_are_not_divided_by_zero_and_floats_are():
    for call in (lambda a, b: a // b, lambda a, b: a % b):
        for b in (gg.tensor([1, 0]), 0):
            with pytest.raises(ZeroDivisionError, match="by zero: write"):
                call(gg.tensor([3, 4]), b)
        with np.errstate(all="ignore"):
            assert not call(gg.tensor([3.0]), 0).isfinite().item()


def test_what_is_no_tensor_no_size_and_no_number_is_named():
    for call, text in (
        (lambda: gg.zeros(2.5), r"a size must be made of ints, got 2\.5: write int\(n\)"), (lambda: gg.nn.Linear("a", 2), "made of ints, got 2, 'a'"),
        (lambda: gg.stack([[1.0], [2.0]]), r"stack: .* it holds a list: write gg\.tensor"), (lambda: F.mse_loss(gg.ones(2), None), "mse_loss: target must be a tensor or an array, got None"),
        (lambda: gg.optim.SGD(gg.nn.Linear(1, 1).parameters(), lr="0.1"), r"SGD: lr must be a number, got '0\.1': write float"),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=text):
            call()
    assert gg.zeros(np.int64(2), gg.tensor(3)).shape == (2, 3)


def test_a_parameter_takes_attributes_and_keeps_them_when_pickled():
    p = gg.nn.Parameter(gg.ones(2))
    p.tag = "frozen"
    assert p.tag == "frozen" and pickle.loads(pickle.dumps(p)).tag == "frozen" and copy.copy(p).tag == "frozen"
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'tag'"):
        gg.ones(2).tag = "frozen"


def test_what_chooses_prints_a_line_for_each_field():
    assert repr(gg.tensor([[1.0, 2.0]]).max(1)) == "Chosen(\nvalues=tensor([2.]),\nindices=tensor([1]))"
    assert repr(gg.ones(2).aminmax()).startswith("MinMax(\nmin=tensor(1.),\nmax=") and "\nS=" in repr(gg.linalg.svd(gg.ones(2, 2)))


def test_one_element_tensors_in_a_list_are_numbers_as_in_pytorch():
    assert gg.tensor([gg.ones(1), gg.ones(1)]).tolist() == [1, 1] and gg.tensor([[gg.ones(1)], [2.0]]).shape == (2, 1)
    assert gg.tensor([gg.ones(2), gg.ones(2)]).shape == (2, 2)


def test_is_contiguous_takes_a_memory_format():
    assert gg.ones(2).is_contiguous(memory_format=gg.contiguous_format)


def test_a_function_without_its_methods_is_named():
    class Half(gg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    class Nothing(gg.autograd.Function):
        pass

    with pytest.raises(NotImplementedError, match=r"Half: write a static method backward\(ctx"):
        Half.apply(gg.ones(2, requires_grad=True)).sum().backward()
    with pytest.raises(NotImplementedError, match=r"Nothing: write a static method forward\(ctx"):
        Nothing.apply(gg.ones(2))
