"""Where the page puts boxes and lines: nothing overlaps, what is inside stays inside, and lines go down."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.web import js

PLACE = """return given.map(({items, edges}) => {
  const {routes} = layout(items, edges);
  return {items: items.map(({id, parent, x, y, w, h, open}) => ({id, parent, x, y, w, h, open})), through: routes.map((r) => r.through), paths: routes.map(drawn)};
});"""


@st.composite
def graphs(draw):
    """Ops in order, some in groups that are runs of them, some of these inside others; leaves; edges from earlier to later ones."""
    count = draw(st.integers(1, 14))
    items, edges = [], []
    cuts = sorted(draw(st.sets(st.integers(0, count), max_size=4)))
    parent_of = [None] * count
    for g, (a, b) in enumerate(pairwise(cuts)):
        inner = draw(st.booleans()) and b - a > 1
        items.append({"id": f"g{g}", "parent": None, "open": True, "order": a, "least": 80})
        parent_of[a:b] = [f"g{g}"] * (b - a)
        if inner:
            items.append({"id": f"i{g}", "parent": f"g{g}", "open": True, "order": a + 1, "least": 60})
            parent_of[a + 1 : b] = [f"i{g}"] * (b - a - 1)
    for k in range(count):
        items.append({"id": f"o{k}", "parent": parent_of[k], "w": draw(st.integers(20, 150)), "h": 40, "order": k})
        for tail in draw(st.sets(st.integers(0, k - 1), max_size=3)) if k else ():
            edges.append([f"o{tail}", f"o{k}"])
        if draw(st.booleans()):
            items.append({"id": f"v{k}", "parent": draw(st.sampled_from([None, parent_of[k]])), "w": 50, "h": 30, "order": k, "leaf": True})
            edges.append([f"v{k}", f"o{k}"])
    return {"items": sorted(items, key=lambda item: item["order"]), "edges": edges}


@settings(max_examples=5, deadline=None)
@given(st.lists(graphs(), min_size=40, max_size=40))
def test_boxes_keep_apart_and_lines_go_down(found):
    for graph, placed in zip(found, js.run(PLACE, found), strict=True):
        boxes = {box["id"]: box for box in placed["items"]}
        for a in boxes.values():
            inside = lambda box, a=a: a["x"] <= box["x"] + 1e-6 and box["x"] + box["w"] <= a["x"] + a["w"] + 1e-6 and a["y"] <= box["y"] and box["y"] + box["h"] <= a["y"] + a["h"] + 1e-6
            for b in boxes.values():
                if b["parent"] == a["id"]:
                    assert inside(b), (a, b)
                if a["id"] < b["id"] and a["parent"] == b["parent"]:
                    apart = a["x"] + a["w"] <= b["x"] + 1e-6 or b["x"] + b["w"] <= a["x"] + 1e-6 or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
                    assert apart, (a, b)
        for (tail, head), through in zip(graph["edges"], placed["through"], strict=True):
            heights = [boxes[tail]["y"] + boxes[tail]["h"], *(y for _, y, _ in through), boxes[head]["y"]]
            assert heights == sorted(heights), (tail, head, heights)
            for x, y, h in through:  # a line touches no box that it passes
                for box in boxes.values():
                    if not box.get("open"):
                        assert not (box["x"] + 1e-6 < x < box["x"] + box["w"] - 1e-6 and y < box["y"] + box["h"] and box["y"] < y + h), (tail, head, box)


def test_the_same_graph_is_placed_the_same():
    graph = {"items": [{"id": f"o{k}", "parent": None, "w": 60, "h": 40, "order": k} for k in range(9)], "edges": [["o0", f"o{k}"] for k in range(1, 9)]}
    one, two = js.run(PLACE, [graph, graph])
    assert one == two
