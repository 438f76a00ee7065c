"""Lesson 8: vanishing gradients, and what initialisation, normalisation and residuals do to them

Backward multiplies by each layer's slopes. If a layer shrinks a gradient to half, thirty layers shrink it to a billionth, and the first
ones learn nothing; if it doubles it, the step explodes. Nothing is trained here: one forward and one backward through a deep network show
what it would have to work with.

What you will see: for each variant of a network, the size of the values on the way up and of the gradients on the way down, layer by
layer, as heat maps. Try: twice the depth; twice the width (He's scale knows of it); a variant of your own, with F.sigmoid.

    python examples/lessons/08_vanishing.py         # draws out/08_vanishing.png
"""

import math

import numpy as np
from _lesson import begin, head, pyplot

import glassgrad as gg
from glassgrad import nn
from glassgrad.nn import functional as F

out, short = begin(__doc__)
depth, width, batch = (20, 64, 32) if short else (30, 128, 64)
XAVIER, HE = math.sqrt(1 / width), math.sqrt(2 / width)  # the spread of the weights that keeps sizes: for tanh near 0; for ReLU


class Layer(nn.Module):
    """A linear map and a bend, normalised or with a residual if wanted."""

    def __init__(self, bend, spread, norm=False, residual=False):
        super().__init__()
        self.linear = nn.Linear(width, width)
        nn.init.normal_(self.linear.weight, std=spread)
        nn.init.zeros_(self.linear.bias)
        self.norm = nn.LayerNorm(width) if norm else nn.Identity()
        self.bend, self.residual = bend, residual

    def forward(self, x):
        y = self.bend(self.norm(self.linear(x)))
        return x + y if self.residual else y


variants = {
    "tanh, half of Xavier": dict(bend=F.tanh, spread=0.5 * XAVIER),
    "tanh, Xavier": dict(bend=F.tanh, spread=XAVIER),
    "tanh, 3 x Xavier": dict(bend=F.tanh, spread=3 * XAVIER),
    "ReLU, half of He": dict(bend=F.relu, spread=0.5 * HE),
    "ReLU, He": dict(bend=F.relu, spread=HE),
    "ReLU, 2 x He": dict(bend=F.relu, spread=2 * HE),
    "ReLU, half of He,\nLayerNorm": dict(bend=F.relu, spread=0.5 * HE, norm=True),
    "ReLU, 2 x He,\nLayerNorm": dict(bend=F.relu, spread=2 * HE, norm=True),
    "ReLU, half of He,\nresidual": dict(bend=F.relu, spread=0.5 * HE, residual=True),
    "ReLU, half of He,\nboth": dict(bend=F.relu, spread=0.5 * HE, norm=True, residual=True),
    "tanh, half of Xavier,\nresidual": dict(bend=F.tanh, spread=0.5 * XAVIER, residual=True),
}


def sizes(options):
    """The root mean square of the values after each layer, and of the gradients there; 1 comes in at both ends."""
    gg.manual_seed(0)
    values = [gg.randn(batch, width).requires_grad_()]
    for layer in [Layer(**options) for _ in range(depth)]:
        values.append(layer(values[-1]))
    gradients = gg.autograd.grad(values[-1], values, gg.randn(batch, width))
    rms = lambda tensors: np.array([t.detach().square().mean().sqrt().item() for t in tensors])
    return rms(values), rms(gradients)


head(f"{depth} layers of {width} neurons: what is left of a value, and of a gradient, at the other end")
print(f"{'':38}{'value, top':>12}{'gradient, bottom':>18}{'a layer':>10}")
up, down, words = {}, {}, ("vanishes", "shrinks", "arrives", "grows", "explodes")
for name, options in variants.items():
    up[name], down[name] = sizes(options)
    factor = (down[name][0] / down[name][-1]) ** (1 / depth)
    word = words[int(np.searchsorted([1e-3, 0.1, 10, 1e3], down[name][0]))]
    print(f"{name.replace(chr(10), ' '):38}{up[name][-1]:12.1e}{down[name][0]:18.1e}{f'x {factor:.2f}':>10}   {word}")

head("Why")
print("ReLU passes on half of the neurons, and each sums over as many weights as there are neurons: a layer multiplies the square of a")
print("gradient by width * spread² / 2. He's initialisation makes that 1:")
for name in ("ReLU, half of He", "ReLU, He", "ReLU, 2 x He"):
    theory = math.sqrt(width * variants[name]["spread"] ** 2 / 2)
    found = (down[name][0] / down[name][-1]) ** (1 / depth)
    print(f"  {name:18} in theory x {theory:.2f} a layer, found x {found:.2f}; all {depth}: x {theory**depth:.0e}, x {found**depth:.0e}")
    assert abs(found / theory - 1) < 0.15
normed = [down[name] for name in down if "LayerNorm" in name]
apart = np.abs(normed[0] / normed[1] - 1).max()
print(f"LayerNorm divides a scale out again: with half of He or twice that, the gradients are the same to {apart:.0e}.")
assert np.allclose(*normed, rtol=1e-2)
plain, both = "ReLU, half of He,\nresidual", "ReLU, half of He,\nboth"
print("A residual, x + f(x), has slope 1 + f'(x): there is a way to the bottom on which nothing is multiplied at all. Unless f' takes")
print("the 1 away again, as that of f(x) = -x would, this keeps gradients from vanishing. From growing it doesn't: ReLU only ever adds.")
print(f"After {depth} layers values are {up[plain][-1]:.3g} times as large, and gradients {down[plain][0]:.3g} times.")
print(f"With a norm inside, as in transformers, {up[both][-1]:.3g} and {down[both][0]:.3g} times.")
assert all(down[name][0] > 0.5 for name in down if "residual" in name) and down[both][0] < down[plain][0]
assert down["tanh, half of Xavier"][0] < 1e-3 and down["ReLU, 2 x He"][0] > 1e3

plt = pyplot()
figure, axes = plt.subplots(1, 2, figsize=(12.5, 6.4), sharey=True)
for ax, found, title in ((axes[0], up, "Forward: the size of the values"), (axes[1], down, "Backward: the size of the gradients")):
    powers = np.log10(np.maximum(np.array(list(found.values())).T, 1e-300))  # (depth + 1, variants)
    image = ax.imshow(powers, cmap="PuOr_r", vmin=-6, vmax=6, aspect="auto", origin="lower", interpolation="nearest")
    for i in (0, depth // 2, depth):
        for k, power in enumerate(powers[i]):
            ink = "white" if abs(power) > 4 else "black"
            text = f"{10**power:.0e}" if abs(power) > 2 else f"{10**power:.2g}"
            ax.text(k, i, text, ha="center", va="center", fontsize=7, color=ink)
    ax.set_xticks(range(len(found)), found, rotation=40, ha="right", rotation_mode="anchor", fontsize=8)
    ax.set_title(title)
    for k in (2.5, 5.5):
        ax.axvline(k, color="white", linewidth=4)
axes[0].set_ylabel("after layer (0: the input)")
figure.colorbar(image, ax=axes, label="power of ten (white: 1, as it came in)", shrink=0.8, extend="both")
figure.savefig(out / "08_vanishing.png")
print(f"\nDrawn in {out / '08_vanishing.png'}. Read src/glassgrad/nn/init.py: the scales that Xavier and He worked out.")
