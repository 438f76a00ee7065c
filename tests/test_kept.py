"""What ops keep for backward."""

import glassgrad as gg
from glassgrad.kept import kept
from glassgrad.naming import reached


def test_memory_counts_once_and_not_for_leaves():
    x = gg.ones(100, requires_grad=True)
    y = x.exp()
    z = y * y * x
    found = list(kept(reached([z.edge])))
    assert sum(one.size for one in found) == 2 * 400  # y, and y * y
    assert {one.node.op.name for one in found if one.size} == {"exp", "mul"}
    assert [one for one in found if one.holder is x and one.size] == []
    z.sum().backward()
    assert not list(kept(reached([z.edge])))
