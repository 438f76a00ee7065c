"""The tree that a notebook shows of a module."""

import xml.etree.ElementTree as ET

from glassgrad import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.act, self.down = nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4, bias=False)

    def extra_repr(self):
        return "<b>&"

def test_the_tree_is_sound_html_with_counts_shapes_and_equals_as_one():
    model = nn.Sequential(*[Block() for _ in range(3)], nn.Linear(4, 1))
    model[3].bias.requires_grad = False
    root = ET.fromstring(model._repr_html_().replace("&middot;", "-"))
    heads = ["".join(head.itertext()) for head in root.iter("summary")]
    assert heads[:2] == ["Sequential() - 221 parameters", "0 to 2, x3, each: Block(<b>&) - 72 parameters"]
    assert heads[-1] == "3: Linear(in_features=4, out_features=1, bias=True) - 5 parameters"
    rows = [row.text for row in root.iter("div")]
    assert "weight (8, 4) float32" in rows and "bias (1,) float32, frozen" in rows

    assert [details.get("open") for details in root.iter("details")] == ["", None, None, None, None]


def test_a_deep_nest_has_a_text_and_a_tree():
    model: nn.Module = nn.Tanh()
    for i in range(400):
        model = nn.ModuleList([model]) if i % 2 else nn.Sequential(model)
    assert repr(model).count("(0): ") == 400 and model._repr_html_().count("<b>0: </b>") == 400


def test_a_module_inside_itself_is_told():
    model = nn.Sequential(nn.Tanh())
    model[0].register_module("back", model)
    assert repr(model) == "Sequential(\n  (0): Tanh(\n    (back): ...\n  )\n)"
    assert "<b>back: </b>..." in model._repr_html_()
