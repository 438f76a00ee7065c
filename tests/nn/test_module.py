"""The module tree: registration, names, saving and loading, casting, text."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn


class Block(nn.Module):
    def __init__(self, n=3):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.norm = nn.LayerNorm(n)
        self.register_buffer("steps", gg.zeros(1, dtype=gg.int64))
        self.register_buffer("cache", gg.ones(2), persistent=False)

    def forward(self, x):
        return self.norm(self.fc(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(gg.ones(3))
        self.blocks = nn.ModuleList([Block(), Block()])
        self.head = nn.Linear(3, 3)
        self.head.weight = self.blocks[0].fc.weight  # tied

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x * self.scale)


BLOCK = ["fc.weight", "fc.bias", "norm.weight", "norm.bias"]
NAMES = ["scale", *(f"blocks.{i}.{name}" for i in (0, 1) for name in BLOCK)]


def test_names_come_in_order_and_a_shared_parameter_once():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == [*NAMES, "head.bias"]
    assert [name for name, _ in net.named_parameters(remove_duplicate=False)] == [*NAMES, "head.weight", "head.bias"]
    assert [name for name, _ in net.named_parameters(prefix="net", recurse=False)] == ["net.scale"]
    assert [name for name, _ in net.named_buffers()] == [f"blocks.{i}.{name}" for i in (0, 1) for name in ("steps", "cache")]
    assert [name for name, _ in net.named_children()] == ["blocks", "head"]
    paths = ["", "blocks", "blocks.0", "blocks.0.fc", "blocks.0.norm", "blocks.1", "blocks.1.fc", "blocks.1.norm", "head"]
    assert [name for name, _ in net.named_modules()] == paths
    assert [id(p) for p in net.parameters()] == [id(p) for _, p in net.named_parameters()]
    assert next(net.modules()) is net and list(net.children()) == [net.blocks, net.head]


def test_a_shared_module_is_named_once():
    shared = nn.Linear(2, 2)
    both = nn.Sequential(shared, shared)
    assert [name for name, _ in both.named_modules()] == ["", "0"]
    assert [name for name, _ in both.named_modules(remove_duplicate=False)] == ["", "0", "1"]
    assert len(list(both.parameters())) == 2
    assert list(both.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert len(list(both.named_children())) == 1


def test_get_by_path():
    net = Net()
    assert net.get_submodule("blocks.1.fc") is net.blocks[1].fc
    assert net.get_submodule("") is net
    assert net.get_parameter("blocks.0.norm.bias") is net.blocks[0].norm.bias
    assert net.get_buffer("blocks.0.steps") is net.blocks[0].steps
    with pytest.raises(AttributeError, match=r"no module 'blocks.1.conv'.*blocks.1 \(Block\) has fc, norm"):
        net.get_submodule("blocks.1.conv")
    with pytest.raises(AttributeError, match=r"no parameter 'head.gain'.*weight, bias"):
        net.get_parameter("head.gain")
    with pytest.raises(AttributeError, match="no buffer 'scale'"):
        net.get_buffer("scale")


# ------------------------------------------------------------------------------------------------ attributes


def test_assignment_before_init_is_explained():
    class Late(nn.Module):
        def __init__(self, value):
            self.thing = value
            super().__init__()

    for value, kind in ((nn.Linear(1, 1), "modules"), (nn.Parameter(gg.ones(1)), "parameters")):
        with pytest.raises(AttributeError, match=rf"Late: can't assign {kind} before super\(\).__init__\(\)"):
            Late(value)

    class Never(nn.Module):
        def __init__(self):
            pass

    with pytest.raises(AttributeError, match=r"Never has no attribute 'weight': call super\(\).__init__\(\) first"):
        _ = Never().weight
    with pytest.raises(AttributeError, match=r"can't assign buffers before super\(\).__init__"):
        Never().register_buffer("b", gg.ones(1))


def test_assignment_moves_a_name_between_kinds_and_del_removes_it():
    m = nn.Module()
    m.a = 1
    m.a = nn.Parameter(gg.ones(2))
    assert "a" not in m.__dict__ and list(m._parameters) == ["a"]
    m.a = nn.Linear(1, 1)
    assert not m._parameters and list(m._modules) == ["a"]
    m.a = None
    assert m.a is None and list(m._modules) == ["a"] and list(m.children()) == []
    del m.a
    assert not hasattr(m, "a")
    m.register_buffer("b", gg.ones(2), persistent=False)
    m.b = gg.zeros(3)
    assert m.b.shape == (3,) and list(m._buffers) == ["b"] and m.state_dict() == {}
    del m.b
    m.register_buffer("b", gg.ones(2))
    assert list(m.state_dict()) == ["b"]
    m.plain = gg.ones(1)  # a tensor that is neither: an attribute like any other
    assert list(m.named_buffers()) == [("b", m.b)]


def test_wrong_assignments_name_module_and_attribute():
    fc = nn.Linear(2, 2)
    with pytest.raises(TypeError, match=r"Linear.weight is a parameter: can't assign a Tensor.*nn.Parameter"):
        fc.weight = gg.ones(2, 2)
    with pytest.raises(AttributeError, match="Linear has no attribute 'weigth'"):
        _ = fc.weigth
    assert "weight" in dir(fc)
    net = Net()
    with pytest.raises(TypeError, match=r"Net.head is a module: can't assign a int"):
        net.head = 3
    with pytest.raises(TypeError, match=r"Block.steps is a buffer"):
        net.blocks[0].steps = 3
    with pytest.raises(KeyError, match="already has an attribute 'forward'"):
        fc.forward = nn.Linear(1, 1)
    for name, error in (("a.b", KeyError), ("", KeyError), (3, TypeError), ("in_features", KeyError)):
        with pytest.raises(error, match="Linear"):
            fc.register_parameter(name, nn.Parameter(gg.ones(1)))
        with pytest.raises(error, match="Linear"):
            fc.add_module(name, nn.Linear(1, 1))
        with pytest.raises(error, match="Linear"):
            fc.register_buffer(name, gg.ones(1))
    with pytest.raises(TypeError, match=r"Linear.x: a parameter must be an nn.Parameter"):
        fc.register_parameter("x", gg.ones(1))
    with pytest.raises(TypeError, match=r"Linear.x: a module must be an nn.Module"):
        fc.add_module("x", gg.ones(1))
    with pytest.raises(TypeError, match=r"Linear.x: a buffer must be a tensor"):
        fc.register_buffer("x", 3)
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        nn.Module()(1)


# ------------------------------------------------------------------------------------------------ scope


def test_nodes_know_the_modules_that_ran():
    net = Net()
    y = net(gg.ones(2, 3))
    names = {id(m): name for name, m in net.named_modules()}
    path = [names[id(m)] for m in y.grad_fn.scope]
    assert path == ["", "head"]
    normed = y.grad_fn.parents[0].parents[0]  # head <- mul <- the last block's norm
    assert [names[id(m)] for m in normed.scope] == ["", "blocks.1", "blocks.1.norm"]
    assert (gg.ones(1, requires_grad=True) * 2).grad_fn.scope == ()


def test_scope_is_restored_when_forward_raises():
    with pytest.raises(RuntimeError):
        Net()(gg.ones(2, 5))
    assert (gg.ones(1, requires_grad=True) * 2).grad_fn.scope == ()


# ------------------------------------------------------------------------------------------------ saving and loading


def test_state_dict_has_every_path_and_shares_memory():
    net = Net()
    found = net.state_dict()
    block = ["steps", *BLOCK]  # a module's own come before its children's
    assert list(found) == ["scale", *(f"blocks.{i}.{name}" for i in (0, 1) for name in block), "head.weight", "head.bias"]
    assert not any(t.requires_grad for t in found.values())
    assert np.shares_memory(found["scale"].numpy(), net.scale.detach().numpy())
    assert net.state_dict(keep_vars=True)["scale"] is net.scale
    assert list(net.head.state_dict(prefix="head.")) == ["head.weight", "head.bias"]


def test_load_copies_casts_and_keeps_the_parameters():
    a, b = Net(), Net()
    b.double()
    before = [id(p) for p in b.parameters()]
    result = b.load_state_dict(a.state_dict())
    assert result.missing_keys == [] and result.unexpected_keys == [] and result == ([], [])
    assert repr(result) == "<All keys matched successfully>"
    assert repr(nn.ReLU().load_state_dict({"x": gg.ones(1)}, strict=False)) == "LoadResult(missing_keys=[], unexpected_keys=['x'])"
    assert [id(p) for p in b.parameters()] == before and b.scale.dtype == gg.float64 and b.scale.requires_grad
    x = gg.randn(4, 3)
    np.testing.assert_allclose(a(x).detach().numpy(), b(x.double()).detach().numpy(), atol=1e-5)
    with gg.no_grad():
        a.scale.fill_(7)
    assert b.scale[0].item() == 1
    b.load_state_dict({key: value.numpy() for key, value in a.state_dict().items()})  # arrays do as well
    assert b.scale[0].item() == 7


def test_load_lists_everything_wrong_at_once_and_writes_nothing():
    net = Net()
    before = {key: value.numpy().copy() for key, value in net.state_dict().items()}
    given = {key: value + 1 for key, value in before.items()}
    del given["scale"], given["head.bias"]
    given["extra"] = gg.ones(1)
    given["blocks.1.fc.bias"] = gg.ones(5)
    given["blocks.0.fc.bias"] = "text"
    with pytest.raises(RuntimeError) as caught:
        net.load_state_dict(given)
    text = str(caught.value)
    assert "Net.load_state_dict: nothing was loaded" in text
    assert "missing keys: scale, head.bias" in text and "unexpected keys: extra" in text
    assert "blocks.1.fc.bias: (3,) in the module, (5,) in the dict" in text and "blocks.0.fc.bias: " in text
    with pytest.raises(RuntimeError, match="wrong shape") as caught:
        net.load_state_dict(given, strict=False)
    assert "missing" not in str(caught.value)
    for key, value in net.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), before[key])
    with pytest.raises(TypeError, match="expected a dict"):
        net.load_state_dict([1])


def test_load_not_strict_says_what_did_not_match():
    net = Net()
    result = net.load_state_dict({"scale": gg.full((3,), 5.0), "extra": gg.ones(1)}, strict=False)
    assert "head.bias" in result.missing_keys and "scale" not in result.missing_keys and result.unexpected_keys == ["extra"]
    assert net.scale.tolist() == [5, 5, 5]


def test_a_load_between_forward_and_backward_is_noticed():
    fc = nn.Linear(2, 2)
    x = gg.ones(1, 2, requires_grad=True)
    y = fc(x).sum()
    fc.load_state_dict(fc.state_dict())
    with pytest.raises(RuntimeError, match="linear saved its argument weight"):
        y.backward()


def test_state_dicts_go_both_ways_with_pytorch(torch):
    class Theirs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = torch.nn.Embedding(5, 4)
            self.seq = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4))
            self.attn = torch.nn.MultiheadAttention(4, 2)

        def forward(self, i):
            x = self.seq(self.emb(i))
            return self.attn(x, x, x)[0]

    class Ours(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(5, 4)
            self.seq = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4))
            self.attn = nn.MultiheadAttention(4, 2)

        forward = Theirs.forward

    ours, theirs = Ours(), Theirs()
    index = np.array([[1, 2], [0, 4], [3, 3]])
    ours.load_state_dict(theirs.state_dict())
    np.testing.assert_allclose(ours(gg.tensor(index)).detach().numpy(), theirs(torch.tensor(index)).detach().numpy(), atol=1e-5)
    ours = Ours()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    np.testing.assert_allclose(ours(gg.tensor(index)).detach().numpy(), theirs(torch.tensor(index)).detach().numpy(), atol=1e-5)


def test_copies_keep_class_and_ties():
    net = Net()
    net(gg.ones(2, 3)).sum().backward()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert type(other.scale) is nn.Parameter and other.scale is not net.scale
        assert other.head.weight is other.blocks[0].fc.weight
        assert list(other.state_dict()) == list(net.state_dict())
        x = gg.randn(2, 3)
        np.testing.assert_array_equal(other(x).detach().numpy(), net(x).detach().numpy())


# ------------------------------------------------------------------------------------------------ changing all


def test_train_eval_apply_requires_grad_zero_grad():
    net = Net()
    assert net.training and net.eval() is net and not any(m.training for m in net.modules())
    net.blocks[0].train()
    assert net.blocks[0].norm.training and not net.training
    with pytest.raises(ValueError, match="mode must be True or False"):
        net.train("yes")
    order = []
    assert net.apply(lambda m: order.append(m)) is net
    assert order[-1] is net and order.index(net.blocks[0].fc) < order.index(net.blocks[0]) and len(order) == 9
    net(gg.ones(2, 3)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert all(p.grad is not None and not p.grad.any() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    assert net.requires_grad_(False) is net and not any(p.requires_grad for p in net.parameters())
    assert not net(gg.ones(2, 3)).requires_grad


def test_to_casts_what_is_floating_and_keeps_identity():
    net = Net()
    weight, steps = net.head.weight, net.blocks[0].steps
    net(gg.ones(2, 3)).sum().backward()
    assert net.to(gg.float64) is net and net.head.weight is weight
    assert {p.dtype for p in net.parameters()} == {gg.float64} and weight.grad.dtype == gg.float64
    assert net.blocks[0].steps is steps and net.blocks[0].cache.dtype == gg.float64
    for cast, dtype in (
        (lambda m: m.half(), "float16"), (lambda m: m.float(), "float32"), (lambda m: m.double(), "float64"),
        (lambda m: m.to(gg.ones(1)), "float32"), (lambda m: m.to("cpu", gg.float64), "float64"),
        (lambda m: m.to(device=gg.device("cpu"), dtype=gg.float32), "float32"), (lambda m: m.cpu(), "float32"),
    ):  # fmt: skip
        assert {str(p.dtype) for p in cast(net).parameters()} == {dtype}
    with pytest.raises(TypeError, match="can't become int64"):
        net.to(gg.int64)
    for wrong in (lambda: net.cuda(), lambda: net.to("cuda"), lambda: net.to(device="cuda:0")):
        with pytest.raises(RuntimeError, match="CPU only"):
            wrong()


# ------------------------------------------------------------------------------------------------ text


def test_repr_is_pytorchs(torch):
    def build(nn, base):
        class Inner(base):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(2, 3, bias=False)
                self.gone = None
                self.act = nn.ReLU()

        class Outer(base):
            def __init__(self):
                super().__init__()
                self.stack = nn.ModuleList([Inner(), Inner(), nn.Tanh(), nn.Tanh(), Inner()])
                self.by_name = nn.ModuleDict({"a": nn.Sequential(nn.Linear(1, 1), Inner()), "b": nn.Identity()})
                self.empty = nn.ModuleList()

        class Lines(base):
            def extra_repr(self):
                return "one\ntwo"

        return [repr(Outer()), repr(Lines()), repr(base())]

    assert build(nn, nn.Module) == build(torch.nn, torch.nn.Module)


def test_repr():
    assert repr(nn.Sequential(nn.Linear(2, 1), nn.ModuleList([nn.ReLU(), nn.ReLU()]))) == (
        "Sequential(\n  (0): Linear(in_features=2, out_features=1, bias=True)\n  (1): ModuleList(\n    (0-1): 2 x ReLU()\n  )\n)"
    )


def test_assign_takes_the_tensors_themselves():
    net = nn.Linear(2, 2)
    state = {"weight": gg.ones(2, 2, dtype=gg.float64), "bias": nn.Parameter(gg.zeros(2))}
    net.weight.requires_grad_(False)
    net.load_state_dict(state, assign=True)
    assert net.weight.dtype == gg.float64 and not net.weight.requires_grad and net.bias is state["bias"]
    block = Block()
    block.load_state_dict({**block.state_dict(), "steps": gg.tensor([7])}, assign=True)
    assert block.steps.item() == 7


def test_buffers_by_assignment():
    block = Block()
    block.extra = nn.Buffer(gg.ones(2))
    block.passing = nn.Buffer(gg.ones(2), persistent=False)
    assert {"extra", "passing"} <= {name for name, _ in block.named_buffers()}
    assert "extra" in block.state_dict() and "passing" not in block.state_dict()


def test_set_submodule_type_and_destination():
    net = Net()
    net.set_submodule("blocks.1.fc", nn.Identity())
    assert isinstance(net.blocks[1].fc, nn.Identity)
    net.set_submodule("tail", nn.Tanh())
    with pytest.raises(AttributeError, match="no module 'other'"):
        net.set_submodule("other", nn.Tanh(), strict=True)
    assert net.type(gg.float64).scale.dtype == gg.float64
    found = {"first": gg.ones(1)}
    assert net.state_dict(destination=found, prefix="net.") is found and "net.scale" in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Conv2d", "convolutions come later"), ("MaxPool2d", "pooling comes later"), ("BatchNorm1d", "nn.LayerNorm"), ("LSTM", "recurrent layers come later"),
        ("TransformerEncoder", "nn.MultiheadAttention"), ("LazyLinear", "sizes aren't inferred"), ("Sequental", "has no attribute 'Sequental'"),
    ],
)  # fmt: skip
def test_layers_that_are_not_here_say_what_is(name, text):
    with pytest.raises(AttributeError, match=text):
        getattr(nn, name)


def test_functions_that_are_not_here_say_what_is():
    for name, text in (("conv2d", "convolutions come later"), ("max_pool2d", "pooling"), ("group_norm", "F.layer_norm"), ("relux", "no attribute 'relux'")):
        with pytest.raises(AttributeError, match=text):
            getattr(nn.functional, name)


def test_paths_through_nn_modules():
    assert nn.modules.linear.Linear is nn.Linear and nn.modules.container.ModuleList is nn.ModuleList
