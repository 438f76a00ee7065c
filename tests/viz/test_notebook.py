"""What a notebook shows of a tensor."""

import subprocess
import sys

import pytest

import glassgrad as gg
from glassgrad.viz import notebook


def test_a_tensor_with_a_graph_shows_it_below_its_text():
    x = gg.tensor(2.0, requires_grad=True)
    y = x * x
    bundle = y._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"] == repr(y) and "<svg" in bundle["image/svg+xml"]
    assert x._repr_mimebundle_() == {"text/plain": repr(x)}


def test_a_large_graph_is_closed_and_a_huge_one_is_text(monkeypatch):
    y = gg.tensor(1.0, requires_grad=True)
    for _ in range(400):
        y = y.sin()
    assert "ops 1 to 10" in y._repr_mimebundle_()["image/svg+xml"]
    monkeypatch.setattr(notebook, "_OPS", 399)
    assert list(y._repr_mimebundle_()) == ["text/plain"]


def test_what_is_not_wanted_is_not_made(monkeypatch):
    y = gg.tensor(2.0, requires_grad=True).exp()
    text, picture = "text/plain", "image/svg+xml"
    assert list(y._repr_mimebundle_(include={picture})) == list(y._repr_mimebundle_(exclude=[text])) == [picture]
    monkeypatch.setattr(notebook, "draw", None)
    assert list(y._repr_mimebundle_(include=[text])) == list(y._repr_mimebundle_(exclude={picture})) == [text]
    assert y._repr_mimebundle_(include=[text], exclude=[text]) == {}


def test_a_graph_of_ten_thousand_ops_has_a_picture():
    y = gg.tensor(1.0, requires_grad=True)
    for _ in range(9_999):
        y = y.sin()
    assert "9,501 to 9,999" in y._repr_mimebundle_()["image/svg+xml"]


def test_without_graphviz_the_text_is_there(monkeypatch):
    def missing(*args, **kwargs):
        raise RuntimeError("no Graphviz found")

    monkeypatch.setattr(notebook, "draw", missing)
    y = gg.tensor(1.0, requires_grad=True).exp()
    assert y._repr_mimebundle_() == {"text/plain": repr(y)}


@pytest.mark.parametrize("shown", [("loss", True), ("x", True), ("self", False)])
def test_names_are_those_of_the_notebook(shown):
    code = (
        "import glassgrad as gg; x = gg.tensor(2.0, requires_grad=True); loss = x * x; Out = {3: loss}\n"
        "def show(self): return self._repr_mimebundle_()\n"
        f"assert ('>{shown[0]}<' in show(loss)['image/svg+xml']) is {shown[1]}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
