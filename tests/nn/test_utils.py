from __future__ import annotations

import math

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn.utils import clip_grad_norm_, clip_grad_value_, parameters_to_vector, vector_to_parameters


def with_grads(*grads, dtype=np.float32):
    made = []
    for g in grads:
        p = nn.Parameter(gg.zeros(np.shape(g), dtype=dtype))
        p.grad = gg.tensor(np.array(g, dtype))
        made.append(p)
    return made


def test_clip_scales_to_the_norm_of_all():
    a, b = with_grads([3.0, 0.0], [[4.0]])
    norm = clip_grad_norm_([a, nn.Parameter(gg.ones(1)), b], 1.0)
    assert norm.shape == () and norm.item() == 5 and norm.dtype == gg.float32
    np.testing.assert_allclose(a.grad.numpy(), [0.6, 0], rtol=1e-5)
    np.testing.assert_allclose(b.grad.numpy(), [[0.8]], rtol=1e-5)
    assert clip_grad_norm_(iter([a, b]), 10.0).item() == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(a.grad.numpy(), [0.6, 0], rtol=1e-5)
    assert clip_grad_norm_(a, 10.0).item() == pytest.approx(0.6, rel=1e-5)
    assert clip_grad_norm_([], 1.0).item() == 0 and clip_grad_norm_([nn.Parameter(gg.ones(1))], 1.0).shape == ()


@pytest.mark.parametrize("norm_type", [1, 2.0, 3, math.inf, "inf"])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_is_pytorchs(torch, norm_type, max_norm):
    arrays = [np.random.default_rng(i).standard_normal(shape).astype(np.float32) for i, shape in enumerate([(3, 4), (), (5,)])]
    ours, theirs = with_grads(*arrays), []
    for array in arrays:
        theirs.append(torch.nn.Parameter(torch.zeros(array.shape)))
        theirs[-1].grad = torch.tensor(array)
    norm, expected = clip_grad_norm_(ours, max_norm, norm_type), torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert norm.item() == pytest.approx(expected.item(), rel=1e-5)
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-5)


def test_clip_with_what_is_not_finite():
    (p,) = with_grads([math.inf, 1.0])
    with pytest.raises(RuntimeError, match=r"2.0-norm of the gradients is inf"):
        clip_grad_norm_([p], 1.0, error_if_nonfinite=True)
    assert p.grad.tolist() == [math.inf, 1]
    (p,) = with_grads([math.nan, 1.0])
    assert math.isnan(clip_grad_norm_([p], 1.0).item()) and np.isnan(p.grad.numpy()).all()
    a, b = with_grads([1.0], [math.nan])
    assert math.isnan(clip_grad_norm_([a, b], 1.0, math.inf).item())
    with pytest.raises(ValueError, match="norm_type must be positive"):
        clip_grad_norm_([a], 1.0, 0)
    (half,) = with_grads([300.0, 400.0], dtype=np.float16)
    assert clip_grad_norm_([half], 5.0).item() == 500 and half.grad.tolist() == pytest.approx([3, 4], rel=1e-2)


def test_clip_value():
    a, b = with_grads([-3.0, 0.5], [4.0])
    clip_grad_value_([a, b, nn.Parameter(gg.ones(1))], 1)
    assert a.grad.tolist() == [-1, 0.5] and b.grad.tolist() == [1]
    clip_grad_value_([], 1)


def test_clipping_is_noticed_by_a_graph_that_saved_the_gradient():
    (p,) = with_grads([3.0, 4.0])
    for clip in (lambda: clip_grad_norm_([p], 1.0), lambda: clip_grad_value_([p], 0.1)):
        w = gg.ones(2, requires_grad=True)
        y = (w * p.grad).sum()
        clip()
        with pytest.raises(RuntimeError, match="mul saved its argument b"):
            y.backward()


