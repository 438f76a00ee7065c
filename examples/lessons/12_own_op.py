"""Lesson 12: your own op, with its rule

An op is a forward and, for each input, a rule: what the gradient of the output makes of the gradient of that input. The engine does the
rest: it saves what the rules name, sums where broadcasting stretched, and differentiates the rules again. Here we teach it the snake,
x + sin²(a x) / a, a wave on a slope that learns periodic things, where a says how fast it waves (Ziyin et al., 2020).

What you will see: the op in two lines; the same as an autograd.Function, in PyTorch's manner; a wrong rule, and how the engine finds it.
Try: get the other rule wrong, too; an op of your own.

    python examples/lessons/12_own_op.py            # draws out/12_own_op.png
"""

import numpy as np
from _lesson import BLUE, GREEN, GREY, ORANGE, begin, head, pyplot

import glassgrad as gg
from glassgrad.op import op

out, short = begin(__doc__)

head("An op, declared: the forward, and a rule for each input")


def wave(x, a):
    """x + sin²(a x) / a"""
    return x + np.sin(a * x) ** 2 / a


snake = op(
    wave,
    name="snake",
    method=False,
    x=lambda g, x, a: g * (1 + np.sin(2 * a * x)),
    a=lambda g, x, a: g * (x * np.sin(2 * a * x) / a - np.sin(a * x) ** 2 / a**2),
)
x = gg.linspace(-3, 3, 7).requires_grad_()
a = gg.tensor(1.5, requires_grad=True)
with gg.study.record() as tape:
    y = snake(x, a)
    loss = y.sum()
print("Its rules as the engine reads them, run on symbols instead of numbers:")
print(gg.study.formula(y))
print(f"\nx has shape {tuple(x.shape)} and a has shape {tuple(a.shape)}: no rule mentions it, the engine sums. Are they right?")
checked = gg.study.verify(loss)
print(checked)
assert checked and gg.autograd.gradcheck(snake, (x, a))
print("Second derivatives come for free: the rules are made of ops themselves.", end=" ")
assert gg.autograd.gradgradcheck(snake, (x, a))
print("gradgradcheck agrees.")

head("The same in PyTorch's manner")


class Snake(gg.autograd.Function):
    """Forward and backward as two functions; what is saved, and the sum for a, are ours to do."""

    @staticmethod
    def forward(ctx, x, a):
        ctx.save_for_backward(x, a)
        return x + gg.sin(a * x) ** 2 / a

    @staticmethod
    def backward(ctx, g):
        x, a = ctx.saved_tensors
        dx = g * (1 + gg.sin(2 * a * x))
        da = g * (x * gg.sin(2 * a * x) / a - gg.sin(a * x) ** 2 / a**2)
        return dx, da.sum()


mine = gg.autograd.grad(Snake.apply(x, a).sum(), (x, a))
assert all(gg.allclose(one, other) for one, other in zip(mine, gg.autograd.grad(loss, (x, a)), strict=True))
print(f"The same gradients: by a, {mine[1]:.6f}.")

head("A mistake, on purpose")
print("The derivative of sin² is 2 sin cos, which is the sine of the double angle. Say we forget the double:")
slip = op(wave, name="slip", method=False, x=lambda g, x, a: g * (1 + np.sin(a * x)), a=snake.op.rules["a"])
with gg.study.record() as tape:
    h = gg.tanh(x)
    wrong = slip(h, a)
    total = (wrong * wrong).sum()
print("total.backward() would run, and a model would train, badly. gg.study.verify(total) says:\n")
found = gg.study.verify(total)
print(found)
assert not found and found.first.node is wrong.grad_fn and found.first.input == "x"
print("\nThe op, its input, the line, and a map of where: the middle is right, as at x = 0 both are 0.")
print("gg.autograd.gradcheck, which checks one function, says:\n")
try:
    gg.autograd.gradcheck(slip, (x, a))
    raise AssertionError("gradcheck passed a wrong rule")
except gg.autograd.GradcheckError as error:
    print(error)

plt = pyplot()
ticks = gg.linspace(-3, 3, 100 if short else 400).requires_grad_()
curve = snake(ticks, a.detach())
(slope,) = gg.autograd.grad(curve.sum(), ticks, create_graph=True)
(bend,) = gg.autograd.grad(slope.sum(), ticks)
(slipped,) = gg.autograd.grad(slip(ticks, a.detach()).sum(), ticks)
figure, axes = plt.subplots(figsize=(8, 4.6))
t = ticks.detach()
axes.axhline(0, color=GREY, linewidth=0.6)
axes.plot(t, curve.detach(), color=BLUE, linewidth=2.5, label="snake(x)")
axes.plot(t, slope.detach(), color=GREEN, linewidth=2, label="its slope, by our rule")
axes.plot(t, bend, color=GREY, linewidth=1.2, linestyle="-.", label="its second derivative, for free")
axes.plot(t, slipped, color=ORANGE, linewidth=2, linestyle="--", label="the slope by the wrong rule")
axes.set(xlabel="x", title=f"x + sin²(a x) / a, with a = {a.item():g}", ylim=(-3.6, 6))
axes.legend(loc="upper center", ncols=2)
figure.savefig(out / "12_own_op.png")
print(f"\nDrawn in {out / '12_own_op.png'}. Read src/glassgrad/ops/elementwise.py: every op there is declared like this one.")
