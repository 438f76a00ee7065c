"""What is drawn: boxes, arrows, groups and names, read from the plain picture."""

from __future__ import annotations

import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.graph import Freed
from glassgrad.naming import Names
from glassgrad.viz.picture import collect


def picture_of(tensor, named=(), model=None):
    return collect([("output", tensor)], Names(list(named), model))


def titles(picture, kind):
    return [box.title for box in picture.boxes if box.kind == kind]


def arrows_to(picture, title, kind="op"):
    """(what it comes from, input, formula) for each arrow that ends in the one box of that title."""
    (number,) = [i for i, box in enumerate(picture.boxes) if (box.kind, box.title) == (kind, title)]
    return [(picture.boxes[a.tail].title, a.name, a.formula) for a in picture.arrows if a.head == number]


def path_of(picture, box):
    """The titles of the groups around a box, outermost first."""
    path, group = [], box.group
    while group:
        path.insert(0, picture.groups[group].title)
        group = picture.groups[group].parent
    return path


def leaf(*shape):
    return gg.ones(*shape, requires_grad=True)


class Cell(nn.Module):
    """A recurrent cell whose own ops come after those of its modules."""

    def __init__(self):
        super().__init__()
        self.i2h = nn.Linear(3, 4)
        self.h2h = nn.Linear(4, 4)

    def forward(self, x, h):
        return gg.tanh(self.i2h(x) + self.h2h(h))


