"""Lesson 1: a neuron is a dot product

A neuron has a weight for each input. It multiplies each input by its weight, adds all up, adds a bias, and squashes the sum with tanh. The
first two steps are a dot product, so a layer of neurons is a matrix product, and a layer that looks at many examples at once is one too.

What you will see: the sum written out; what the neuron says at each point of a plane, where its weights are an arrow; and what backward
says about the weights. Try: turn the weights around, make them twice as long, change the bias.

    python examples/lessons/01_neuron.py            # draws out/01_neuron.png
"""

from _lesson import begin, head, pyplot

import glassgrad as gg
from glassgrad import nn

out, short = begin(__doc__)

head("One neuron, two inputs")
x = gg.tensor([1.5, -0.5])
w = gg.tensor([0.8, 1.2], requires_grad=True)
b = gg.tensor(-0.3, requires_grad=True)

by_hand = x[0] * w[0] + x[1] * w[1] + b
z = x @ w + b  # @ is the dot product
y = z.tanh()
print(f"z = x0 * w0 + x1 * w1 + b = {x[0]:g} * {w[0]:g} + {x[1]:g} * {w[1]:g} + {b:g} = {by_hand:g}")
print(f"z = x @ w + b = {z:g}, the same")
print(f"y = tanh(z)   = {y:.4f}, between -1 and 1")
between = gg.atan2(x[1], x[0]) - gg.atan2(w[1], w[0])  # the angle from w to x
by_angle = x.norm() * w.norm() * between.cos()
print(f"x @ w = |x| * |w| * cos(angle) = {x.norm():.4f} * {w.norm():.4f} * cos({between.rad2deg():.1f}°) = {by_angle:.4g}:")
print("large where x points the way of w, 0 where it points across, negative where it points the other way")
assert gg.allclose(z, by_hand) and gg.allclose(x @ w, by_angle)

head("What backward says")
y.backward()
print(f"dy/dw = (1 - y²) * x = {1 - y.item() ** 2:.4f} * [{x[0]:g}, {x[1]:g}] = [{w.grad[0]:.4f}, {w.grad[1]:.4f}]")
print(f"dy/db = (1 - y²)     = {b.grad:.4f}")
print("A weight matters as much as its input is large, and less the flatter tanh is: at y = 1 or -1 the neuron can't learn.")
assert gg.allclose(w.grad, (1 - y**2) * x) and gg.allclose(b.grad, 1 - y**2)

head("A layer is a matrix product")
W = gg.randn(3, 2)  # three neurons: a row of weights each
B = gg.randn(3)
X = gg.randn(4, 2)  # four examples: a row of inputs each
one_by_one = gg.stack([gg.stack([(X[i] @ W[k] + B[k]).tanh() for k in range(3)]) for i in range(4)])  # (4, 3)
at_once = (X @ W.T + B).tanh()  # (4, 2) @ (2, 3) + (3,)
print(f"4 examples x 3 neurons, {one_by_one.numel()} dot products one by one: shape {tuple(one_by_one.shape)}")
print(f"the same as one matrix product, X @ W.T + B: the largest difference is {(one_by_one - at_once).abs().max():.0e}")
layer = nn.Linear(2, 3)
layer.load_state_dict({"weight": W, "bias": B})
assert gg.allclose(one_by_one, at_once) and gg.allclose(at_once, layer(X).tanh())
print("nn.Linear(2, 3) holds W and B, and computes the same.")

head("What the neuron says about each point of the plane")
ticks = gg.linspace(-3, 3, 40 if short else 200)
across, up = gg.meshgrid(ticks, ticks, indexing="xy")
plane = gg.stack([across, up], -1).requires_grad_()  # (n, n, 2): a point each
says = (plane @ w.detach() + b.detach()).tanh()
says.sum().backward()
uphill = plane.grad / plane.grad.norm(dim=-1, keepdim=True)
assert gg.allclose(uphill, (w / w.norm()).detach().expand_as(uphill))
print("The gradient by the inputs, (1 - y²) * w, points along w wherever we look: that way the neuron says more and more,")
away = (-b / w.norm()).item()  # how far along w the line lies
side = "the way w points" if away > 0 else "against w" if away < 0 else "through it"
print(f"and across it nothing changes. The line where y = 0 lies |b| / |w| = {abs(away):.3f} from the origin, {side}.")

plt = pyplot()
figure, axes = plt.subplots(figsize=(6.4, 5))
filled = axes.contourf(across, up, says.detach(), levels=[k / 10 for k in range(-10, 11)], cmap="PuOr_r", vmin=-1.4, vmax=1.4)
axes.contour(across, up, says.detach(), levels=[0], colors="black", linewidths=1.2)
foot = (-b / (w @ w) * w).detach()  # the point of the line that is nearest to the origin
seen = foot.abs().max() < 2.5
tail = foot if seen else gg.zeros(2)  # a line that is off the plane can't carry the arrow
tip = (tail + w.detach()).tolist()
axes.annotate("", tip, tail.tolist(), arrowprops=dict(arrowstyle="-|>", color="black", linewidth=2, shrinkA=0, shrinkB=0))
unit = (w / w.norm()).detach()
along = gg.stack([-unit[1], unit[0]])
along = min(along, -along, key=lambda way: (foot + 1.3 * way).abs().max().item())  # where there is more room
axes.text(*(tail + w.detach() + 0.25 * along).tolist(), "w", fontsize=13, weight="bold", ha="center", va="center")
if seen:
    middle = foot + 1.3 * along - 0.3 * (1 if away >= 0 else -1) * unit  # beside the line, on the origin's side
    slant = (gg.atan2(along[1], along[0]).rad2deg().item() + 90) % 180 - 90  # never upside down
    axes.text(*middle.tolist(), "y = 0 on this line", fontsize=10, rotation=slant, ha="center", va="center")
for corner in (2.3 * unit.sign(), -2.3 * unit.sign()):
    there = (corner @ w + b).tanh().item()
    ink = "white" if abs(there) > 0.7 else "black"
    axes.text(*corner.tolist(), f"the neuron\nsays {there:.2f}", ha="center", va="center", color=ink)
axes.set(xlabel="x0", ylabel="x1", aspect="equal", title="y = tanh(x @ w + b): a ramp along w, the same all across it")
figure.colorbar(filled, label="y", ticks=[-1, -0.5, 0, 0.5, 1])
figure.savefig(out / "01_neuron.png")
print(f"\nDrawn in {out / '01_neuron.png'}. Read src/glassgrad/nn/linear.py: a layer is two parameters and one line.")
