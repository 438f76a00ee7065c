"""What do two apples cost, and what would change the price? Backpropagation on the smallest graph worth drawing.

An apple costs 100, we buy 2, and the tax makes it 1.1 times as much. Forward, the price comes out. Backward, each step
hands a gradient to its inputs: how much the price changes when that input changes by 1.

    python examples/apple.py            # prints the walk, draws out/apple.svg
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import glassgrad as gg
from glassgrad import graph


def main() -> int:
    """Print the walk forward and backward, and draw the graph."""
    parser = argparse.ArgumentParser(description="The price of two apples, forward and backward.")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for apple.svg (default: out)")
    parser.add_argument("--short", action="store_true", help="accepted as in every example; this one is short already")
    out = parser.parse_args().out

    gg.set_default_dtype(gg.float64)  # 2.2 and not 2.200000047
    apple = gg.tensor(100.0, requires_grad=True)
    number = gg.tensor(2.0, requires_grad=True)
    tax = gg.tensor(1.1, requires_grad=True)

    print("Forward")
    fruit = apple * number
    print(f"  fruit = apple * number = {apple:g} * {number:g} = {fruit:g}")
    price = fruit * tax
    print(f"  price = fruit * tax = {fruit:g} * {tax:g} = {price:g}")

    # The walk that backward() makes, one op at a time, from the price to the leaves: g is the gradient that arrives at
    # the output of the op, and its rules say what goes on to its inputs a and b.
    print("\nBackward, from the gradient of the price by itself: 1")
    names = {apple: "apple", number: "number", tax: "tax", fruit.edge: "fruit", price.edge: "price"}
    for node, g, gradients in graph.walk([(price.edge, gg.ones_like(price).numpy())], {}, retain_graph=True):
        print(f"  through {names[node]} = a * b")
        values = {"g": g} | dict(zip(node.op.keep, node.saved, strict=True))
        for wanted, parent, gradient in zip(node.op.inputs, node.parents, gradients, strict=True):
            rule = node.op.formula(wanted)
            numbers = " ".join(f"{values[word]:g}" if word in values else word for word in rule.split())
            print(f"    {wanted} is {names[parent]:6} and gets {rule} = {numbers} = {gradient:g}")

    price.backward()  # the same walk; it leaves the gradients in .grad
    print("\nThe price changes by")
    print(f"  {apple.grad:g} when an apple costs 1 more,")
    print(f"  {number.grad:g} when we buy 1 more,")
    print(f"  {tax.grad:g} when the tax factor grows by 1.")

    drawing = gg.viz.draw_graph(price, show="shapes|values|formulas|saved|legend")
    try:
        out.mkdir(parents=True, exist_ok=True)
        print(f"\nDrawn in {drawing.save(out / 'apple.svg')}")
    except (OSError, RuntimeError) as error:  # no such folder can be made, or there is no Graphviz
        print(f"apple.py: can't draw into {str(out)!r}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
