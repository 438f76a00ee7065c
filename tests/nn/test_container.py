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
    with pytest.raises(NotImplementedError, match="ModuleList is only a list: write .*, or use nn.Sequential"):
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


def test_sequential_adds_and_repeats():
    a, b = layers(2)
    both = nn.Sequential(a) + nn.Sequential(b)
    assert list(both) == [a, b]
    both += nn.Sequential(nn.Tanh())
    assert len(both) == 3
    once = nn.Sequential(nn.Linear(2, 2))
    assert len(once * 3) == 3 and len(list((2 * once).parameters())) == 2
    once *= 2
    assert len(once) == 2 and once[0] is once[1]
    with pytest.raises(ValueError, match="1 or more times, not 0"):
        once * 0


def test_containers_say_that_they_are_not_called():
    for made, text in ((nn.ModuleDict(), "pick one"), (nn.ParameterList(), "only holds parameters"), (nn.ParameterDict(), "only holds parameters")):
        with pytest.raises(NotImplementedError, match=text):
            made(gg.ones(1))


def test_parameter_list():
    p = nn.Parameter(gg.ones(2, 3))
    held = nn.ParameterList([p, gg.zeros(2)])
    assert held[0] is p and isinstance(held[1], nn.Parameter) and len(held) == 2 and list(held.state_dict()) == ["0", "1"]
    held += [gg.ones(1)]
    held.append(gg.ones(4)).extend([gg.ones(5)])
    assert [x.numel() for x in held] == [6, 2, 1, 4, 5] and held[-1].shape == (5,) and len(held[1:3]) == 2
    held[1] = gg.ones(7)
    assert held[1].numel() == 7 and isinstance(held[1], nn.Parameter)
    assert repr(nn.ParameterList([p])) == "ParameterList(\n  (0): Parameter containing: [float32 of size 2x3]\n)"
    with pytest.raises(IndexError, match="index 9 is out of range: it holds 5"):
        held[9]
    with pytest.raises(TypeError, match="must be a parameter or a tensor, got int"):
        held.append(3)
    with pytest.raises(TypeError, match="write append"):
        held.extend(gg.ones(3))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.ws = nn.ParameterList(gg.ones(n) for n in (1, 2))

    assert [name for name, _ in Net().named_parameters()] == ["ws.0", "ws.1"]


def test_parameter_dict():
    held = nn.ParameterDict({"a": gg.ones(1), "b": nn.Parameter(gg.ones(2))})
    assert list(held) == list(held.keys()) == ["a", "b"] and "a" in held and len(held) == 2
    assert [p.numel() for p in held.values()] == [1, 2] and held.get("c") is None and list(reversed(held)) == ["b", "a"]
    assert held.setdefault("c", gg.ones(3)).numel() == 3 and held.setdefault("a", gg.ones(9)).numel() == 1
    assert set(held | nn.ParameterDict({"d": gg.ones(1)})) == {"a", "b", "c", "d"} and held.copy()["a"] is held["a"]
    held |= nn.ParameterDict([("e", gg.ones(1))])
    assert held.popitem()[0] == "e" and held.pop("c").numel() == 3
    del held["a"]
    assert next(iter(held.items()))[0] == "b" and list(held.fromkeys(["x", "y"], gg.ones(1))) == ["x", "y"]
    held.clear()
    assert not len(held)
    with pytest.raises(KeyError, match="no parameter 'a': it has none"):
        held["a"]
