"""What a matrix looks like, from its numbers alone: diagonal, block, Kronecker, a sum, a copy, dense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

import numpy as np

ROUNDINGS = 8  # of an entry, that u vᵀ may be away: it is made of up to six others, each rounded


@dataclass(slots=True, frozen=True)
class Structure:
    """The kind of an m x n matrix, in words, and how many multiplications `g @ matrix` takes where the kind is made use of.

    factor: the matrix A of a Kronecker product, or the first block.
    """

    kind: str
    text: str
    multiplications: int
    factor: np.ndarray | None = None


def structure(matrix: np.ndarray) -> Structure:
    """The most special kind that a matrix is. Equal numbers are equal to the last bit; only a product u vᵀ may be rounded."""
    m, n = matrix.shape
    if not np.isfinite(matrix).all():
        return Structure("not finite", f"{np.count_nonzero(~np.isfinite(matrix)):,} of its entries are NaN or infinite", m * n)
    full = matrix != 0
    if not full.any():
        return Structure("zero", "zero: nothing flows", 0)
    return (
        _diagonal(matrix, full)
        or _ones(matrix, full)
        or _kronecker(matrix)
        or _one_each(full)
        or _blocks(matrix, full)
        or _diagonal_and_rank_one(matrix)
        or _plain(full)
    )


def _same(values: np.ndarray) -> bool:
    return bool((values == values.flat[0]).all())


def _factor(values: np.ndarray) -> tuple[str, bool]:
    """A number that all share, as text before a product, and whether it takes a multiplication."""
    c = float(values.flat[0])
    return {1.0: "", -1.0: "-"}.get(c, f"{c:.6g} "), abs(c) != 1


def _diagonal(matrix: np.ndarray, full: np.ndarray) -> Structure | None:
    m, n = matrix.shape
    values = matrix.diagonal()
    if m != n or np.count_nonzero(values) != np.count_nonzero(full):
        return None
    if not _same(values):
        return Structure("diagonal", "diagonal: each output depends on the input at its place alone", n)
    by, times = _factor(values)
    kind = "scaled identity" if by else "identity"
    return Structure(kind, f"{kind}: {by}I({n})", n * times)


def _ones(matrix: np.ndarray, full: np.ndarray) -> Structure | None:
    """Where all entries that aren't 0 are the same number, and each row, or each column, has at most one."""
    m, n = matrix.shape
    rows, columns = full.sum(1), full.sum(0)
    if not _same(matrix[full]) or min(rows.max(), columns.max()) > 1:
        return None
    by, times = _factor(matrix[full])
    scaled = f", times {by.strip()}" if times else ", with the sign changed" if by else ""
    if rows.max() == columns.max() == 1:
        if m == n == full.sum():
            return Structure("permutation", f"permutation: the inputs in another order{scaled}", n * times)
        count = int(full.sum())
        to = f" to {count:,} of {m:,} outputs" if count < m else ""
        return Structure("selection", f"selection: {count:,} of {n:,} inputs are handed on{to}{scaled}", count * times)
    if rows.max() == 1:
        return Structure("copy", f"copy: an input goes to {_span(columns)} outputs{scaled}", n * times)
    return Structure("sum", f"sum: an output adds up {_span(rows)} inputs{scaled}", m * times)


def _span(counts: np.ndarray) -> str:
    return f"{counts.max()}" if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}"


