"""Lesson 5: broadcasting, and its transpose, the sum

Add a bias of 3 numbers to a table of 4 rows and 3 columns, and NumPy copies the bias to each row. That copying is a linear map, so it is a
matrix, of zeros and ones. Backward through a linear map is its transpose, and the transpose of copying is adding up. So the gradient of
the bias is the sum over the rows, and backward through a sum is a copy.

What you will see: the matrix of a broadcast, made by the engine; its transpose at work; an engine that forgets it. Try, in a
Python shell: a column of shape (4, 1), or a single number. Which sums come back?

    python examples/lessons/05_broadcast.py         # draws out/05_broadcast.png, and makes a page of it, .html
"""

from _lesson import begin, head, heat, pyplot

import glassgrad as gg

out, short = begin(__doc__)

head("A bias goes to every row")
x = gg.randint(-3, 4, (4, 3)).double()
bias = gg.tensor([10.0, 20.0, 30.0], requires_grad=True)
target = gg.randint(0, 40, (4, 3)).double()
with gg.study.record() as tape:
    y = x + bias  # (4, 3) + (3,)
    loss = ((y - target) ** 2).sum() / 2
print(f"x {tuple(x.shape)} + bias {tuple(bias.shape)} = y {tuple(y.shape)}")
(g,) = gg.autograd.grad(loss, y, retain_graph=True)
loss.backward(retain_graph=True)
print(f"The gradient of y, one for each of its {g.numel()} elements:\n{g}")
print(f"The gradient of the bias, one for each of its {bias.numel()}: {bias.grad.tolist()}, the sums of the columns above")
assert gg.equal(bias.grad, g.sum(0))
print("bias[0] is in every row, so nudging it moves all four: four ways to the loss, which add up.")

head("Broadcasting as a matrix")
copy = gg.func.jacrev(lambda b: b.expand(4, 3).flatten())(bias.detach())  # (12, 3): how each element of the copy moves with each of b
print(f"The 12 elements of the copy are C @ bias, with C of shape {tuple(copy.shape)}:")
for i in range(4):
    print(f"  row {i} of y: ", "   ".join(str([int(c) for c in copy[3 * i + k].tolist()]) for k in range(3)))
assert gg.equal(copy @ bias.detach(), bias.detach().expand(4, 3).flatten())
print(f"Its transpose maps the gradient of y to that of the bias: C.T @ g = {(copy.T @ g.flatten()).tolist()}")
assert gg.equal(copy.T @ g.flatten(), bias.grad)
print("Each column of C has a 1 for each copy; read as a row of C.T, it adds these up. Copy, transposed, is sum.")

head("And the other way round")
z = gg.tensor([1.0, 2.0, 3.0], requires_grad=True)
(5 * z.sum()).backward()
print(f"total = z.sum(): its gradient 5 goes back to each element of z: {z.grad.tolist()}. Sum, transposed, is copy.")
assert gg.equal(z.grad, gg.full((3,), 5.0))

head("An engine that forgets to sum")
print(gg.study.broken(loss, "sum"))
print(f"A gradient of shape {tuple(g.shape)} for a bias of shape {tuple(bias.shape)}: a step along it would make a table of the bias.")

page = tape.save(out / "05_broadcast.html", title="a bias goes to every row")
plt = pyplot()
figure, axes = plt.subplot_mosaic([["C", "C.T", "C.T"], ["C", "g", "sums"]], figsize=(9.5, 5.6), width_ratios=[3, 4, 5])
b = ["b0", "b1", "b2"]
heat(axes["C"], copy, "C copies: y = x + C @ bias", [f"y{i}{k}" for i in range(4) for k in range(3)], b, ".0f", copy == 0)
heat(axes["C.T"], copy.T, "C.T adds up: d bias = C.T @ g", b, [f"g{i}{k}" for i in range(4) for k in range(3)], ".0f", copy.T == 0)
heat(axes["g"], g, "g, the gradient of y", [f"row {i}" for i in range(4)], range(3), ".0f")
heat(axes["sums"], bias.grad, "d bias, the sums of g's columns", ["sum"], b, ".0f")
figure.savefig(out / "05_broadcast.png")
print(f"\nDrawn in {out / '05_broadcast.png'}; click on an element of d bias in {page}.")
print("Read src/glassgrad/graph.py: `sum_to` is the one place where broadcasting is undone.")
