"""Lesson 7: finite differences against backprop

There is a way to a gradient that needs no backward at all: nudge one parameter, see how the loss moves, divide. Do it for each. It is the
best test of a backward there is, and no way to train: it costs two runs of the model for every parameter, and it is never exact.

What you will see: the cost and the error of both, as a layer grows from 10 to a million parameters (where there are many, some of them
are nudged and the cost is scaled up); and the two errors of a finite difference, between which the best step lies. Try: another
seed; SAMPLED = 10**6, if you have a day.

    python examples/lessons/07_finite_differences.py            # draws out/07_finite_differences.png
"""

from time import perf_counter

import numpy as np
from _lesson import BLUE, GREEN, GREY, ORANGE, begin, head, pyplot

import glassgrad as gg

out, short = begin(__doc__)
gg.set_num_threads(1)  # steadier times
EPS = np.finfo(np.float64).eps  # the distance from 1 to the next number
FORWARD, CENTRAL = EPS ** (1 / 2), EPS ** (1 / 3)  # the steps that balance both errors, see below
SAMPLED = 50  # parameters that are nudged, where there are more
rng = np.random.default_rng(0)
x = rng.standard_normal(10)


def loss_of(w, t):
    """A layer of n / 10 neurons with 10 inputs each: n parameters."""
    return ((gg.tanh(w @ gg.from_numpy(x)) - t) ** 2).mean()


def exact(w, t):
    """The same gradient by the textbook, in NumPy's longest floats: what both are measured by."""
    w, t, xl = (np.asarray(v, np.longdouble) for v in (w, t, x))
    y = np.tanh(w @ xl)
    return np.outer(2 / len(t) * (y - t) * (1 - y * y), xl)


def difference(w, t, at, step, both_sides=True):
    """The slope of the loss along one parameter, by one or two nudges."""
    old = w[at].item()
    with gg.no_grad():
        w[at] = old + step
        up, far = loss_of(w, t).item(), w[at].item()
        w[at] = old - step if both_sides else old
        down, near = loss_of(w, t).item(), w[at].item()
        w[at] = old
    return (up - down) / (far - near)


def seconds(run):
    """The quickest of a few runs."""
    times = []
    while sum(times) < 0.02 or len(times) < 5:
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


