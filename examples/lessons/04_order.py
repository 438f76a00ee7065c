"""Lesson 4: why a topological order

A step of backward may run only when its gradient is complete: when all steps that use its output have run. Such an order of the steps is
called topological. The engine gets it for free: nodes are numbered as they are made, so whoever uses a value has a larger number than the
value itself, and going from the largest number to the smallest is enough.

What you will see: a value with a short way and a long way to the loss; an engine that runs it as soon as the short way has come; and what
the order saves where the ways are many. Try: another x; a storey of y = sin(y) + cos(y).

    python examples/lessons/04_order.py             # draws out/04_order.svg, and makes a page of it, .html
"""

from _lesson import begin, head

import glassgrad as gg

out, short = begin(__doc__)

head("A value with two ways to the loss")
x = gg.tensor(3.0, requires_grad=True)
with gg.study.record() as tape:
    a = 2 * x
    b = a * a
    loss = a + b
print(f"a = 2 * x = {a:g},  b = a * a = {b:g},  loss = a + b = {loss:g}: a has a short way to the loss, and a long one through b")
print(f"By hand: loss = 2 x + 4 x², so d loss / dx = 2 + 8 x = {8 * x.item() + 2:g}\n")
numbers = {name: node.index - tape.nodes[0].index + 1 for name, node in zip(("a", "b", "loss"), tape.nodes, strict=True)}
print("Nodes are numbered as they are made:", ", ".join(f"{name} is {number}" for name, number in numbers.items()))
steps = gg.study.steps(loss)
print("Backward goes from the largest to the smallest:", ", then ".join(step.name for step in steps))
assert [numbers[step.name] for step in steps] == sorted(numbers.values(), reverse=True)
for step in steps:
    print(step)
long = sum(part.gradient for part in steps[1].parts)
print(f"When a runs, both ways have arrived: 1 along the short one and {long:g} along the long one.")

head("The same on an engine that runs a step as soon as anything arrives")
broken = gg.study.broken(loss, "order")
print(broken)
wrong = next(one for one in broken.differences if one.name == "x")
assert wrong.broken == 2 and wrong.right == 8 * x.item() + 2
print("The loss hands 1 to a and to b. a runs at once, with that 1, and is done; what b has for it comes too late.")
swapped = b + a
lucky = gg.study.broken(swapped, "order")
print(f"\nWritten as b + a, so that b comes first, it is right by luck: {len(lucky.differences)} gradients are wrong.")
print("An engine whose gradients depend on how you write a sum is worse than one that is always wrong.")
assert not lucky.differences

head("What the order saves")


def storey(y):
    """There are two ways from its output to its input."""
    return y.tanh() + y


print("One could also run a step again each time something arrives. That is right, and hopeless. A tower of n storeys,")
print(f"each of them {', then '.join(step.node.op.name for step in reversed(gg.study.steps(storey(x))))}:")
for n in (2, 10, 20, 50):
    y = x
    for _ in range(n):
        y = storey(y)
    ways = gg.study.paths(y, x, k=1).count
    print(f"  {n:2} storeys: {len(gg.study.steps(y)):3} steps in topological order, {ways:,} ways from y to x")
    assert ways == 2**n
print("Each way would be walked by itself. In order, each step runs once, with the sum of all that comes to it.")

page = tape.save(out / "04_order.html", title="a short way and a long one")
count = {name: f"step {k}: {name}" for k, name in enumerate((step.name for step in steps), 1)}
names = {"x": x, count["a"]: a, count["b"]: b, count["loss"]: loss}
drawing = gg.viz.draw_graph({"loss": loss}, params=names, show="shapes|values|formulas|saved|legend")
drawing.save(out / "04_order.svg")
print(f"\nDrawn in {out / '04_order.svg'}, with the steps of backward; step by step in {page}.")
print("Read src/glassgrad/graph.py: the heap in `walk` is the order.")
