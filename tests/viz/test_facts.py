"""Values, gradients, memory and lines in pictures: the engine's own, and nothing is changed by asking."""

from __future__ import annotations

import re

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import nn, words
from glassgrad.graph import Freed
from glassgrad.naming import Names
from glassgrad.utils.checkpoint import checkpoint
from glassgrad.viz import draw_graph, facts
from glassgrad.viz.collapse import collapsed
from glassgrad.viz.picture import collect


@pytest.fixture
def model():
    gg.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))


def with_gradients(loss, gains=True):
    picture = collect([("loss", loss)], Names())
    facts.add_gradients(picture, [(loss.edge, np.ones_like(loss.detach().numpy()))], gains)
    return picture


def test_norms_are_those_of_backward_and_nothing_is_touched(model):
    x = gg.randn(5, 3, requires_grad=True)
    seen = []
    hidden = model[:2](x)
    hidden.retain_grad()
    hidden.register_hook(seen.append)
    loss = model[2:](hidden).square().mean()
    picture = with_gradients(loss)
    assert x.grad is None and hidden.grad is None and not seen
    assert "without your hooks" in picture.notes[0]
    assert not isinstance(loss.grad_fn.saved, Freed)
    loss.backward()
    for tensor in (x, *model.parameters()):
        (box,) = [box for box in picture.boxes if box.of is tensor]
        assert box.norm == words.norm(tensor.grad.numpy())
        assert words.number(box.norm, 4) in box.about["grads"] or words.summary(tensor.grad.numpy()) in box.about["grads"]
    (box,) = [box for box in picture.boxes if box.of is hidden.grad_fn]
    assert box.norm == words.norm(hidden.grad.numpy()) and len(seen) == 1


def test_a_gain_is_what_is_handed_back_by_what_arrived_and_gains_of_a_closed_module_are_those_of_the_whole(model):
    x = gg.randn(5, 3, requires_grad=True)
    picture = with_gradients(model(x).square().mean())
    norms = {id(box.of): box.norm for box in picture.boxes}
    for arrow in picture.arrows:
        tail, head = picture.boxes[arrow.tail], picture.boxes[arrow.head]
        if head.kind == "op":  # each value here is used once: all that is handed to it comes along this arrow
            assert arrow.gain == pytest.approx(tail.norm / head.norm)
    closed = collapsed(picture, 0)
    (into,) = [arrow for arrow in closed.arrows if closed.boxes[arrow.head].kind == "module"]
    assert into.gain == pytest.approx(norms[id(x)] / closed.boxes[into.head].norm)


def test_many_rows_as_one_keep_the_gain_of_all():
    x = gg.ones(4, requires_grad=True)
    layers = nn.Sequential(*[nn.Tanh() for _ in range(6)])
    row = collapsed(with_gradients(layers(x).sum()), 1)
    (box,) = [box for box in row.boxes if box.kind == "module"]
    (into,) = [arrow for arrow in row.arrows if row.boxes[arrow.head] is box]
    assert "x6" in box.title and box.norm == pytest.approx(2.0)
    (g,) = gg.autograd.grad(layers(x).sum(), x)
    assert into.gain == pytest.approx(words.norm(g.numpy()) / 2)


def test_only_outputs_of_one_element_start_a_backward_unless_gradients_are_given():
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    loss = y.sum()
    source = draw_graph({"loss": loss, "y": y}, show="grads").source
    assert "g = [3, 3]" in source and "g = [1, 1]" in source
    assert "g = [30, 60]" in draw_graph(y, show="grads", gradient=gg.tensor([10.0, 20.0])).source
    assert "g = [33, 63]" in draw_graph([loss, y], show="grads", gradient=[1.0, gg.tensor([10.0, 20.0])]).source


def test_after_backward_gradients_are_refused_with_the_way_out():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    y.backward()
    for asked in ({"show": "grads"}, {"color": "grad"}, {"color": "gain"}):
        with pytest.raises(RuntimeError, match=r"mul .* has freed .*retain_graph=True"):
            draw_graph(y, **asked)


