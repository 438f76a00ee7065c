"""draw_graph's arguments, and saving: formats, errors, and nothing half-written."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys

import graphviz
import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.viz import draw_graph


@pytest.fixture
def drawing():
    x = gg.tensor(2.0, requires_grad=True)
    return draw_graph(x * x)


def without_pygraphviz(monkeypatch):
    importing = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "pygraphviz":
            raise ImportError(name)
        return importing(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.parametrize(("ending", "magic"), [("svg", b"<?xml"), ("PNG", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-"), ("dot", b"digraph")])
def test_each_format(tmp_path, drawing, ending, magic):
    path = tmp_path / f"graph.{ending}"
    assert drawing.save(path) == str(path)
    assert path.read_bytes().startswith(magic)
    assert os.listdir(tmp_path) == [path.name]


def test_the_dot_file_is_the_source_and_the_notebook_shows_the_svg(tmp_path, drawing):
    drawing.save(tmp_path / "graph.dot")
    assert (tmp_path / "graph.dot").read_text() == drawing.source
    assert "<svg" in drawing._repr_svg_()
    assert repr(drawing).startswith("<Drawing of 3 boxes")


@pytest.mark.parametrize("name", ["graph.jpg", "graph", "graph.svg.gz", ".svg"])
def test_unknown_ending(tmp_path, drawing, name):
    with pytest.raises(ValueError, match=r"must end in \.svg, \.png, \.pdf or \.dot"):
        drawing.save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_no_such_folder(tmp_path, drawing):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing"):
        drawing.save(tmp_path / "missing" / "graph.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        drawing.save(tmp_path / "folder.svg")


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path, drawing, monkeypatch):
    path = tmp_path / "graph.svg"
    path.write_text("old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match=r"can't write to .*No space left"):
        drawing.save(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["graph.svg"]


def test_a_folder_without_permission(tmp_path, drawing, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(builtins, "open", refuse)  # chmod doesn't stop root
    with pytest.raises(PermissionError, match=r"can't write to .*Permission denied"):
        drawing.save(tmp_path / "graph.dot")


def test_no_renderer(tmp_path, drawing, monkeypatch):
    without_pygraphviz(monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"pip install glassgrad\[viz\].*`dot` is on PATH"):
        drawing.save(tmp_path / "graph.svg")
    assert os.listdir(tmp_path) == []
    drawing.save(tmp_path / "graph.dot")


def test_the_dot_program_is_the_second_choice(tmp_path, drawing, monkeypatch):
    asked = []
    monkeypatch.setattr(graphviz, "pipe", lambda *args: asked.append(args) or b"drawn")
    drawing.save(tmp_path / "first.svg")
    assert not asked
    without_pygraphviz(monkeypatch)
    drawing.save(tmp_path / "second.svg")
    assert asked == [("dot", "svg", drawing.source.encode())]
    assert (tmp_path / "second.svg").read_bytes() == b"drawn"


def test_too_large_to_lay_out(tmp_path):
    x = gg.tensor(1.0, requires_grad=True)
    y = x.sin().sin().sin()
    with pytest.raises(ValueError, match=r"5 boxes.*max_nodes=5\).*\.source") as refusal:
        draw_graph(y, max_nodes=4).save(tmp_path / "graph.svg")
    assert "one block" in str(refusal.value)
    draw_graph(y, max_nodes=4).save(tmp_path / "graph.dot")
    draw_graph(y, max_nodes=5).save(tmp_path / "graph.svg")
    assert sorted(os.listdir(tmp_path)) == ["graph.dot", "graph.svg"]


def test_several_tensors_and_a_leaf():
    x = gg.tensor(1.0, requires_grad=True)
    y = x.sin()
    assert [f"<b>{name}</b>" in draw_graph({"y": y, "z": y.cos()}).source for name in ("y", "z", "output")] == [True, True, False]
    assert [f"<b>output[{i}]</b>" in draw_graph([y, y]).source for i in (0, 1, 2)] == [True, True, False]
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
    source = draw_graph(Residual(), x, show_legend=False).source
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
        (lambda x: draw_graph(x, params=[x]), TypeError, "params must be"),
    ],
)
def test_what_can_not_be_drawn_says_what_to_write(call, error, message):
    with pytest.raises(error, match=message):
        call(gg.ones(2, requires_grad=True))


def test_importing_glassgrad_loads_no_graphviz():
    code = "import sys, glassgrad; glassgrad.viz.draw_graph; assert not {'graphviz', 'pygraphviz'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