def test_parameters_as_a_vector_and_back():
    net = nn.Linear(2, 3)
    vector = parameters_to_vector(net.parameters())
    assert vector.shape == (9,) and vector.tolist() == [*net.weight.detach().numpy().ravel().tolist(), *net.bias.tolist()]
    (vector * vector).sum().backward()
    np.testing.assert_allclose(net.bias.grad.numpy(), 2 * net.bias.detach().numpy())
    vector_to_parameters(gg.arange(9.0), net.parameters())
    assert net.weight.tolist() == [[0, 1], [2, 3], [4, 5]] and net.bias.tolist() == [6, 7, 8] and net.bias.requires_grad
    with pytest.raises(ValueError, match=r"9 elements in all, the vector has shape \(8,\)"):
        vector_to_parameters(gg.arange(8.0), net.parameters())


def test_total_norm_and_scaling_apart(torch):
    a, b = with_grads([3.0, 0.0], [[4.0]])
    total = nn.utils.get_total_norm([a.grad, b.grad])
    assert total.item() == 5 and nn.utils.get_total_norm([]).item() == 0
    nn.utils.clip_grads_with_norm_([a, b], 1.0, total)
    np.testing.assert_allclose(b.grad.numpy(), [[0.8]], rtol=1e-5)
    assert torch.nn.utils.get_total_norm([torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])], 3).item() == pytest.approx(
        nn.utils.get_total_norm([gg.tensor([3.0, 0.0]), gg.tensor([[4.0]])], 3).item()
    )


def test_names_that_are_not_here_say_what_to_write():
    for place, name, text in (
        (nn.utils, "weight_norm", r"v \* \(g / v.norm"), (nn.utils, "clip_grad_norm", "write clip_grad_norm_"), (nn.utils, "foo", "has no attribute 'foo'"),
        (nn.utils.rnn, "pack_padded_sequence", r"write nn\.utils\.rnn\.pad_sequence"), (nn.utils.rnn, "PackedSequence", "come later"), (nn.utils.rnn, "foo", "has no attribute 'foo'"),
        (nn.init, "xavier_uniform", "write xavier_uniform_"), (nn.init, "dirac_", "convolutions"), (nn.init, "foo_", "has no attribute 'foo_'"),
    ):  # fmt: skip
        with pytest.raises(AttributeError, match=text):
            getattr(place, name)


def test_sequences_are_padded_to_the_longest_and_cut_back():
    rows = [gg.ones(2, 3, requires_grad=True), 2 * gg.ones(1, 3), gg.zeros(0, 3)]
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=9)
    assert padded.shape == (3, 2, 3) and padded[1].tolist() == [[2] * 3, [9] * 3] and padded[2].tolist() == [[9] * 3] * 2
    padded.sum().backward()
    assert rows[0].grad.tolist() == [[1] * 3] * 2
    left = nn.utils.rnn.pad_sequence([gg.tensor([1, 2]), gg.tensor([3])], padding_side="left")
    assert left.tolist() == [[1, 0], [2, 3]] and left.dtype == gg.int64
    again = nn.utils.rnn.unpad_sequence(padded, gg.tensor([2, 1, 0]), batch_first=True)
    assert [x.tolist() for x in again] == [x.tolist() for x in rows]
    for wrong, text in (([gg.ones(2, 3), gg.ones(2, 2)], r"\(2, 3\), \(2, 2\)"), ([], "got"), ([gg.ones(())], "first dimension only")):
        with pytest.raises(RuntimeError, match=f"pad_sequence: .*{text}"):
            nn.utils.rnn.pad_sequence(wrong)


def test_padding_of_sequences_is_pytorchs(torch):
    for options in ({}, {"batch_first": True, "padding_value": -1.5}, {"padding_side": "left"}):
        ours, theirs = ([module.arange(6.0).reshape(3, 2), module.ones(1, 2)] for module in (gg, torch))
        assert nn.utils.rnn.pad_sequence(ours, **options).tolist() == torch.nn.utils.rnn.pad_sequence(theirs, **options).tolist()
