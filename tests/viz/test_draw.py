"""What draw_graph is given, and what it makes of it: names, words, passes, and parts of large graphs."""

from __future__ import annotations

import re

import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.viz import draw_graph


def test_several_tensors_and_a_leaf():
    x = gg.tensor(1.0, requires_grad=True)
    y = x.sin()
    assert [f"<b>{name}</b>" in draw_graph({"y": y, "z": y.cos()}).source for name in ("y", "z", "output")] == [True, True, False]
    assert [f"<b>output[{i}]</b>" in draw_graph([x.sin(), x.cos()]).source for i in (0, 1, 2)] == [True, True, False]
    assert draw_graph(x).source.count("->") == 1  # the leaf is the output


def test_a_module_with_inputs():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2)

        def forward(self, features, masks):
            return {"hidden": self.layer(features) * masks[0], "unused": (None, features)}

    model = Model()
    with gg.no_grad():
        source = draw_graph(model, gg.ones(1, 2), [gg.ones(2)]).source
    assert [name in source for name in ("features", "masks[0]", "layer.weight", "layer.bias", "hidden", "unused")] == [True] * 5 + [False]
    assert model.layer.weight.grad is None


def test_an_input_used_twice_is_one_box_although_it_needs_no_grad():
    class Residual(nn.Module):
        def forward(self, x):
            return x + x.exp()

    x = gg.ones(2)
    source = draw_graph(Residual(), x, show="shapes formulas saved").source
    assert source.count(">x</") == 1 and "constant" not in source
    assert not x.requires_grad


@pytest.mark.parametrize("params", [{"w": 0}, [("w", 0)], "pairs", "module"])
def test_names_come_in_each_form(params):
    model = nn.Linear(2, 2)
    given = {"pairs": model.named_parameters(), "module": model}.get(params) if isinstance(params, str) else (
        {"w": model.weight} if isinstance(params, dict) else [("w", model.weight)]
    )  # fmt: skip
    source = draw_graph((model.weight * 2).sum(), params=given).source
    assert f"<b>{'weight' if isinstance(params, str) else 'w'}</b>" in source
    assert "cylinder" in source


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: draw_graph(nn.Linear(2, 2)), TypeError, "pass example inputs, draw_graph"),
        (lambda x: draw_graph(x, x), TypeError, "in a list or a dict"),
        (lambda x: draw_graph(x.detach()), ValueError, "has no graph"),
        (lambda x: draw_graph([x, x.detach()]), ValueError, r"output\[1\].*has no graph"),
        (lambda x: draw_graph([]), ValueError, "nothing to draw"),
        (lambda x: draw_graph(nn.Identity(), x.detach()), ValueError, "nothing to draw"),
        (lambda x: draw_graph(3), TypeError, "got int"),
        (lambda x: draw_graph(x, direction="down"), ValueError, 'direction must be "TB"'),
        (lambda x: draw_graph(x, params={"x": 3}), TypeError, "params must be"),
        (lambda x: draw_graph(x, show="shape|values"), ValueError, "doesn't know 'shape': the words are shapes, values"),
        (lambda x: draw_graph(x, show=3), TypeError, "show must be words"),
        (lambda x: draw_graph(x, passes="back"), ValueError, 'passes must be "both"'),
        (lambda x: draw_graph(x, color="red"), ValueError, 'color must be "grad"'),
        (lambda x: draw_graph(x, show="grads"), RuntimeError, "draw_graph: the output has shape .* pass the upstream gradient"),
        (lambda x: draw_graph([x, x], color="gain", gradient=[1]), ValueError, "2 outputs but 1 upstream gradients"),
        (lambda x: draw_graph(x.sum(), ops=3), ValueError, r"ops must be the numbers .* \(1, 100\), got 3"),
        (lambda x: draw_graph(x.sum(), ops=(2, 3)), ValueError, r"ops=\(2, 3\), but the graph has 1 ops"),
        (lambda x: draw_graph(x.sum(), ops=(1, 1), depth=1), ValueError, "give one of the two"),
        (lambda x: draw_graph(x, params=[x]), TypeError, "params must be"),
        (lambda x: draw_graph(x, params=3), TypeError, "params must be"),
        (lambda x: draw_graph(x, passes=[]), ValueError, r'passes must be "both".*got \[\]'),
        (lambda x: draw_graph(x, max_nodes="a"), ValueError, "max_nodes must be a whole number of boxes, 1 or more, got 'a'"),
        (lambda x: draw_graph(x, max_nodes=None), ValueError, "max_nodes must be"),
        (lambda x: draw_graph(x, max_nodes=0), ValueError, "max_nodes must be"),
        (lambda x: draw_graph(x, depth=True), ValueError, "depth must be a whole number"),
        (lambda x: draw_graph(x, ops=(True, True)), ValueError, "ops must be the numbers"),
        (lambda x: draw_graph(x, gradient="junk"), TypeError, "gradient must be a tensor .* got 'junk'"),
        (lambda x: draw_graph(x, gradient=x.dim), TypeError, "gradient must be a tensor"),
        (lambda x: draw_graph(x, gradient=gg.ones(5)), RuntimeError, r"upstream gradient has shape \(5,\)"),
        (lambda x: draw_graph(of_itself(x)), ValueError, r"output\[1\] is a list that contains itself"),
        (lambda x: draw_graph(x, kwargs={"mask": x}), TypeError, "only a module takes inputs"),
        (lambda x: draw_graph(nn.Identity(), kwargs=3), TypeError, "kwargs must be a dict"),
    ],
)
def test_what_can_not_be_drawn_says_what_to_write(call, error, message):
    with pytest.raises(error, match=message):
        call(gg.ones(2, requires_grad=True))


