"""Saving: formats, errors, and nothing half-written."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys

import graphviz
import pytest

import glassgrad as gg
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
        draw_graph(y, depth=0, max_nodes=4).save(tmp_path / "graph.svg")
    assert "one block" in str(refusal.value)
    draw_graph(y, depth=0, max_nodes=4).save(tmp_path / "graph.dot")
    draw_graph(y, max_nodes=5).save(tmp_path / "graph.svg")
    assert sorted(os.listdir(tmp_path)) == ["graph.dot", "graph.svg"]


def test_importing_glassgrad_loads_no_graphviz():
    code = "import sys, glassgrad; glassgrad.viz.draw_graph; assert not {'graphviz', 'pygraphviz'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
