"""Lesson 11: checkpointing, time for memory

Backward needs what forward computed, so a deep model keeps a value or two of every layer until backward has used them. Checkpointing
forgets them: of a part of the model only its input is kept, and when backward comes to it the part is run a second time. The gradients are
the same to the last bit.

What you will see: what a stack of layers keeps, and why; the same in 2, 4, 8... parts; what that costs in time. The most that is alive at
once is the inputs of all parts, and the inside of one: it is least in the middle, near the square root of the number of layers. Try: 100
layers; a larger batch.

    python examples/lessons/11_checkpointing.py     # draws out/11_checkpointing.png
"""

import tracemalloc
from time import perf_counter

import numpy as np
from _lesson import BLUE, GREY, ORANGE, begin, head, pyplot

import glassgrad as gg
from glassgrad import nn
from glassgrad.utils.checkpoint import checkpoint_sequential

out, short = begin(__doc__)
gg.set_num_threads(1)  # steadier times
depth, width, batch = (16, 32, 512) if short else (64, 64, 1024)
model = nn.Sequential(*[nn.Sequential(nn.Linear(width, width), nn.Tanh()) for _ in range(depth)])
x = gg.randn(batch, width)
one = x.numpy().nbytes / 1e6  # what a layer's output takes


def loss_of(parts):
    """The loss; all parts but the last are checkpointed."""
    return checkpoint_sequential(model, parts, x).square().mean()


head(f"What {depth} layers of width {width} keep for a batch of {batch}")
plain = gg.study.memory(loss_of(1))
print("\n".join(str(plain).splitlines()[:4]))
print(f"tanh's rule reads its output, a linear layer's its input, which is the same array: {one:.2f} MB a layer.\n")
print(f"The same in 4 parts of {depth // 4} layers, all but the last checkpointed:")
parted = gg.study.memory(loss_of(4))
print("\n".join(str(parted).splitlines()[:4]))
assert parted.total < plain.total / 2


def gradients(parts):
    model.zero_grad()
    loss_of(parts).backward()
    return [p.grad.numpy().copy() for p in model.parameters()]


def peak(parts):
    """The most memory alive at once in a forward and backward, beyond the model."""
    model.zero_grad()
    tracemalloc.start()
    loss_of(parts).backward()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def seconds(parts):
    start = perf_counter()
    model.zero_grad()
    loss_of(parts).backward()
    return perf_counter() - start


head("In more and more parts")
right = gradients(1)
print(f"{'parts':>6}{'kept by forward':>18}{'most at once':>15}{'time':>8}")
rows, many = [], [2**k for k in range(depth.bit_length())]
times = np.median([[seconds(parts) for parts in many] for _ in range(9)], axis=0)  # in turn, so that all meet the same disturbances
for parts, time in zip(many, times / times[0], strict=True):
    rows.append((parts, gg.study.memory(loss_of(parts)).total / 1e6, peak(parts), time))
    assert all(np.array_equal(a, b) for a, b in zip(gradients(parts), right, strict=True))
    print(f"{parts:6}{rows[-1][1]:15.1f} MB{rows[-1][2]:12.1f} MB{time:7.2f}x")
best = min(rows, key=lambda row: row[2])
print("All gradients were the same to the last bit.")
less = rows[0][2] / best[2]
print(f"Least memory in {best[0]} parts: {less:.1f} times less than without, for {best[3]:.2f} times the time:")
print("forward runs twice, and each part costs something by itself.")
print(f"With one part all layers are alive; with {depth} all inputs are. √{depth} = {depth**0.5:.0f} parts balance the two.")
assert best[2] < 0.7 * rows[0][2] and 1 < best[0] < depth

plt = pyplot()
figure, (memory, time) = plt.subplots(1, 2, figsize=(10.5, 4))
at = np.arange(len(rows))
parts, kept, most, took = map(np.array, zip(*rows, strict=True))
memory.bar(at - 0.2, kept, 0.38, color=BLUE, label="kept when forward is done")
memory.bar(at + 0.2, most, 0.38, color=ORANGE, label="the most at once, forward or backward", hatch="//", edgecolor="white")
memory.set(ylabel="MB", title=f"Memory of {depth} layers, batch {batch}, width {width}", ylim=(0, 1.3 * max(most)))
memory.legend(loc="upper right")
time.plot(at, took, "o-", color=GREY, linewidth=2)
time.set(ylim=(0, 1.1 * max(took)), ylabel="times as long as without", title="Time of forward and backward")
time.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
for ax in (memory, time):
    ax.set_xticks(at, ["1\n(none)", *parts[1:]])
    ax.set_xlabel("parts, of which all but the last are checkpointed")
figure.savefig(out / "11_checkpointing.png")
print(f"\nDrawn in {out / '11_checkpointing.png'}. Read src/glassgrad/utils/checkpoint.py: `_Forgotten` is what a node holds instead.")
