"""Lesson 9: attention, step by step, on "DL is fun"

Each word asks a question (its query), and each word offers an answer (its value) under a heading (its key). A word compares its query
with all keys, makes weights of the scores by softmax, and takes that mixture of the values. A mask keeps it from looking at words that
come later. That is all of attention; a transformer stacks it.

What you will see: scores, mask, weights and outputs of three words with four numbers each; then the same backwards, each gradient worked
out by hand and marked by the engine. Try: other embeddings; no mask (later = gg.zeros(T, T).bool()).

    python examples/lessons/09_attention.py         # draws out/09_attention.png, and makes a page of it, .html
"""

import math

from _lesson import begin, head, heat, pyplot

import glassgrad as gg
from glassgrad.nn import functional as F

out, short = begin(__doc__)
words, d = ["DL", "is", "fun"], 4
T = len(words)


def table(values, form="7.2f", columns=None):
    """A matrix with the words before its rows."""
    if columns:
        print(" " * 5 + "".join(f"{name:>7}" for name in columns))
    for word, row in zip(words, values.tolist(), strict=True):
        print(f"{word:>5}" + "".join(f"{round(number, 9) + 0.0:{form}}" for number in row))


head("The words as numbers, and the three roles of each")
x = gg.tensor([[1.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, 1.0], [1.0, 1.0, 0.0, 2.0]])  # (T, d): one row a word
Wq, Wk, Wv = ((0.6 * gg.randn(d, d)).requires_grad_() for _ in range(3))
print("x, the embeddings:")
table(x)
with gg.study.record() as tape:
    q, k, v = x @ Wq, x @ Wk, x @ Wv  # (T, d) each
    scores = q @ k.T / math.sqrt(d)  # (T, T): row i says how well each word answers the question of word i
    later = gg.ones(T, T).triu(1).bool()
    masked = scores.masked_fill(later, -math.inf)
    p = F.softmax(masked, dim=-1)
    o = p @ v  # (T, d)
    loss = (o**2).sum() / 2  # so that the gradient of o is o itself
for name, role in (("q = x @ Wq", q), ("k = x @ Wk", k), ("v = x @ Wv", v)):
    print(f"{name}:")
    table(role)

head("Forward: who looks at whom")
print(f"scores = q @ k.T / √{d}, a row for the word that asks, a column for the word that is asked:")
table(scores, columns=words)
print("masked: later words get -inf, whose exp is 0:")
table(masked, columns=words)
print("weights = softmax of each row:")
table(p, columns=words)
assert gg.allclose(p.sum(-1), gg.ones(T)) and not p[later].any()
print("output, row by row:")
for i, word in enumerate(words):
    mix = " + ".join(f"{p[i, j]:.2f} * v[{words[j]}]" for j in range(T) if not later[i, j])
    print(f"  {word:4} = {mix} = [{', '.join(f'{number:.2f}' for number in o[i].tolist())}]")
assert gg.allclose(o, F.scaled_dot_product_attention(q, k, v, attn_mask=~later))
print("F.scaled_dot_product_attention(q, k, v, attn_mask=~later), one op, gives the same.")

head("Backward, by hand")
with gg.no_grad():
    do = o.clone()  # (T, d): as the loss is half the sum of o²
    dv = p.T @ do  # o = p @ v: each value gets back from whoever looked at it
    dp = do @ v.T  # (T, T)
    ds = p * (dp - (p * dp).sum(-1, keepdim=True))  # softmax: p times (own less average)
    dq = ds @ k / math.sqrt(d)
    dk = ds.T @ q / math.sqrt(d)
print("dp = do @ v.T, how much each weight matters:")
table(dp, columns=words)
print("ds = p * (dp - Σ p * dp), through softmax: a row's gradients sum to 0, as weight for one is taken from the others:")
table(ds, columns=words)
print("A word that sees only itself has nothing to choose, and gets 0.")
assert gg.allclose(ds.sum(-1), gg.zeros(T)) and not ds[later].any()
mine = {"v": dv, "p": dp, "masked": ds, "q": dq, "k": dk, "Wq": x.T @ dq, "Wk": x.T @ dk, "Wv": x.T @ dv}
marks = gg.study.grade(loss, mine)
print("Marked by the engine:")
print(marks)
assert marks

plt = pyplot()
figure, axes = plt.subplots(2, 3, figsize=(9.5, 6.2))
hidden = later.numpy()
heat(axes[0, 0], scores, "scores = q @ k.T / √d", words, words)
heat(axes[0, 1], masked, "masked: nobody looks ahead", words, words, blank=hidden)
heat(axes[0, 2], p, "weights = softmax of a row", words, words, blank=hidden)
heat(axes[1, 0], o, "output = weights @ v", words, [f"o{i}" for i in range(d)])
heat(axes[1, 1], dp, "gradient of the weights", words, words, blank=hidden)
heat(axes[1, 2], ds, "gradient of the scores:\neach row sums to 0", words, words, blank=hidden)
figure.savefig(out / "09_attention.png")
page = tape.save(out / "09_attention.html", title="attention on DL is fun")
print(f"\nDrawn in {out / '09_attention.png'}; step by step in {page}.")
print("Read src/glassgrad/ops/attention.py: the same in one op, with this very rule.")