head("Cost and error, as the parameters grow")
sizes = [10**k for k in range(1, 5 if short else 7)]
print(f"{'parameters':>11}{'backprop':>12}{'differences':>14}{'times as long':>15}{'error: backprop':>17}{'differences':>13}")
rows = []
for n in sizes:
    w = gg.from_numpy(rng.standard_normal((n // 10, 10)) / 3).requires_grad_()
    t = gg.from_numpy(rng.standard_normal(n // 10))
    (gradient,) = gg.autograd.grad(loss_of(w, t), w)
    places = [(int(i) // 10, int(i) % 10) for i in (range(n) if n <= SAMPLED else rng.choice(n, SAMPLED, replace=False))]
    w.requires_grad_(False)
    found = np.array([difference(w, t, at, CENTRAL) for at in places])
    one = seconds(lambda w=w, t=t, at=places[0]: difference(w, t, at, CENTRAL))
    w.requires_grad_()
    backprop = seconds(lambda w=w, t=t: gg.autograd.grad(loss_of(w, t), w))
    right = exact(w.detach().numpy(), t.numpy())
    chosen = np.array([right[at] for at in places])
    off = lambda mine, true: float(np.linalg.norm(mine - true) / np.linalg.norm(true))
    rows.append((n, backprop, one * n, max(off(gradient.numpy(), right), EPS / 10), off(found, chosen)))
    scaled = " " if n <= SAMPLED else "*"
    print(f"{n:11,}{backprop * 1e3:9.3f} ms{one * n:12.4g} s{scaled}{one * n / backprop:14,.0f}{rows[-1][3]:17.1e}{rows[-1][4]:13.1e}")
print(f"* {SAMPLED} parameters nudged, and the time scaled up to all.")
growth = np.polyfit(*np.log10([(row[0], row[2]) for row in rows[1:]]).T, 1)[0]
runs = max(2 * row[1] * row[0] / row[2] for row in rows)
print(f"\nBackprop costs about as much as {runs:.1f} runs of the model or less, however many parameters; differences take 2 for each:")
print(f"{2 * sizes[-1]:,} runs for {sizes[-1]:,}.")
print(f"For 10 times the parameters their time grows {10**growth:.0f}-fold: more runs, and longer ones.")
print("And they get worse: the more parameters, the less one of them moves the loss, and the more of that is lost in its last digits.")
assert all(row[3] < 1e-13 and row[4] > 100 * row[3] for row in rows)

head("The best step, at 10 parameters")
w, t = gg.from_numpy(rng.standard_normal((1, 10)) / 3), gg.from_numpy(rng.standard_normal(1))
right = exact(w.numpy(), t.numpy())[0]
steps = 10.0 ** np.arange(-15, 0.01, 0.5 if short else 0.25)
curves = {}
for both in (False, True):
    errors = [np.linalg.norm([difference(w, t, (0, i), h, both) - right[i] for i in range(10)]) / np.linalg.norm(right) for h in steps]
    curves[both] = np.maximum(np.array(errors, np.float64), EPS / 10)
print("A large step errs because the loss bends on the way (truncation): by about h for one-sided differences, h² for central ones.")
print("A small step errs because up - down loses digits (round-off): by about eps / h. The sum of both is least where they meet:")
print(f"{'':12}{'theory':>22}{'measured best':>16}{'its error':>12}")
for both, name, power, best in ((False, "one-sided", "1/2", FORWARD), (True, "central", "1/3", CENTRAL)):
    at = int(np.argmin(curves[both]))
    print(f"{name:12}{f'eps^({power}) = {best:.1e}':>22}{steps[at]:16.1e}{curves[both][at]:12.1e}")
    assert 1e-2 < steps[at] / best < 1e2
print("This is why gradcheck steps by about 1e-6, in float64, and why it needs a tolerance. Backprop has no step and needs none.")

plt = pyplot()
figure, (cost, error, step) = plt.subplots(1, 3, figsize=(13, 4.2))
n, backprop, differences, off_backprop, off_differences = map(np.array, zip(*rows, strict=True))
many = n > SAMPLED
for ax, back, diff in ((cost, backprop, differences), (error, off_backprop, off_differences)):
    ax.loglog(n, diff, color=ORANGE, linewidth=1.8, marker="s", markerfacecolor="white", label="finite differences (hollow: sampled)")
    ax.loglog(n[~many], diff[~many], color=ORANGE, linestyle="", marker="s")
    ax.loglog(n, back, color=BLUE, linewidth=1.8, marker="o", label="backprop")
    ax.set_xlabel("parameters")
    ax.grid(alpha=0.25)
cost.set(title="Time for the whole gradient", ylabel="seconds")
cost.legend(loc="upper left")
error.set(title="Relative error of the gradient", ylim=(1e-17, 1))
error.axhline(EPS, color=GREY, linewidth=0.8, linestyle=":")
error.text(n[-1], EPS * 1.4, "eps, the last digit of float64", ha="right", fontsize=8, color=GREY)
step.loglog(steps, curves[False], color=GREEN, linestyle="--", linewidth=1.8, label="one-sided")
step.loglog(steps, curves[True], color=ORANGE, linewidth=1.8, label="central")
for best, power, colour in ((FORWARD, "1/2", GREEN), (CENTRAL, "1/3", ORANGE)):
    step.axvline(best, color=colour, linewidth=0.8, linestyle=":")
    step.text(best, 1e-15, f" eps^({power}) ", color=colour, fontsize=9, ha="right" if best == FORWARD else "left")
step.text(1e-14, 1e-8, "round-off\neps / h", fontsize=9, color=GREY)
step.text(1e-3, 3e-10, "truncation\nh or h²", fontsize=9, color=GREY)
step.set(title="Error by the step h, at 10 parameters", xlabel="step h", ylim=(1e-16, 1e3))
step.grid(alpha=0.25)
step.legend(loc="upper center", ncols=2)
figure.savefig(out / "07_finite_differences.png")
print(f"\nDrawn in {out / '07_finite_differences.png'}. Read src/glassgrad/autograd/gradcheck.py: the test that every op here has passed.")
