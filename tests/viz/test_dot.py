"""The DOT text: the same bytes each run, clusters, the legend, and hostile text that stays text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

import glassgrad as gg
from glassgrad import nn
from glassgrad.viz import draw_graph

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<b>bold</b>",
    "quote \" and ' and back\\slash\\",
    r"\N \G \E \T \H \L \l \n \\N",
    "&lt;entity&gt; &amp; &#65;",
    "]]> --> <!-- }",
    "größe λ 漢字 ∂",
    "> ]; } digraph x { a -> b",
]
PROGRAM = """
import glassgrad as gg
from glassgrad import nn
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
x = gg.randn(5, 3)
loss = nn.functional.cross_entropy(model(x), gg.tensor([0, 1, 0, 1, 1])) + sum((p * p).sum() for p in model.parameters())
loss.backward()
print(gg.viz.draw_graph({"loss": loss, "again": model(x)}, params={"x": x}).source)
"""


def text_in(svg):
    """All text that a reader of the SVG sees, one string a <text>."""
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_same_bytes_in_each_process():
    sources = []
    for seed in ("0", "1", "random"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        sources.append(subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True).stdout)
    assert sources[0] == sources[1] == sources[2]
    assert b"0.weight" in sources[0]
    assert not re.search(rb"0x[0-9a-f]{6}", sources[0])


def test_clusters_nest_as_modules_do():
    model = nn.Sequential(nn.Sequential(nn.Linear(2, 2)), nn.ReLU())
    depth, seen = 0, {}
    for line in draw_graph(model, gg.ones(1, 2)).source.splitlines():
        depth += line.startswith("subgraph") - (line == "}")
        found = re.search(r"<b>(0|0\.0|1)?(?:: )?(Sequential|Linear|ReLU)</b>", line)
        if found:
            seen[found[0]] = depth
    assert seen == {"<b>Sequential</b>": 1, "<b>0: Sequential</b>": 2, "<b>0.0: Linear</b>": 3, "<b>1: ReLU</b>": 2}
    assert depth == -1  # the last brace closes the graph


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name):
    hostile = type(name, (nn.Module,), {"forward": lambda self, x: x * x})
    x = gg.tensor(2.0, requires_grad=True)
    found = "".join(text_in(draw_graph({name: hostile()(x)}, params={name: x})._repr_svg_()))
    assert found.count(name) == 3  # the leaf, the module and the output


def test_what_cannot_be_printed_is_shown_as_an_escape():
    x = gg.tensor(2.0, requires_grad=True)
    found = text_in(draw_graph(x * x, params={"a\nb\0c\x1b\u202e\ud800": x})._repr_svg_())
    assert r"a\nb\x00c\x1b\u202e\ud800" in "".join(found)


def test_an_empty_name():
    x = gg.tensor(2.0, requires_grad=True)
    assert "mul" in text_in(draw_graph({"": x * x}, params={"": x})._repr_svg_())


def test_long_text_is_cut_and_whole_in_the_tooltip():
    name = "&" * 50 + "<\\" * 30
    x = gg.ones(3, 4, requires_grad=True)
    y = x[gg.tensor([0, 2]), 1:3].var(dim=1).sum()
    svg = draw_graph(y, params={name: x})._repr_svg_()
    assert max(map(len, text_in(svg))) <= 60
    tips = [element.get("{http://www.w3.org/1999/xlink}title") for element in ET.fromstring(svg).iter()]
    assert name in tips
    assert "x: unindex(g, x_shape, (array[2], slice(1, 3, None)))" in tips
    assert any("1:3" in text for text in text_in(svg))  # and not slice(1, 3, None)


def test_options_hide_what_they_name():
    x = gg.tensor(2.0, requires_grad=True)
    for word, text in (("formulas", "g * b"), ("saved", "saved: a, b"), ("shapes", "scalar"), ("values", "= 4")):
        assert text in draw_graph(x * x, show=word).source
        assert text not in draw_graph(x * x, show={"shapes", "values", "formulas", "saved"} - {word}).source
    assert "rankdir=LR" in draw_graph(x * x, direction="LR").source


def test_a_chain_of_50_000_ops_and_modules_within_modules():
    x = gg.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(50_000):
        y = y.sin()
    assert draw_graph(y, depth=0).source.count("<b>sin</b>") == 50_000
    model = nn.Tanh()
    for _ in range(60):
        model = nn.Sequential(model)
    inside = model(x)
    inside.grad_fn.scope = inside.grad_fn.scope * 50  # far deeper than Python's own stack
    assert draw_graph(inside).source.count("subgraph") == 61 * 50
