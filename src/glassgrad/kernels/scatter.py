"""Sums of rows by index: the gradient of a table look-up."""

import numpy as np

from glassgrad.kernels import _jit


@_jit.jit()
def _add_rows(g, index, out):
    # Serial and in order: two equal indices never race, and the sum has the same bits every time.
    for row in range(g.shape[0]):
        to = index[row]
        if 0 <= to < out.shape[0]:
            for d in range(g.shape[1]):
                out[to, d] += g[row, d]


def embedding_grad(g: np.ndarray, index: np.ndarray, num_embeddings: int) -> np.ndarray:
    """out[index[r]] += g[r] for every row: g (..., D), index (...) -> (num_embeddings, D)."""
    out = np.zeros((num_embeddings, g.shape[-1]), g.dtype)
    _add_rows(_jit.plain(g).reshape(-1, g.shape[-1]), _jit.plain(index, np.int64).reshape(-1), out)
    return out