def test_values_are_found_where_they_are_held_and_never_those_of_later_writes():
    x = gg.tensor([1.0, 2.0], requires_grad=True)
    y = (x + 1).exp().sum()  # exp keeps its own output; nobody has x + 1
    picture = collect([("y", y)], Names())
    facts.add_values(picture, {}, [y])
    found = {box.title: box.about.get("values") for box in picture.boxes}
    assert found["input"] == "[1, 2]" and found["exp"] == words.summary(np.exp(np.float32([2, 3]))) and found["add"] is None
    assert found["sum"] == found["y"] == words.number(y.detach().numpy())
    assert "nobody holds it" in picture.notes[0]
    with gg.study.record() as tape:
        z = (x + 1).exp().sum()
    assert len(tape.nodes) == 3 and "= [2, 3]" in draw_graph(z, show="shapes values").source

    h = x * 1
    loss = (h * h).sum()
    h.detach().zero_()
    source = draw_graph(loss, params={"x": x}, show="shapes values").source
    assert "= now [0, 0]" in source  # of h itself, which is held, as it is now
    del h
    assert "[0, 0]" not in draw_graph(loss, params={"x": x}, show="shapes values").source


def test_a_model_that_is_run_shows_all_values_and_lines(model):
    source = draw_graph(model, gg.ones(2, 3), show="shapes values lines legend").source
    assert "nobody holds it" not in source and "known of what ran inside" not in source
    assert source.count("test_facts.py") == 5  # the line of this call, in each of its ops
    assert "source lines are known of what ran inside gg.study.record()" in draw_graph(model(gg.ones(2, 3)), show="lines legend").source


def test_nan_is_counted_and_loud():
    x = gg.tensor([0.0] * 3 + [1.0] * 7, requires_grad=True)
    y = x / x
    source = draw_graph({"y": y}, show="values legend").source
    assert "<b>3 NaN of 10</b>" in source and "not numbers any more" in source
    assert "g: 3 NaN of 10" in draw_graph(y.sum(), show="grads").source


def test_memory_is_that_of_study_and_stays_when_modules_are_closed(model):
    loss = model(gg.ones(2, 3)).mean()
    picture = collect([("loss", loss)], Names())
    facts.add_memory(picture)
    total = gg.study.memory(loss).total
    for one in (picture, collapsed(picture, 1), collapsed(picture, 0)):
        assert sum(box.memory[1] for box in one.boxes if box.memory) == total
    assert words.size(total) in picture.notes[0]
    loss.backward()
    assert "freed" in draw_graph(loss, show="memory").source


def test_all_is_what_there_is_and_says_why_gradients_are_not(model):
    source = draw_graph(model, gg.ones(2, 3), show="all").source
    assert "no gradients: the output has shape (2, 1)" in source and "g = " not in source
    loss = model(gg.ones(2, 3)).sum()
    loss.backward()
    assert "no gradients: linear (output shape (2, 8)) has freed" in draw_graph(loss, show="all").source


@pytest.fixture
def counted():
    """A loss through a checkpoint of eight ops, and how often it has run."""
    runs = []

    def part(h):
        runs.append(h)
        for _ in range(4):
            h = (h * 1.1).tanh()
        return h

    x = gg.tensor([0.5, 1.0], requires_grad=True)
    loss = checkpoint(part, x).sum()
    runs.clear()
    return loss, x, runs


@pytest.mark.parametrize(
    ("show", "most"), [("shapes", 0), ("shapes|formulas|saved|memory|legend", 0), ("values", 1), ("grads", 1), ("all", 1)]
)
def test_a_checkpoint_is_not_run_for_names_and_once_for_numbers(counted, show, most):
    loss, x, runs = counted
    with gg.study.record() as tape:
        source = draw_graph(loss, show=show).source
    assert len(runs) == most and not tape.nodes
    loss._repr_mimebundle_()
    assert len(runs) == most
    if "saved" in show:
        assert "checkpoint: y" in source and "saved: " not in source and "that a checkpoint computes again" in source
    (g,) = gg.autograd.grad(loss, x)
    assert len(runs) == most + 1  # nothing is left over that it was drawn
    if show == "grads":
        assert f"g = {words.summary(g.numpy())}" in source


def test_what_was_written_over_since_it_was_used_is_told_from_what_the_results_come_from(model):
    marks = lambda loss: len(re.findall("[>=] ?now ", draw_graph(loss, show="values legend").source))
    x = gg.ones(2, 3)
    loss = model(x).sum()
    assert marks(loss) == 0
    loss.backward(retain_graph=True)
    gg.optim.SGD(model.parameters(), lr=0.1).step()
    assert marks(loss) == 6  # the parameters, and no result
    assert "now: written over since" in draw_graph(loss, show="values legend").source
    h = x * gg.tensor(2.0, requires_grad=True)
    h.add_(1.0)
    y = (h * x).sum()
    assert marks(y) == 0  # an op that writes in place gives what it wrote
    x.zero_()
    assert marks(y) == 1
