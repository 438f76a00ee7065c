from __future__ import annotations

from collections import OrderedDict

import pytest

import glassgrad as gg
from glassgrad import nn


def layers(n):
    return [nn.Linear(i + 1, i + 2) for i in range(n)]


def test_sequential_runs_in_order():
    a, b = layers(2)
    x = gg.randn(3, 1)
    assert nn.Sequential(a, b)(x).tolist() == b(a(x)).tolist()
    assert nn.Sequential()(x) is x


def test_sequential_by_name_index_and_slice():
    a, b, c = layers(3)
    named = nn.Sequential(OrderedDict(first=a, second=b, third=c))
    assert named.first is a and named[1] is b and named[-1] is c and len(named) == 3 and list(named) == [a, b, c]
    part = named[1:]
    assert type(part) is nn.Sequential and list(part._modules) == ["second", "third"]
    with pytest.raises(IndexError, match="index 3 is out of range: it holds 3"):
        named[3]
    with pytest.raises(TypeError, match="int or a slice"):
        named["first"]
    with pytest.raises(TypeError, match=r"must be an nn\.Module"):
        nn.Sequential(a, gg.relu)


@pytest.mark.parametrize("kind", [lambda items: nn.Sequential(*items), nn.ModuleList])
def test_both_change_like_lists(kind):
    a, b, c = layers(3)
    held = kind([a])
    assert held.append(c) is held and list(held) == [a, c]
    held.insert(1, b)
    assert list(held) == [a, b, c] and list(held._modules) == ["0", "1", "2"]
    del held[0]
    assert list(held) == [b, c] and list(held._modules) == ["0", "1"]
    held[0] = a
    assert held.pop() is c and list(held) == [a]
    held.extend([b, c])
    del held[1:]
    assert list(held) == [a] and [name for name, _ in held.named_parameters()] == ["0.weight", "0.bias"]


def test_module_list():
    a, b, c = layers(3)
    held = nn.ModuleList(m for m in (a, b))
    held += [c]
    assert type(held) is nn.ModuleList and list(held) == [a, b, c]
    assert type(held[:2]) is nn.ModuleList and list(held[:2]) == [a, b]
    assert list(held + [a]) == [a, b, c, a] and len(held) == 3
    with pytest.raises(TypeError, match=r"item 1 must be an nn\.Module, got str"):
        nn.ModuleList([a, "b"])
    with pytest.raises(NotImplementedError, match="ModuleList has no forward"):
        held(gg.ones(1))


def test_module_dict():
    a, b, c = layers(3)
    held = nn.ModuleDict({"a": a})
    held["b"] = b
    held.update([("c", c)])
    assert list(held) == list(held.keys()) == ["a", "b", "c"] and list(held.values()) == [a, b, c]
    assert list(held.items())[1] == ("b", b) and "a" in held and "z" not in held and len(held) == 3
    assert [name for name, _ in held.named_parameters()][:2] == ["a.weight", "a.bias"]
    assert held.pop("b") is b and "b" not in held
    del held["a"]
    assert list(held) == ["c"]
    assert list(nn.ModuleDict(held)) == ["c"]
    held.clear()
    assert len(held) == 0
    with pytest.raises(KeyError, match="no module 'q': it has none"):
        held["q"]
