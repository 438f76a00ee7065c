"""Numba kernels over raw arrays; each returns a new array, or `NotImplemented` where NumPy should do the work.

Numba is imported, and a kernel compiled, when a kernel is first used: a small model never pays for either.
`mode` is "auto" (a kernel where benchmarks say that it is faster), "numba" (wherever one can), or "numpy" (never).
"""

import importlib
import os
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Self

import numpy as np

MODES = ("auto", "numpy", "numba")
mode = os.environ.get("GLASSGRAD_KERNELS", "auto")


class use:
    """Set the mode; as a context manager, restore the one before: `with kernels.use("numpy"): ...`."""

    def __init__(self, name: str) -> None:
        global mode
        if name not in MODES:
            raise ValueError(f"kernels: mode must be one of {', '.join(map(repr, MODES))}, got {name!r}")
        self._before, mode = mode, name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        global mode
        mode = self._before


if mode not in MODES:
    raise ValueError(f"GLASSGRAD_KERNELS must be one of {', '.join(map(repr, MODES))}, got {mode!r}")


# Below these "auto" leaves the work to NumPy. Measured with benchmarks/gemm.py, softmax.py and elementwise.py on 2 threads
# of AVX-512.
MIN_PRODUCT = 2**21  # bytes of a times columns of b: 64^3 runs at 0.8 of NumPy's speed, 96^3 at 1, 128^3 at 1.4
MIN_COLUMNS = 16  # of b: half a cache line is wasted at 8, where NumPy is 1.7 times as fast
MIN_ROWS = 2, 32  # of a: for one row NumPy's dot products win; if b has to be copied, so they do up to 16 rows
MIN_ELEMENTS = 64  # of the others: from here on a kernel always wins, and fewer would hardly pay for loading Numba

_REAL = frozenset((np.dtype(np.float32), np.dtype(np.float64)))  # in the machine's byte order
_families: dict[str, Any] = {}  # modules; None where Numba can't be imported
_threads: int | None = None


def matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`numpy.matmul(a, b)`: (..., m, k) @ (..., k, n) -> (..., m, n), batch dimensions broadcast."""
    if not (_takes(a, b) and a.shape[-1] == b.shape[-2 if b.ndim > 1 else 0]):
        return NotImplemented
    row, column = a.ndim == 1, b.ndim == 1
    if mode == "auto" and (row or column or not _pays(a.size // a.shape[-1] if b.ndim == 2 else a.shape[-2], a, b)):
        return NotImplemented
    if a.ndim > 2 and b.ndim > 2 and not _broadcast(a.shape[:-2], b.shape[:-2]):
        return NotImplemented
    gemm = _family("gemm")
    if gemm is None:
        return NotImplemented
    a = a[None] if row else a
    b = b[:, None] if column else b
    if a.ndim > 2 and b.ndim == 2 and a.flags.c_contiguous:  # one tall product: b is read once, not once an item
        c = gemm.product(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[-1])
    else:
        c = gemm.product(a, b)
    if row or column:
        c = c.reshape(c.shape[:-2] + c.shape[-2:][row : 2 - column])
    return c


def linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """x (..., in) @ weight (out, in).T + bias (out,) -> (..., out), the bias added while the sums are in registers."""
    if not (_takes(x, weight) and weight.ndim == 2 and x.shape[-1] == weight.shape[1]):
        return NotImplemented
    if bias is not None and not (_takes(x, bias) and bias.shape == weight.shape[:1]):
        return NotImplemented
    rows = x.size // x.shape[-1]
    if mode == "auto" and not _pays(rows, x, weight.T):
        return NotImplemented
    gemm = _family("gemm")
    if gemm is None:
        return NotImplemented
    return gemm.product(x.reshape(rows, -1), weight.T, bias).reshape(*x.shape[:-1], weight.shape[0])


def softmax(x: np.ndarray, dim: int = -1) -> np.ndarray:
    """exp(x) / sum(exp(x), dim)."""
    return _rowwise("softmax", dim, x)


def log_softmax(x: np.ndarray, dim: int = -1) -> np.ndarray:
    """x - log(sum(exp(x), dim))."""
    return _rowwise("log_softmax", dim, x)


def softmax_grad(g: np.ndarray, y: np.ndarray, dim: int = -1) -> np.ndarray:
    """y * (g - sum(g * y, dim)): the gradient of the input of y = softmax(x)."""
    return _rowwise("softmax_grad", dim, g, y)


def log_softmax_grad(g: np.ndarray, y: np.ndarray, dim: int = -1) -> np.ndarray:
    """g - exp(y) * sum(g, dim): the gradient of the input of y = log_softmax(x)."""
    return _rowwise("log_softmax_grad", dim, g, y)


def embedding_grad(g: np.ndarray, index: np.ndarray, num_embeddings: int) -> np.ndarray:
    """Sum the rows g (..., D) by index (...) -> (num_embeddings, D), in the order of g."""
    if not (_takes(g) and index.dtype.kind in "iu" and g.shape[:-1] == index.shape and num_embeddings > 0):
        return NotImplemented
    if mode == "auto" and g.size < MIN_ELEMENTS:
        return NotImplemented
    scatter = _family("scatter")
    return NotImplemented if scatter is None else scatter.embedding_grad(g, index, num_embeddings)


def erf(x: np.ndarray) -> np.ndarray:
    """The error function of each element."""
    if not _takes(x) or (mode == "auto" and x.size < MIN_ELEMENTS):
        return NotImplemented
    special = _family("special")
    return NotImplemented if special is None else special.apply_erf(x)


def gelu(x: np.ndarray, approximate: str = "none") -> np.ndarray:
    """x * P(Z <= x) for a standard normal Z; approximate="tanh" for the tanh formula."""
    if not _takes(x) or approximate not in ("none", "tanh") or (mode == "auto" and x.size < MIN_ELEMENTS):
        return NotImplemented
    special = _family("special")
    return NotImplemented if special is None else special.apply_gelu(x, approximate)


def gelu_grad(g: np.ndarray, x: np.ndarray, approximate: str = "none") -> np.ndarray:
    """g times the derivative of gelu at x."""
    if not (_takes(g, x) and g.shape == x.shape and approximate in ("none", "tanh")):
        return NotImplemented
    if mode == "auto" and x.size < MIN_ELEMENTS:
        return NotImplemented
    special = _family("special")
    return NotImplemented if special is None else special.apply_gelu(x, approximate, g)


def layer_norm(
    x: np.ndarray, normalized_shape: Sequence[int], weight: np.ndarray | None, bias: np.ndarray | None, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x - mean) * rstd * weight + bias over the last dimensions, of normalized_shape; mean (..., 1); rstd (..., 1)."""
    shape = tuple(normalized_shape)
    parts = [part for part in (weight, bias) if part is not None]
    if not (_takes(x, *parts) and shape and x.shape[-len(shape) :] == shape and all(part.shape == shape for part in parts)):
        return NotImplemented
    if mode == "auto" and x.size < MIN_ELEMENTS:
        return NotImplemented
    norm = _family("norm")
    return NotImplemented if norm is None else norm.layer_norm(x, shape, weight, bias, eps)