def of_itself(x):
    both = [x]
    both.append(both)
    return both


def test_inputs_by_keyword():
    class Masked(nn.Module):
        def forward(self, x, *, mask=None, more=None):
            return x if mask is None else x * mask * more["scale"]

    model, x = Masked(), gg.ones(2)
    source = draw_graph(model, x, kwargs={"mask": gg.ones(2), "more": {"scale": gg.ones(2)}}).source
    assert [f"<b>{name}</b>" in source for name in ("x", "mask", "more.scale")] == [True] * 3
    one = {"scale": 2.0}
    assert "<b>mask</b>" in draw_graph(model, kwargs={"x": x, "mask": gg.ones(2), "more": one}).source


def chain(n, x):
    for _ in range(n):
        x = gg.sin(x)
    return x


def test_names_come_from_the_variables_around_and_gg_name_and_params_win():
    speed, data = gg.tensor(2.0, requires_grad=True), gg.ones(3)
    energy = speed * speed
    total = (energy * data).sum()
    assert all(f"<b>{name}</b>" in draw_graph(total).source for name in ("speed", "data", "total"))
    assert "energy</font>" in draw_graph(total).source
    assert "<b>v</b>" in draw_graph(total, params={"v": speed}).source
    gg.name(speed, "tempo")
    source = draw_graph({"sum": total}, params={"v": speed}).source
    assert "<b>tempo</b>" in source and "<b>sum</b>" in source and "speed" not in source


@pytest.mark.parametrize("show", ["shapes|values", "shapes, values", "values shapes", ["shapes", "values"], {"values", "shapes"}])
def test_show_takes_words_in_each_form(show):
    x = gg.tensor(3.0, requires_grad=True)
    assert draw_graph(x * x, show=show).source == draw_graph(x * x, show=("shapes", "values")).source


def test_the_default_and_all_and_nothing():
    x = gg.tensor(3.0, requires_grad=True)
    assert draw_graph(x * x).source == draw_graph(x * x, show="shapes|formulas|saved|legend").source
    everything = draw_graph(x * x, show="all").source
    assert everything == draw_graph(x * x, show="shapes|values|grads|formulas|saved|memory|lines|legend").source
    assert not any(word in draw_graph(x * x, show="").source for word in ("scalar", "g * b", "saved", "table"))


def test_forward_has_no_rules_and_backward_no_constants_and_turned_arrows():
    x = gg.tensor(3.0, requires_grad=True)
    y = x * 2.5
    forward, backward, both = (draw_graph(y, passes=passes).source for passes in ("forward", "backward", "both"))
    assert "2.5" in forward and "g * b" not in forward and "saved" not in forward and "dashed color" not in forward
    assert "2.5" not in backward and "g * b" in backward and backward.count("dir=back") == backward.count("->") == 2
    assert "2.5" in both and "dir=back" not in both


def test_a_large_graph_without_modules_is_drawn_in_stretches_and_a_part_of_it_by_numbers(tmp_path):
    x = gg.tensor(0.5, requires_grad=True)
    y = chain(1200, x)
    drawing = draw_graph(y, max_nodes=100)
    assert repr(drawing) == (
        '<Drawing of 26 boxes, 1,200 ops in stretches of 50 (ops=(1, 50) draws the first one by one): .save("graph.svg") or .source>'
    )
    assert [f"ops {n * 50 + 1:,} to {n * 50 + 50:,}" in drawing.source for n in (0, 23, 24)] == [True, True, False]
    drawing.save(tmp_path / "graph.svg")
    part = draw_graph(y, ops=(101, 110))
    assert part.source.count("<b>sin</b>") == 10
    assert [text in part.source for text in ("ops 1 to 100", "ops 111 to 1,200", "1,090 sin")] == [True, True, True]


def test_no_leaf_is_lost_in_a_stretch():
    x = gg.tensor(0.5, requires_grad=True)
    source = draw_graph(chain(1000, x * 1.5), ops=(500, 510), show="all").source
    assert "<b>x</b>" in source and "1.5</b>" not in source and source.count("g = ") == 15  # x, the first stretch, 11 ops, the last, the output
    leaves = [gg.tensor(0.5, requires_grad=True) for _ in range(300)]
    y = leaves[0].sin()
    for leaf in leaves[1:]:
        y = y + leaf
    assert "with 299 inputs" in draw_graph(y, ops=(1, 1), show="shapes").source
    source = draw_graph(y, max_nodes=100, show="shapes").source
    assert sum(int(n) for n in re.findall(r"with (\d+) inputs?", source)) == 300


def test_leaves_of_many_stretches_are_one_box():
    leaves = [gg.tensor(0.5, requires_grad=True) for _ in range(30)]
    y = leaves[0]
    for i in range(300):
        y = gg.sin(y * leaves[i % 30])
    source = draw_graph(y, max_nodes=60).source
    assert "30 inputs" in source and "used in several stretches" in source


def test_the_forward_of_a_drawing_is_on_no_tape_and_what_comes_after_is():
    x, model = gg.ones(1, 2), nn.Linear(2, 1)
    with gg.study.record() as tape:
        source = draw_graph(model, x, show="values|lines|legend").source
        assert not tape.nodes and "nobody holds it" not in source
        with pytest.raises(RuntimeError):
            draw_graph(model, gg.ones(1, 3))
        model(x).sum().backward()
    assert [node.op.name for node in tape.nodes] == ["linear", "sum"] and len(tape.backwards) == 1
