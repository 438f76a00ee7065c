"""Lesson 3: why gradients are added (`+=`), and why there is `zero_grad`

A value that is used twice moves the loss in two ways, so its gradient is the sum of both: the engine must add, not overwrite. The same
adding goes on from one backward() to the next, which is handy for batches in parts, and a trap in a training loop: without zero_grad()
each step goes along the sum of all gradients so far.

What you will see: an itemised bill of a gradient; an engine without `+=`; a descent that forgets zero_grad and never comes to rest.
Try: another x; a learning rate of 0.2; a momentum of 0.5.

    python examples/lessons/03_accumulate.py        # draws out/03_accumulate.png, and makes a page of it, .html
"""

from _lesson import BLUE, GREY, ORANGE, begin, head, pyplot

import glassgrad as gg

out, short = begin(__doc__)

head("One value, used three times")
x = gg.tensor(3.0, requires_grad=True)
with gg.study.record() as tape:
    square = x * x
    loss = square + 2 * x
print(f"loss = x * x + 2 * x = {loss:g} at x = {x:g}; the textbook says d loss / dx = 2 * x + 2 = {2 * x.item() + 2:g}")
page = tape.save(out / "03_accumulate.html", title="x * x + 2 * x")
bill = gg.explain(loss, wrt=x)
print(bill)
assert bill.exact and bill.total == 2 * x.item() + 2

head("The same, on an engine that writes `=` where it should write `+=`")
print(gg.study.broken(loss, "="))
print("Only the use that came last is left. No error, no warning: a wrong number, that is all.")

head("Two backwards, and no zero_grad between them")
with gg.study.record() as tape:
    for _ in range(2):
        (x * x + 2 * x).backward()
print(gg.explain(x.grad))
assert x.grad == 2 * bill.total
print("Right if you meant it (two halves of a batch), wrong if you meant two steps.")

head("A descent with and without it")
steps, lr, momentum = 40 if short else 80, 0.05, 0.0


def descend(zero: bool) -> list[float]:
    """Go down (w - 3)², from w = 0."""
    w = gg.tensor(0.0, requires_grad=True)
    optimizer = gg.optim.SGD([w], lr=lr, momentum=momentum)
    found = [w.item()]
    for _ in range(steps):
        if zero:
            optimizer.zero_grad()
        ((w - 3) ** 2).backward()
        optimizer.step()
        found.append(w.item())
    return found


right, wrong = descend(True), descend(False)
for k in (0, 1, 2, 5, 10, 20, 30, 40):
    print(f"step {k:2}: with zero_grad w = {right[k]:7.4f}    without w = {wrong[k]:7.4f}")
half = steps // 2
first, last = wrong[:half], wrong[-half:]
print(f"With it, w ends {abs(right[-1] - 3):.1e} from 3. Without, the last {half} steps swing between {min(last):.2f} and {max(last):.2f}.")
print("The sum of all gradients is a speed that nothing brakes: the ball rolls through the valley and up the other side, for ever.")
growth = max(abs(w - 3) for w in last) / max(abs(w - 3) for w in first)
if growth > 1.5:
    why = ": momentum adds up once more what is a sum already" if momentum else ""
    print(f"It even goes {growth:.1f} times as far as in the first {half} steps{why}.")
assert abs(right[-1] - 3) < 0.1 and max(last) - min(last) > 3

plt = pyplot()
figure, axes = plt.subplots(figsize=(7.5, 4))
axes.axhline(3, color=GREY, linewidth=1)
axes.plot(right, color=BLUE, linewidth=2.2, label="with zero_grad(): each step along its own gradient")
axes.plot(wrong, color=ORANGE, linewidth=2.2, linestyle="--", label="without: each step along the sum of all gradients so far")
axes.text(1.05 * steps, 3, " the minimum", va="center", color=GREY)
axes.set(xlabel="step", ylabel="w", title=f"SGD on (w - 3)², learning rate {lr}" + (f", momentum {momentum}" if momentum else ""))
bottom, top = axes.get_ylim()
axes.set_ylim(bottom, top + 0.25 * (top - bottom))  # the legend's place
axes.legend(loc="upper left")
figure.savefig(out / "03_accumulate.png")
print(f"\nDrawn in {out / '03_accumulate.png'}; watch = and += in {page}.")
print("Read src/glassgrad/graph.py: in `walk`, a gradient that meets another one is added to it.")