def _kronecker(matrix: np.ndarray) -> Structure | None:
    """I(p) ⊗ A ⊗ I(q), with q as large as can be, and then p."""
    a, count = matrix, np.count_nonzero(matrix)
    sizes = {}
    for side in ("q", "p"):
        m, n = a.shape
        sizes[side] = 1
        for k in _divisors(gcd(m, n)):
            split = a.reshape(m // k, k, n // k, k) if side == "q" else a.reshape(k, m // k, k, n // k)
            parts = split.diagonal(axis1=1, axis2=3) if side == "q" else split.diagonal(axis1=0, axis2=2)  # (m / k, n / k, k)
            if np.count_nonzero(parts) == count and (parts == parts[..., :1]).all():
                sizes[side], a, count = k, np.ascontiguousarray(parts[..., 0]), count // k
                break
    p, q = sizes["p"], sizes["q"]
    if p * q == 1:
        return None
    inner = structure(a)
    text = " ⊗ ".join([f"I({p})"] * (p > 1) + ["A"] + [f"I({q})"] * (q > 1))
    return Structure("Kronecker", f"Kronecker product {text}, {_about('A', a, inner)}", p * q * inner.multiplications, a)


def _divisors(n: int) -> Iterator[int]:
    """Those above 1, from the largest."""
    return (k for k in range(n, 1, -1) if n % k == 0)


def _about(name: str, a: np.ndarray, inner: Structure) -> str:
    m, n = a.shape
    return f"{name} {m} x {n}" + (f", {inner.text}" if inner.kind not in ("dense", "sparse") else "")


def _one_each(full: np.ndarray) -> Structure | None:
    """Where each row, or each column, has at most one entry, of different sizes."""
    m, n = full.shape
    count = int(full.sum())
    if min(m, n) > 1 and full.sum(1).max() == 1:
        return Structure("scaled copy", "scaled copy: an output is one input times a number", count)
    if min(m, n) > 1 and full.sum(0).max() == 1:
        return Structure("weighted sum", "weighted sum: an input goes to one output, times a number", count)
    return None


def _blocks(matrix: np.ndarray, full: np.ndarray) -> Structure | None:
    """Blocks of one size that have no row and no column in common, whatever the order of rows and columns."""
    parts = _in_order(full) or _components(full)
    if parts is None:
        return None
    rows, columns = parts
    blocks = np.stack([matrix[np.ix_(r, c)] for r, c in zip(rows, columns, strict=True)])
    p, a, b = blocks.shape
    order = [what for what, at in (("rows", rows), ("columns", columns)) if (at.ravel() != np.arange(at.size)).any()]
    how = f", after its {' and '.join(order)} are put in order" if order else ""
    inner = structure(blocks[0])
    if (blocks == blocks[0]).all():
        text = f"Kronecker product I({p}) ⊗ A{how}, {_about('A', blocks[0], inner)}"
        return Structure("Kronecker", text, p * inner.multiplications, blocks[0])
    others = [structure(block) for block in blocks[1:]]
    if all(other.kind == inner.kind and other.multiplications == inner.multiplications for other in others):
        text, cost = _about("each", blocks[0], inner), p * inner.multiplications
    else:
        text, cost = f"each {a} x {b}", p * a * b
    return Structure("block diagonal", f"block diagonal{how}: {p} blocks, {text}", cost, blocks[0])


def _components(full: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The rows and the columns of each block, (blocks, rows each) and (blocks, columns each); None unless several are of one size."""
    at_row, at_column = np.nonzero(full)
    labels = np.arange(full.shape[1])  # of the columns: the first column of their block
    for _ in range(sum(full.shape)):
        of_rows = np.full(full.shape[0], full.shape[1])
        np.minimum.at(of_rows, at_row, labels[at_column])
        spread = labels.copy()
        np.minimum.at(spread, at_column, of_rows[at_row])
        if (spread == labels).all():
            break
        labels = spread
    starts, width = np.unique(labels, return_counts=True)
    found, height = np.unique(of_rows, return_counts=True)
    if len(starts) < 2 or not np.array_equal(starts, found) or _differ(width) or _differ(height):
        return None
    return np.argsort(of_rows, kind="stable").reshape(len(starts), -1), np.argsort(labels, kind="stable").reshape(len(starts), -1)


def _in_order(full: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Rows and columns as in _components, of blocks that lie along the diagonal, of which some may have rows or columns of zeros."""
    m, n = full.shape
    for k in _divisors(gcd(m, n)):
        if np.count_nonzero(full.reshape(k, m // k, k, n // k).diagonal(axis1=0, axis2=2)) == np.count_nonzero(full):
            return np.arange(m).reshape(k, -1), np.arange(n).reshape(k, -1)
    return None


def _differ(counts: np.ndarray) -> bool:
    return bool(counts.min() != counts.max())


def _diagonal_and_rank_one(matrix: np.ndarray) -> Structure | None:
    """diag(d) + u vᵀ, as of softmax: what is off the diagonal fits one outer product."""
    m, n = matrix.shape
    if m != n or n < 3:  # a smaller one always fits
        return None
    off = np.asarray(matrix, np.float64) - np.diag(matrix.diagonal())
    r, c = np.unravel_index(int(np.abs(off).argmax()), off.shape)
    if off[r, c] == 0:
        return None
    v, u = off[r].copy(), off[:, c] / off[r, c]
    s, t = int(np.abs(np.where(np.arange(n) == r, 0, u)).argmax()), int(np.abs(np.where(np.arange(n) == c, 0, v)).argmax())
    if u[s] == 0 or v[t] == 0 or s == r or t == c:
        return None
    v[r] = off[s, r] / u[s] if s != r else 0
    u[c] = off[c, t] / v[t] if t != c else 0
    rest = off - np.outer(u, v)
    np.fill_diagonal(rest, 0)
    info = np.finfo(matrix.dtype)
    if (np.abs(rest) > ROUNDINGS * (info.eps * np.abs(off) + info.smallest_subnormal)).any():
        return None
    return Structure("diagonal and rank one", "diagonal + rank one, diag(d) + u vᵀ", 3 * n)


def _plain(full: np.ndarray) -> Structure:
    """What is left: a triangle, a band, a few entries, or all of them."""
    m, n = full.shape
    count = int(full.sum())
    rows, columns = np.nonzero(full)
    low, high = int((columns - rows).min()), int((columns - rows).max())
    if m == n > 1 and (low >= 0 or high <= 0):
        return Structure("triangular", f"{'lower' if high <= 0 else 'upper'} triangular", count)
    if (high - low + 1) * 2 <= n and high - low < m:
        return Structure("banded", f"banded: {high - low + 1} diagonals", count)
    if count * 2 <= m * n:
        return Structure("sparse", "sparse, without a pattern that is known here", count)
    return Structure("dense", f"dense: {'each output depends on each input' if count == m * n else 'most are not 0'}", m * n)
