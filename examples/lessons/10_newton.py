"""Lesson 10: second derivatives, and Newton's method

A gradient is computed by ops, so it can be differentiated again: `create_graph=True` records the backward as a graph of its own. The second
derivatives of a function of n numbers are an n x n matrix, the Hessian, which tells how it bends. Gradient descent knows only which way is
down and must take small steps; Newton's method takes the bend into account and jumps to where the parabola that fits here has its lowest
point.

What you will see: derivatives of derivatives of x⁴; a Hessian, row by row; both methods on a bent valley, and how fast Newton's digits
double. Try: start at (0, 0.5), where it bends down along v[0] (which way does Newton go?); a learning rate of 0.035.

    python examples/lessons/10_newton.py            # draws out/10_newton.png
"""

import numpy as np
from _lesson import BLUE, GREY, ORANGE, begin, head, pyplot

import glassgrad as gg

out, short = begin(__doc__)

head("Again and again")
at = 5
x = gg.tensor(float(at), requires_grad=True)
y, by_hand = x**4, {"4 x³": 4 * at**3, "12 x²": 12 * at**2, "24 x": 24 * at, "24": 24}
for order, (text, right) in enumerate(by_hand.items(), 1):
    (y,) = gg.autograd.grad(y, x, create_graph=True)
    print(f"derivative {order} of x⁴ at x = {at}: {y:g}, and by hand {text} = {right}")
    assert y == right

head("A Hessian is the gradient of each part of the gradient")


def f(v):
    """A valley that bends, with its lowest point, 0, at (1, 1)."""
    return (1 - v[0]) ** 2 + 5 * (v[1] - v[0] ** 2) ** 2


start = gg.tensor([-0.5, -1.0], requires_grad=True)
(slope,) = gg.autograd.grad(f(start), start, create_graph=True)
rows = [gg.autograd.grad(part, start, retain_graph=True)[0] for part in slope]
hessian = gg.func.hessian(f)(start.detach())
print(f"at {start.tolist()}: gradient {[round(s, 4) for s in slope.tolist()]}")
for i, row in enumerate(rows):
    print(f"  gradient of its part {i}: {[round(h, 4) for h in row.tolist()]}")
print(f"gg.func.hessian finds all rows at once:\n{hessian}")
assert gg.allclose(gg.stack(rows), hessian) and gg.equal(hessian, hessian.T)
v = gg.tensor([1.0, 2.0])
(product,) = gg.autograd.grad(slope @ v, start)
print(f"H @ {v.tolist()} = {[round(h, 4) for h in product.tolist()]}, as the gradient of (gradient @ v): without ever making H")
assert gg.allclose(product, hessian @ v)

head("Down the valley")


def descend(rate, steps):
    """Gradient descent: always straight downhill."""
    at = [start.detach()]
    for _ in range(steps):
        at.append(at[-1] - rate * gg.func.grad(f)(at[-1]))
    return gg.stack(at)


def newton(steps):
    """Solve H @ step = -gradient: to the lowest point of the parabola that touches here."""
    at = [start.detach()]
    for _ in range(steps):
        at.append(at[-1] - gg.linalg.solve(gg.func.hessian(f)(at[-1]), gg.func.grad(f)(at[-1])))
    return gg.stack(at)


walks = {"gradient descent": descend(0.03, 100 if short else 400), "Newton": newton(7)}
left = {name: (walk - 1).norm(dim=1).tolist() for name, walk in walks.items()}
print("How far from (1, 1)")
print(f"{'step':>6}{'Newton':>14}{'gradient descent':>20}")
for k in range(8):
    print(f"{k:6}{left['Newton'][k]:14.1e}{left['gradient descent'][k]:20.1e}")
last = len(left["gradient descent"]) - 1
print(f"{last:6}{'':14}{left['gradient descent'][-1]:20.1e}")
for k in range(1, 8):
    if left["Newton"][k] > left["Newton"][k - 1]:
        here, there = walks["Newton"][k - 1 : k + 1]
        bends = gg.linalg.eigvalsh(gg.func.hessian(f)(here)).tolist()
        shape = "bends up all ways, but fits only near by" if min(bends) > 0 else "bends down one way, and Newton goes to its saddle"
        print(f"Step {k} of Newton leads away from (1, 1), from a height of {f(here):.3g} to {f(there):.3g}:")
        print(f"the parabola that touches there {shape} (the eigenvalues of H are {bends[0]:.3g} and {bends[1]:.3g}).")
close = " -> ".join(f"{d:.0e}" for d in left["Newton"] if 0 < d < 0.1)
share = 1 - left["gradient descent"][-1] / left["gradient descent"][-2]
print(f"Near the goal each step of Newton about squares the distance, {close}: the right digits double.")
print(f"A step of descent takes off a share of it, at the end {100 * share:.1f} %.")
print("The price: n² second derivatives, and a system of n equations to solve. For a model with a million parameters that is out of reach;")
print("H @ v, above, is not, and neither is a running guess at H, as in L-BFGS.")
assert left["Newton"][-1] < 1e-6 < 1e-4 < left["gradient descent"][-1]

plt = pyplot()
figure, (plane, digits) = plt.subplots(1, 2, figsize=(11.5, 4.8), width_ratios=[1.15, 1])
across, up = np.meshgrid(np.linspace(-1.3, 1.6, 200), np.linspace(-1.4, 1.9, 200))
with gg.no_grad():
    heights = f(gg.from_numpy(np.stack([across, up]))).numpy()
plane.contourf(across, up, np.log10(heights + 1e-2), levels=24, cmap="Greys", alpha=0.55)
looks = {"gradient descent": dict(color=ORANGE, marker=".", markersize=4, linewidth=1), "Newton": dict(color=BLUE, marker="o", linewidth=2)}
for name, walk in walks.items():
    plane.plot(*walk.T.numpy(), **looks[name], label=f"{name}, {len(walk) - 1} steps")
    digits.semilogy(np.maximum(left[name], 1e-17), **looks[name], label=name)
plane.plot(1, 1, marker="*", markersize=15, color="white", markeredgecolor="black", linestyle="", label="the lowest point")
plane.set(xlabel="v[0]", ylabel="v[1]", title="(1 - v[0])² + 5 (v[1] - v[0]²)²: dark is high")
plane.legend(loc="upper center", frameon=True)
digits.set(xlabel="step", title="How far from the lowest point", ylim=(1e-17, 10))
digits.axhline(np.finfo(float).eps, color=GREY, linewidth=0.8, linestyle=":")
digits.text(last, 3e-16, "eps, the last digit of float64", color=GREY, ha="right", fontsize=9)
digits.grid(alpha=0.25)
figure.savefig(out / "10_newton.png")
print(f"\nDrawn in {out / '10_newton.png'}. Read src/glassgrad/op.py: `backward_on_tensors` runs the very same rules, but records them.")
