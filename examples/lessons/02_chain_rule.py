"""Lesson 2: the chain rule on the apple graph

Two apples at 100 each, three oranges at 150 each, and a tax of 10 % on all: what changes the price, and how much? Each step of the bill
has a slope for each of its inputs: by how much its output moves when that input moves by 1. The chain rule says that the slopes along a
way multiply. Backward is nothing but that: it starts with 1 at the price and multiplies on its way down.

What you will see: a nudge run through the bill; the slopes that it met, multiplied; the steps of backward; the graph with a rule on each
edge. Try: give both fruits the same number of pieces, one tensor for both, and see how many ways lead to it.

    python examples/lessons/02_chain_rule.py        # draws out/02_chain_rule.svg, and makes a page of it, .html
"""

import math

from _lesson import begin, head

import glassgrad as gg

out, short = begin(__doc__)

head("The bill, forward")
apple = gg.tensor(100.0, requires_grad=True)
apples = gg.tensor(2.0, requires_grad=True)
orange = gg.tensor(150.0, requires_grad=True)
oranges = gg.tensor(3.0, requires_grad=True)
tax = gg.tensor(1.1, requires_grad=True)
bill = {"apple": apple, "apples": apples, "orange": orange, "oranges": oranges, "tax": tax}
inputs = {" and ".join(n for n in bill if bill[n] is leaf): leaf for leaf in dict.fromkeys(bill.values())}  # each tensor once
with gg.study.record() as tape:
    left = apple * apples
    right = orange * oranges
    fruit = left + right
    price = fruit * tax
print(f"left  = apple * apples   = {apple:g} * {apples:g} = {left:g}")
print(f"right = orange * oranges = {orange:g} * {oranges:g} = {right:g}")
print(f"fruit = left + right     = {left:g} + {right:g} = {fruit:g}")
print(f"price = fruit * tax      = {fruit:g} * {tax:g} = {price:g}")

head("A nudge: an apple costs a little more")
nudge = 0.01
left_2 = (apple + nudge) * apples
fruit_2 = left_2 + right
price_2 = fruit_2 * tax
moves = {"apple": nudge, "left": (left_2 - left).item(), "fruit": (fruit_2 - fruit).item(), "price": (price_2 - price).item()}
slopes, before = [], nudge
for name, moved in moves.items():
    slopes.append(moved / before)
    print(f"{name:5} moves by {moved:.4f}" + (f", {slopes[-1]:.4f} times as much as what it was computed from" if name != "apple" else ""))
    before = moved
whole = moves["price"] / nudge
product = " * ".join(f"{slope:.4g}" for slope in slopes[1:])
print(f"From end to end: {moves['price']:.4f} / {nudge} = {whole:.4g}, and the slopes multiply to {product} = {math.prod(slopes):.4g}.")

head("Backward: the same product, without a nudge, for all inputs at once")
for step in gg.study.steps(price):
    print(step)
print("g is what arrives from above: how much the price moves when the output of this step moves by 1.")
print("\nThe way to the apple alone, as a product of slopes:")
print(gg.study.paths(price, apple))
ways = {name: gg.study.paths(price, inputs[name]) for name in inputs}
for name, found in ways.items():
    if found.count > 1:
        print(f"\n{found.count} ways lead to {name}, one tensor; their products add up:\n{found}")

names = inputs | {"left": left, "right": right, "fruit": fruit}
gg.viz.draw_graph({"price": price}, params=names, show="shapes|values|formulas|saved|legend").save(out / "02_chain_rule.svg")
page = tape.save(out / "02_chain_rule.html", title=f"{apples:g} apples, {oranges:g} oranges and a tax")
price.backward()
assert abs(apple.grad.item() - whole) < 1e-6
assert gg.allclose(apple.grad, apples * tax) and gg.allclose(tax.grad, fruit)
print(f"\nThe apple's gradient is apples * tax = {apples:g} * {tax:g} = {apple.grad:g}, what the nudge found.")
print(f"One backward has answered all {len(inputs)} questions; nudging takes a run of the whole bill for each:")
wide = max(map(len, inputs))
for name, found in ways.items():
    print(f"  d price / d {name:{wide}} = {inputs[name].grad:g}, over {found.count} way{'s' * (found.count > 1)}")

print(f"\nDrawn in {out / '02_chain_rule.svg'}; to step through, with other prices: {page}.")
print("Read src/glassgrad/graph.py: `walk` is the loop that made these steps.")
