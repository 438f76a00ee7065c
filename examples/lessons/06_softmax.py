"""Lesson 6: softmax and cross-entropy, whose gradient is p - y

A classifier gives a score for each class. Softmax makes probabilities p of them, cross-entropy is minus the logarithm of the one that the
right class got. Through all the exponentials, the sum, the division and the logarithm, backward arrives at the scores with something very
simple: p - y, what was said less what is true.

What you will see: the five steps of backward; the same as one product with a Jacobian; your own gradient, marked; where the naive way
breaks. Try: make the right score larger, and see the gradient vanish.

    python examples/lessons/06_softmax.py           # draws out/06_softmax.png, and makes a page of it, .html
"""

from _lesson import BLUE, GREEN, GREY, ORANGE, begin, head, pyplot

import glassgrad as gg
from glassgrad.nn import functional as F

out, short = begin(__doc__)
classes, right = ("cat", "dog", "owl"), 1

head("Step by step")
scores = gg.tensor([2.0, 1.0, -1.0], requires_grad=True)
y = gg.tensor([0.0, 1.0, 0.0])  # it is a dog
with gg.study.record() as tape:
    e = scores.exp()
    total = e.sum()
    p = e / total
    said = p[right]
    log = said.log()
    loss = -log
print(f"{'':6}{'score':>8}{'exp':>8}{'p':>8}{'y':>4}{'p - y':>9}")
for k, name in enumerate(classes):
    print(f"{name:6}{scores[k]:8.3f}{e[k]:8.3f}{p[k]:8.3f}{y[k]:4.0f}{p[k] - y[k]:9.3f}")
print(f"loss = -log p[{classes[right]}] = -log {said:.3f} = {loss:.3f}\n")
for step in gg.study.steps(loss):
    print(step)
(gradient,) = gg.autograd.grad(loss, scores, retain_graph=True)
print("(unindex puts a gradient back where it was read from; unreduce copies it to all that was summed: lesson 5)")
print(f"\nWhat has arrived at the scores is p - y, to {(gradient - (p - y)).abs().max():.0e}.")
assert gg.allclose(gradient, p - y)

head("Why: one product")
said_p = p.detach()
jacobian = gg.func.jacrev(lambda s: F.softmax(s, dim=0))(scores.detach())
by_hand = gg.diag(said_p) - gg.outer(said_p, said_p)
print("d p / d scores = diag(p) - p pᵀ (pushing one score up takes from all others):")
print(jacobian)
assert gg.allclose(jacobian, by_hand)
print(f"d loss / d p = -y / p = {gg.where(y > 0, -y / said_p, 0.0)}")
print("Their product is (diag(p) - p pᵀ) @ (-y / p) = -y + p (Σ y) = p - y, as the y sum to 1.")
assert gg.allclose(by_hand @ (-y / said_p), said_p - y)

head("Your own gradients, marked")
print(gg.study.grade(loss, {"p": -y / said_p, "scores": said_p - y}))
print("and with a slip, y - p:")
print(gg.study.grade(loss, {"scores": y - said_p}))

head("Why there is one op for it")
large = gg.tensor([1000.0, 0.0, -1000.0], requires_grad=True)
with gg.no_grad():
    naive = large.exp() / large.exp().sum()
print(f"scores {large.tolist()}: exp(1000) is {large.exp()[0]:g}, and p becomes {naive.tolist()}")
fused = F.cross_entropy(large[None], gg.tensor([right]))
fused.backward()
print(f"F.cross_entropy takes the largest score off first: loss {fused:g}, gradient {large.grad.tolist()}, p - y exactly")
assert naive.isnan().any() and large.grad.tolist() == [1, -1, 0]
print(f"Even at a loss of {fused:g} no gradient is larger than {large.grad.abs().max():g}: being far off doesn't blow it up.")

plt = pyplot()
cases = {"unsure": [0.5, 0.0, 0.2], "sure, and wrong": [4.0, 0.0, -1.0], "sure, and right": [-1.0, 4.0, 0.0]}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.8), sharey=True)
for ax, (title, values) in zip(axes, cases.items(), strict=True):
    s = gg.tensor(values, requires_grad=True)
    cost = F.cross_entropy(s[None], gg.tensor([right]))
    cost.backward()
    q = F.softmax(s, dim=0).detach()
    assert gg.allclose(s.grad, q - y)
    at = gg.arange(3).double()
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.bar(at - 0.27, q, 0.25, color=BLUE, label="p, what was said")
    ax.bar(at, y, 0.25, color=GREEN, label="y, what is true", hatch="//", edgecolor="white")
    bars = ax.bar(at + 0.27, s.grad, 0.25, color=ORANGE, label="p - y, the gradient")
    ax.bar_label(bars, fmt="%.2f", fontsize=8, padding=2)
    ax.set_xticks(range(3), classes)
    ax.set_title(f"{title}: loss {cost:.2f}", fontsize=11)
    ax.set_ylim(-1.25, 1.25)
handles, labels = axes[0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside lower center", ncols=3)
figure.savefig(out / "06_softmax.png")
page = tape.save(out / "06_softmax.html", title="softmax and cross-entropy")
print(f"\nDrawn in {out / '06_softmax.png'}; step by step in {page}.")
print("Read src/glassgrad/ops/softmax.py and src/glassgrad/ops/loss.py: the rules in one line each.")