def layer_norm_grad(
    g: np.ndarray, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, rstd: np.ndarray, normalized_shape: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of layer_norm's x, weight and bias, the last two summed to normalized_shape."""
    shape = tuple(normalized_shape)
    if not (_takes(g, x, mean, rstd) and shape and x.shape[-len(shape) :] == shape and g.shape == x.shape):
        return NotImplemented
    if weight is not None and not (_takes(x, weight) and weight.shape == shape):
        return NotImplemented
    if not mean.shape == rstd.shape == x.shape[: x.ndim - len(shape)] + (1,) * len(shape):
        return NotImplemented
    if mode == "auto" and x.size < MIN_ELEMENTS:
        return NotImplemented
    norm = _family("norm")
    return NotImplemented if norm is None else norm.layer_norm_grad(g, x, weight, mean, rstd, shape)


def set_num_threads(n: int) -> None:
    """Let kernels use up to `n` threads (at most those that Numba started with); remembered until Numba is loaded."""
    global _threads
    if n < 1:
        raise ValueError(f"set_num_threads: n must be at least 1, got {n}")
    _threads = n
    if _families.get("_jit"):
        _families["_jit"].set_num_threads(n)


def get_num_threads() -> int:
    """The number of threads that kernels use; before Numba is loaded, the number that they would."""
    if _families.get("_jit"):
        return _families["_jit"].get_num_threads()
    return _threads or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _family(name: str) -> ModuleType | None:
    """The module `name` of this package, imported with Numba on first use; None where Numba can't be imported."""
    if name not in _families:
        try:
            _families[name] = importlib.import_module(f"{__name__}.{name}")
        except ImportError:
            _families[name] = None
        if name != "_jit" and _family("_jit") and _threads:
            _families["_jit"].set_num_threads(_threads)
    return _families[name]


def _takes(*arrays: np.ndarray) -> bool:
    """Whether kernels run on these in the present mode: not empty, aligned, all float32 or all float64."""
    dtype = arrays[0].dtype
    if mode == "numpy" or dtype not in _REAL:
        return False
    return all(x.dtype == dtype and x.ndim and x.size and x.flags.aligned for x in arrays)


def _pays(rows: int, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the product a @ b, whose a has so many rows for each matrix in b, is faster than NumPy's."""
    copied = b.strides[-1] != b.itemsize
    return a.nbytes * b.shape[-1] >= MIN_PRODUCT and b.shape[-1] >= MIN_COLUMNS and rows >= MIN_ROWS[copied]


def _broadcast(*shapes: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True


def _rowwise(kind: str, dim: int, *arrays: np.ndarray) -> np.ndarray:
    x = arrays[0]
    if not (_takes(*arrays) and type(dim) is int and -x.ndim <= dim < x.ndim and all(a.shape == x.shape for a in arrays)):
        return NotImplemented
    if mode == "auto" and (x.size < MIN_ELEMENTS or dim not in (-1, x.ndim - 1)):  # another dim would be copied, twice
        return NotImplemented
    rowwise = _family("rowwise")
    return NotImplemented if rowwise is None else rowwise.apply(kind, dim, *arrays)