class Listed(nn.Module):
    """Layers in a ModuleList that is never called, one ReLU that is called twice, and a weight used in two layers."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 3)])
        self.act = nn.ReLU()
        self.layers[2].weight = self.layers[0].weight

    def forward(self, x):
        x = self.act(self.layers[0](x))
        x = self.act(self.layers[1](x))
        return self.layers[2](x) * 2


def test_one_arrow_for_each_use():
    x = leaf()
    picture = picture_of(x * x, [("x", x)])
    assert arrows_to(picture, "mul") == [("x", "a", "g * b"), ("x", "b", "g * a")]
    assert arrows_to(picture, "output", "output") == [("mul", "", "")]
    assert titles(picture, "input") == ["x"]


def test_shapes_dtypes_and_saved_names():
    x = leaf(2, 3)
    picture = picture_of(x.exp().sum().to(gg.float64))
    boxes = {box.title: box for box in picture.boxes}
    assert boxes["input"].about == {"shapes": "(2, 3) float32"}
    assert boxes["exp"].about == {"shapes": "(2, 3)", "saved": "saved: y"}
    assert boxes["sum"].about == {"shapes": "scalar"}
    assert boxes["to"].about["shapes"] == "scalar float64"  # its dtype is no input's


def test_formulas_have_the_attributes_filled_in():
    x = leaf(2, 3)
    assert arrows_to(picture_of(x.transpose(0, 1)), "transpose") == [("input", "x", "transpose(g, 0, 1)")]


def test_each_part_of_cat_has_its_own_piece_of_the_gradient():
    a, b = leaf(2), leaf(3)
    picture = picture_of(gg.cat([a, gg.zeros(1), b]), [("a", a), ("b", b)])
    assert arrows_to(picture, "cat") == [
        ("a", "tensors[0]", "uncat(g, tensors_shape, 0)[0]"),
        ("constant", "tensors[1]", None),
        ("b", "tensors[2]", "uncat(g, tensors_shape, 0)[2]"),
    ]


def test_a_rule_that_prints_no_formula_is_drawn_all_the_same(monkeypatch):
    y = leaf().exp()

    def fails(name, attrs):
        raise RuntimeError("not on symbols")

    monkeypatch.setattr(y.grad_fn.op, "formula", fails)
    assert arrows_to(picture_of(y), "exp") == [("input", "x", "(no formula)")]


def test_constants():
    x, data = leaf(2, 2), gg.ones(2, 2)
    picture = picture_of((x * data).masked_fill(gg.tensor([True, False]), 0.0) * 2.5 + 1, [("data", data)])
    assert [(box.title, box.about.get("shapes")) for box in picture.boxes if box.kind == "constant"] == [
        ("data", "(2, 2) float32"),
        ("constant", "(2,) bool"),
        ("2.5", None),
        ("constant", None),  # add keeps nothing: all that is known is that it was there
    ]
    assert arrows_to(picture, "masked_fill")[1] == ("constant", "mask", None)


def test_what_was_not_given_is_not_drawn():
    x, weight = leaf(2, 3), leaf(4, 3)
    loss = nn.functional.cross_entropy(nn.functional.linear(x, weight), gg.tensor([0, 1]))
    for _ in range(2):  # before and after backward
        picture = picture_of(loss)
        assert [name for _, name, _ in arrows_to(picture, "linear")] == ["x", "weight"]  # no bias
        assert "weight" not in [name for _, name, _ in arrows_to(picture, "cross_entropy")]
        if not isinstance(loss.grad_fn.saved, Freed):
            loss.backward()
    assert isinstance(loss.grad_fn.saved, Freed)


def test_after_backward_the_graph_is_the_same_and_says_freed():
    x = leaf(3)
    y = (x.exp() * x).sum()
    before = picture_of(y)
    y.backward()
    after = picture_of(y)
    kept = lambda picture: [box.about.get("saved", "") for box in picture.boxes]
    assert kept(after) == [text.replace("saved:", "freed:") for text in kept(before)]
    assert {"freed: y", "freed: a, b"} <= set(kept(after))
    assert after.arrows == before.arrows


def test_a_graph_of_a_gradient():
    x = leaf(3)
    y = x.sin().sum()
    (slope,) = gg.autograd.grad(y, [x], create_graph=True)
    picture = collect([("y", y), ("slope", slope)], Names([("x", x)]))
    assert titles(picture, "output") == ["y", "slope"]
    assert titles(picture, "input") == ["x"]
    assert arrows_to(picture, "cos") == [("x", "x", "-g * np.sin(x)")]


def test_what_a_backward_recorded_is_a_group_of_its_own():
    x = leaf(3)
    y = x.tanh()
    (slope,) = gg.autograd.grad(y.sum(), [x], create_graph=True)
    picture = picture_of((slope * y).sum())
    inside = {box.title for box in picture.boxes if path_of(picture, box) == ["recorded by a backward"] and box.kind == "op"}
    outside = [box.title for box in picture.boxes if box.kind == "op" and not box.group]
    assert inside and outside == ["tanh", "mul", "sum"]  # y.sum() is not above the slope
    (twice,) = gg.autograd.grad(slope.sum(), [x], create_graph=True)
    groups = [group.title for group in picture_of(twice).groups[1:]]
    assert groups == ["recorded by a backward"] * 2


def test_parameters_and_groups_are_named_by_path():
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 1, bias=False)))
    picture = picture_of(model(gg.ones(1, 2)).sum())  # the modules are found in the graph itself
    assert titles(picture, "parameter") == ["0.weight", "0.bias", "1.0.weight"]
    found = [(box.title, path_of(picture, box)) for box in picture.boxes if box.kind in ("op", "parameter")]
    assert found == [
        ("0.weight", ["Sequential", "0: Linear"]),
        ("0.bias", ["Sequential", "0: Linear"]),
        ("linear", ["Sequential", "0: Linear"]),
        ("1.0.weight", ["Sequential", "1: Sequential", "1.0: Linear"]),
        ("linear", ["Sequential", "1: Sequential", "1.0: Linear"]),
        ("sum", []),
    ]


def test_lists_shared_modules_and_shared_weights():
    picture = picture_of(Listed()(gg.ones(1, 3)))
    assert [(box.title, path_of(picture, box)[1:]) for box in picture.boxes if box.kind == "op"] == [
        ("linear", ["layers.0: Linear"]),
        ("relu", ["act: ReLU, call 1 of 2"]),
        ("linear", ["layers.1: Linear"]),
        ("relu", ["act: ReLU, call 2 of 2"]),
        ("linear", ["layers.2: Linear"]),
        ("mul", []),
    ]
    (shared,) = [box for box in picture.boxes if box.title == "layers.0.weight"]
    assert path_of(picture, shared) == ["Listed"]  # the innermost box that holds both uses
    assert titles(picture, "parameter").count("layers.0.weight") == 1


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_calls_that_follow_each_other_at_once_are_told_apart(steps):
    cell, h = Cell(), gg.zeros(1, 4)
    for _ in range(steps):
        h = cell(gg.ones(1, 3), h)
    picture = picture_of(h)
    ops = [box for box in picture.boxes if box.kind == "op"]
    calls = [path_of(picture, box)[0] for box in ops]
    assert calls == [f"Cell, call {i + 1} of {steps}" if steps > 1 else "Cell" for i in range(steps) for _ in range(4)]


def test_one_layer_applied_to_its_own_output():
    layer = nn.Linear(2, 2)
    picture = picture_of(layer(layer(gg.ones(1, 2))))
    assert [group.title for group in picture.groups[1:]] == ["Linear, call 1 of 2", "Linear, call 2 of 2"]


def test_several_models_prefix_their_class():
    class Head(nn.Linear):
        pass

    picture = picture_of(Head(2, 1)(nn.Linear(2, 2)(gg.ones(1, 2))))
    assert titles(picture, "parameter") == ["Linear.weight", "Linear.bias", "Head.weight", "Head.bias"]


def test_a_frozen_parameter_and_a_buffer_keep_their_names():
    model = nn.Linear(2, 2, bias=False)
    model.weight.requires_grad_(False)
    model.register_buffer("scale", gg.ones(2))
    x = leaf(1, 2)
    picture = picture_of(model(x) * model.scale, model=model)
    assert titles(picture, "constant") == ["weight", "scale"]
