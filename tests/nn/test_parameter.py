from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn


def test_it_is_a_leaf_that_requires_grad_on_the_given_memory():
    data = gg.ones(2, 3)
    p = nn.Parameter(data)
    assert isinstance(p, gg.Tensor) and p.requires_grad and p.is_leaf and not nn.Parameter(data, requires_grad=False).requires_grad
    assert np.shares_memory(p.detach().numpy(), data.numpy())
    computed = nn.Parameter(gg.ones(2, requires_grad=True) * 2)
    assert computed.is_leaf and computed.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="only floating tensors"):
        nn.Parameter(gg.arange(3))
    assert nn.Parameter(gg.arange(3), requires_grad=False).dtype == gg.int64


def test_ops_on_it_give_plain_tensors_and_gradients():
    p = nn.Parameter(gg.tensor([1.0, 2.0]))
    y = (p * p).sum()
    assert type(y) is gg.Tensor and type(p.detach()) is gg.Tensor
    y.backward()
    assert p.grad.tolist() == [2, 4]


def test_copies_keep_the_class():
    p = nn.Parameter(gg.tensor([1.0, 2.0]), requires_grad=False)
    for q in (copy.deepcopy(p), pickle.loads(pickle.dumps(p))):
        assert type(q) is nn.Parameter and q.tolist() == [1, 2] and not q.requires_grad
        assert not np.shares_memory(q.numpy(), p.numpy())


def test_repr():
    assert repr(nn.Parameter(gg.tensor([1.0, 2.5]))) == "Parameter containing:\ntensor([1.0000, 2.5000], requires_grad=True)"
