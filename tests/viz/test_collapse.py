"""Modules closed to one box each."""

import re
from pathlib import Path

import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.naming import Names
from glassgrad.viz.collapse import backward_only, collapsed, levels, stretch_length, stretched
from glassgrad.viz.picture import collect


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.Linear(4, 8), nn.Linear(8, 4)

    def forward(self, x):
        return x + self.down(self.up(x).relu())


class Stack(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(count)])
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def picture(model):
    return collect([("loss", model(gg.ones(2, 4, requires_grad=True)).mean())], Names())


def titles(found):
    return [box.title for box in found.boxes]


def test_equal_blocks_in_a_row_are_one_box():
    whole = picture(Stack(12))
    assert levels(whole) == 3
    found = collapsed(whole, 1)
    assert titles(found) == ["input", "blocks.0 to blocks.11: Block x12", "head: Linear", "mean", "loss"]
    row = found.boxes[1]
    assert row.kind == "module" and row.about == {"shapes": "(2, 4)", "what": "each 4 ops, 76 parameters"}
    assert [(arrow.tail, arrow.head) for arrow in found.arrows] == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_with_nothing_open_a_model_is_one_box():
    found = collapsed(picture(Stack(3)), 0)
    assert titles(found) == ["input", "Stack", "mean", "loss"]
    assert found.boxes[1].about == {"shapes": "(2, 1)", "what": "13 ops, 233 parameters"}


def test_each_level_opens_what_is_in_it():
    whole = picture(Stack(2))
    assert [len(collapsed(whole, d).boxes) for d in range(4)] == sorted(len(collapsed(whole, d).boxes) for d in range(4))
    assert titles(collapsed(whole, 3)) == titles(whole)
    opened = collapsed(whole, 2)
    assert titles(opened).count("add") == 2 and "blocks.0.up: Linear" in titles(opened)
    formulas = [arrow.formula for arrow in opened.arrows if opened.boxes[arrow.head].title == "add"]
    assert formulas == ["g"] * 4  # of an open op they stay


def test_blocks_that_differ_or_branch_stay_apart():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)

        def forward(self, x):
            h = self.a(x)
            return self.b(h) * self.c(h)

    assert [title for title in titles(collapsed(picture(Two()), 1)) if "Linear" in title] == ["a: Linear", "b: Linear", "c: Linear"]


def test_a_shared_parameter_stays_outside():
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))
    model[2].weight = model[0].weight
    found = collapsed(picture(model), 1)
    assert "0.weight" in titles(found)


def test_a_large_graph_is_closed_by_itself_and_says_how_to_open_more(tmp_path):
    loss = Stack(30)(gg.ones(2, 4, requires_grad=True)).mean()
    small = gg.viz.draw_graph(loss, max_nodes=50)
    assert repr(small).startswith("<Drawing of 5 boxes, modules closed from depth 1 of 3 on (ops=(1, 100) draws ops one by one)")
    assert "(depth=2 opens more)" in repr(gg.viz.draw_graph(loss, depth=1))
    drawn = Path(small.save(tmp_path / "a.svg")).read_text()
    assert "x30" in drawn
    assert "closed" not in repr(gg.viz.draw_graph(loss))
    assert len(re.findall(r"shape=folder", gg.viz.draw_graph(loss, depth=1).source)) == 2
    with pytest.raises(ValueError, match="depth must be a whole number of levels"):
        gg.viz.draw_graph(loss, depth=-1)


def test_stretches_hold_all_ops_once_and_leaves_that_one_of_them_alone_uses():
    x = gg.ones(4, requires_grad=True)
    y = x
    for _ in range(95):
        y = y.sin() * gg.ones(4, requires_grad=True)
    whole = collect([("y", y)], Names())
    for opened in (None, (1, 5), (50, 60)):
        found = stretched(whole, opened)
        inside = [int(n) for box in found.boxes if box.kind == "stretch" for n in re.findall(r"(\d+) (?:sin|mul)", box.about["what"])]
        assert sum(inside) + sum(box.kind == "op" for box in found.boxes) == 190
        assert all(arrow.tail < len(found.boxes) and arrow.head < len(found.boxes) for arrow in found.arrows)
        if opened is None:
            assert [box.kind for box in found.boxes].count("stretch") == 19 and "input" not in [box.kind for box in found.boxes]
        else:
            assert len({box.title for box in found.boxes if box.kind == "stretch"}) == (1 if opened[0] == 1 else 2)


def test_without_constants_nothing_else_goes():
    x = gg.ones(4, requires_grad=True)
    whole = collect([("y", x * 2.5 + x)], Names())
    found = backward_only(whole)
    assert [box.title for box in found.boxes] == [box.title for box in whole.boxes if box.kind != "constant"]
    assert len(found.arrows) == len([arrow for arrow in whole.arrows if arrow.formula is not None])


@pytest.mark.parametrize("count", [1, 7, 400, 401, 10_000, 123_456_789])
def test_stretches_fit_a_page(count):
    length = stretch_length(count)
    assert count <= 40 * length and (length == 10 or count > 10 * length)
