"""The legend explains the marks that are used, and no others."""

import re

import glassgrad as gg
from glassgrad import nn
from glassgrad.viz import draw_graph
from glassgrad.viz.looks import STYLES, UNSOUND

MARKS = (
    "input", "parameter", "constant", "op", "module", "stretch", "output", "open module", "backward", "saved: a", "freed: a", "= 3", "-1 to 1, mean 0",
    "5 of 9 true", "g", "g, |g|", "NaN, Inf", "4 kB, keeps 8 kB", "train.py:12", "a: g * b", "arrow", "dashed arrow", "tint", "white", "x0.447", "x1", "x2.24", "xnan, xinf",
)  # fmt: skip


def legend(*args, **options):
    table = re.search(r"<table border.*</table>", draw_graph(*args, **options).source)
    return [mark for mark in MARKS if table and f">{mark}</font></td>" in table[0]]


def test_kinds_and_arrows():
    x = gg.tensor(2.0, requires_grad=True)
    assert legend(x + x) == ["input", "op", "output", "a: g * b", "arrow"]
    y = x * 3
    assert legend(y) == ["input", "constant", "op", "output", "saved: a", "a: g * b", "arrow", "dashed arrow"]
    assert legend(y, show="shapes legend") == ["input", "constant", "op", "output", "arrow", "dashed arrow"]
    y.backward()
    assert "freed: a" in legend(y) and "saved: a" not in legend(y)
    assert legend(nn.Linear(1, 1), gg.ones(1, 1))[:2] == ["input", "parameter"]
    assert legend(nn.Embedding(2, 1), gg.tensor([1]))[:2] == ["parameter", "constant"]
    assert "open module" in legend(nn.Linear(1, 1), gg.ones(1, 1))
    assert legend(x + x, show="shapes formulas saved") == []


def test_parts_that_are_closed_and_what_a_backward_recorded():
    x = gg.ones(1, 2, requires_grad=True)
    y = nn.Linear(2, 1)(x).sum()
    assert "module" in legend(y, depth=0) and "open module" not in legend(y, depth=0)
    assert {"stretch", "parameter"} <= set(legend(y, ops=(2, 2)))
    (slope,) = gg.autograd.grad((x**3).sum(), x, create_graph=True)
    assert "backward" in legend(slope) and "open module" not in legend(slope)


def test_facts():
    x = gg.tensor([3.0] * 4 + [0.0] * 5, requires_grad=True)
    y = (x.masked_fill(x > 1, 2.0) / x).sum()
    assert {"= 3", "-1 to 1, mean 0", "5 of 9 true", "NaN, Inf"} <= set(legend(y, show="values legend"))
    one = gg.tensor(2.0, requires_grad=True)
    assert legend(one * one, show="values grads memory legend") == ["input", "op", "output", "= 3", "g", "4 kB, keeps 8 kB", "arrow"]
    assert "g, |g|" in legend((x * x).sum(), show="grads legend")
    with gg.study.record():
        z = one * one
    assert legend(z, show="lines legend") == ["input", "op", "output", "train.py:12", "arrow"]


def test_scales():
    x = gg.tensor([3.0, 1.0], requires_grad=True)
    assert legend((x * x).sum(), show="legend", color="grad")[-1] == "tint"
    assert legend((x * 0).sum(), show="legend", color="grad")[-2:] == ["tint", "white"]
    assert legend((x * x).sum(), show="legend", color="gain")[-1:] == ["x2.24"]
    assert legend((x * x).sum() * 0.4472, show="legend", color="gain")[-2:] == ["x0.447", "x2.24"]
    assert legend(x.sum() + 3, show="legend", color="gain")[-1:] == ["x1"]


def test_what_is_no_number_is_explained_where_it_is_and_only_there():
    a = gg.tensor([-1.0, 4.0], requires_grad=True)
    loss = (a.sqrt() * a).sum()
    source = draw_graph(loss, show="legend", color="gain").source
    assert legend(loss, show="legend", color="gain")[-1] == "xnan, xinf" and "xnan to" not in source and 'color="#b3123c" penwidth=4' in source
    assert UNSOUND in draw_graph(loss, show="grads legend", color="grad").source
    source = draw_graph((a + gg.tensor([float("nan"), 1.0])).sum(), show="all", color="grad").source
    assert "NaN, Inf" in source and source.count(UNSOUND) == 0  # of values alone


def test_results_from_which_backward_does_not_start_are_named():
    a = gg.tensor([1.0, 2.0], requires_grad=True)
    both = {"s": a.sum(), "v": a * 3}
    found = draw_graph(both, show="grads|legend").source
    assert "backward starts at those of one element, not at v" in found
    for source in (draw_graph(both).source, draw_graph(both, show="grads|legend", gradient=[1.0, gg.ones(2)]).source):
        assert ">double box: backward starts here<" in source


def test_boxes_that_are_tinted_have_no_other_fill_in_the_legend():
    x = gg.tensor([3.0, 1.0], requires_grad=True)
    assert STYLES["input"][1] in draw_graph((x * 2.5).sum(), show="legend").source
    source = draw_graph((x * 2.5).sum(), show="legend", color="grad").source
    assert STYLES["input"][1] not in source and STYLES["constant"][1] in source


def test_each_pass_says_what_its_arrows_are():
    x = gg.tensor(2.0, requires_grad=True)
    told = {"both": "values flow along it, gradients against it", "forward": "values flow along it", "backward": "gradients flow along it"}
    for passes, text in told.items():
        assert f">{text}</font>" in draw_graph(x * x, passes=passes).source
