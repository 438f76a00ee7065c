"""Numba kernels over raw arrays; each returns a new array, or `NotImplemented` where NumPy should do the work.

Numba is imported, and a kernel compiled, when a kernel is first used: a small model never pays for either.
`mode` is "auto" (a kernel where benchmarks say that it is faster), "numba" (wherever one can), or "numpy" (never).
"""

import importlib
import os
from collections.abc import Callable, Sequence
from math import prod
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


# Below these "auto" leaves the work to NumPy (benchmarks/run.py, on 2 threads).
MIN_PRODUCT = 2**9  # multiply-adds
MIN_MAPPED = 2**11  # elements of what NumPy maps in one pass: relu, tanh
MIN_ADDED = 2**15  # elements of a sum, from where on two threads read memory faster than one
MIN_ELEMENTS = 64  # of the others: from here on a kernel always wins, and fewer would hardly pay for loading Numba

_REAL = frozenset((np.dtype(np.float32), np.dtype(np.float64)))  # in the machine's byte order
_families: dict[str, Any] = {}  # modules; None where Numba can't be imported
_threads: int | None = None


def matmul(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`numpy.matmul(a, b)`: (..., m, k) @ (..., k, n) -> (..., m, n), batch dimensions broadcast."""
    gemm = _ready("gemm", a, b)
    if gemm is None:
        return _in_float32(matmul, a, b)
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        return NotImplemented
    if _left_to_blas(a.size * b.shape[-1], a.shape[-2], *b.shape[-2:]):
        return NotImplemented
    if b.ndim > 2 and a.ndim > 2 and not _broadcast(a.shape[:-2], b.shape[:-2]):
        return NotImplemented
    if a.ndim > 2 and b.ndim == 2 and a.flags.c_contiguous:  # one tall product: b is read once, not once an item
        return gemm.product(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[-1])
    return gemm.product(a, b)


def addmm(input: np.ndarray, mat1: np.ndarray, mat2: np.ndarray) -> np.ndarray:
    """input (m,) or (n, m) + mat1 (n, k) @ mat2 (k, m), added while the sums are in registers."""
    gemm = _ready("gemm", mat1, mat2, input)
    if gemm is None:
        return _in_float32(addmm, input, mat1, mat2)
    if mat1.ndim != 2 or mat2.ndim != 2 or input.shape not in ((mat2.shape[1],), (len(mat1), mat2.shape[1])):
        return NotImplemented
    if mat1.shape[1] != len(mat2) or _left_to_blas(mat1.size * mat2.shape[1], len(mat1), *mat2.shape):
        return NotImplemented
    return gemm.product(mat1, mat2, input)


def linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """x (..., in) @ weight (out, in).T + bias (out,) -> (..., out), the bias added while the sums are in registers."""
    gemm = _ready("gemm", x, weight, bias)
    if gemm is None:
        return _in_float32(linear, x, weight, bias)
    *lead, depth = x.shape
    if weight.ndim != 2 or depth != weight.shape[1] or not (bias is None or bias.shape == weight.shape[:1]):
        return NotImplemented
    n = len(weight)
    if _left_to_blas(x.size * n, lead[0] if len(lead) == 1 else 0, depth, n):
        return NotImplemented
    if len(lead) == 1:
        return gemm.product(x, weight.T, bias)
    return gemm.product(x.reshape(-1, depth), weight.T, bias).reshape(*lead, n)


def linear_grad(parents: Sequence[Any], g: np.ndarray, x: np.ndarray, weight: np.ndarray) -> Sequence[np.ndarray | None]:
    """The gradients of linear's x, weight and bias, those that have a parent, in one pass."""
    gemm = _ready("gemm", g, x, weight)
    if gemm is None or not x.size or weight.ndim != 2 or g.shape[-1:] != weight.shape[:1] or x.shape[-1] != weight.shape[1]:
        return NotImplemented
    if _left_to_blas(x.size * len(weight), len(x) if x.ndim == 2 else 0, x.shape[-1], len(weight)):
        return NotImplemented
    wanted = [parent is not None for parent in parents]
    if x.ndim == 2:
        return gemm.linear_grad(g if g.flags.c_contiguous else g.copy(), x, weight, wanted)
    grads = gemm.linear_grad(np.ascontiguousarray(g).reshape(-1, len(weight)), x.reshape(-1, x.shape[-1]), weight, wanted)
    return grads[0] if grads[0] is None else grads[0].reshape(x.shape), *grads[1:]


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


def cross_entropy(
    x: np.ndarray, target: np.ndarray, weight: np.ndarray | None, ignore_index: int, reduction: str, label_smoothing: float
) -> tuple[np.ndarray, np.ndarray]:
    """The cross-entropy of logits x (N, C) with classes target (N,), and its slope (N, C): its gradient, but for the upstream one."""
    loss = _ready("loss", x)
    if loss is None or x.ndim != 2 or not (target.dtype.kind == "i" or (target.dtype.kind == "u" and target.itemsize < 8)):
        return NotImplemented
    return loss.cross_entropy(x, target, weight, ignore_index, reduction, label_smoothing)


def dropout_bits(size: int, seed: int, threshold: int) -> np.ndarray:
    """A bit for each of `size` elements, the lowest first: whether its hash, one of 2**32 numbers, is at least the threshold."""
    masks = (_families.get("masks") or _family("masks")) if mode != "numpy" else None
    return NotImplemented if masks is None else masks.bits(size, seed, threshold)


def dropout(x: np.ndarray, mask: np.ndarray, scale: float) -> np.ndarray:
    """x times scale where the bits of mask are set, else times 0."""
    masks = _ready("masks", x)
    if masks is None or mask.dtype != np.uint8 or 8 * mask.size < x.size or not mask.flags.carray:
        return NotImplemented
    return masks.apply(x, mask, scale)


def embedding(index: np.ndarray, weight: np.ndarray, padding_idx: int | None = None) -> np.ndarray:
    """Rows of weight (num_embeddings, D) by index (...) -> (..., D)."""
    scatter = _ready("scatter", weight)
    if scatter is None or weight.ndim != 2 or index.dtype.kind not in "iu" or not index.size:
        return NotImplemented
    if padding_idx is not None and not -len(weight) <= padding_idx < len(weight):
        return NotImplemented
    return scatter.embedding(index, weight)


def embedding_grad(g: np.ndarray, index: np.ndarray, num_embeddings: int) -> np.ndarray:
    """Sum the rows g (..., D) by index (...) -> (num_embeddings, D), in the order of g."""
    scatter = _ready("scatter", g)
    if scatter is None or index.dtype.kind not in "iu" or g.shape[:-1] != index.shape or num_embeddings <= 0:
        return NotImplemented
    return scatter.embedding_grad(g, index, num_embeddings)


def distinct(index: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """`numpy.unique(index, return_inverse=True)` of integers in [0, count), without sorting them; others get -1 for their place."""
    if mode == "numpy" or index.dtype.kind not in "iu" or not index.size:
        return NotImplemented
    if mode == "auto" and (index.size < MIN_ELEMENTS or count > index.size * 2**10):  # a word for 64 rows, not a row: sorting costs more
        return NotImplemented
    scatter = _families.get("scatter") or _family("scatter")
    return NotImplemented if scatter is None else scatter.distinct(index, count)


def add_rows(x: np.ndarray, rows: np.ndarray, g: np.ndarray, factor: float) -> bool:
    """x[rows] += factor * g, in place, for rows (n,) of int64 of which none is there twice, and g (n, D); whether it was done."""
    scatter = _ready("scatter", g, x)
    if scatter is None or not (x.flags.carray and g.flags.carray and rows.flags.carray and x.ndim == 2):
        return False
    if rows.dtype != np.int64 or g.shape != (len(rows), x.shape[1]):
        return False
    scatter.add_rows(x, rows, g, factor)
    return True


def add(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a + b, of one shape, on several threads."""
    if type(a) is not np.ndarray or type(b) is not np.ndarray or a.shape != b.shape:
        return NotImplemented
    if (mode == "auto" and a.size < MIN_ADDED) or not (a.flags.carray and b.flags.carray):
        return NotImplemented
    special = _ready("special", a, b)
    return NotImplemented if special is None else special.apply("add", b, a)


def erf(x: np.ndarray) -> np.ndarray:
    """The error function of each element."""
    special = _ready("special", x)
    return NotImplemented if special is None else special.apply("erf", x)


def tanh(x: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent of each element."""
    special = _ready("special", x) if x.size >= MIN_MAPPED or mode != "auto" else None
    return NotImplemented if special is None else special.apply("tanh", x)


def tanh_grad(g: np.ndarray, y: np.ndarray) -> np.ndarray:
    """g - g * y * y."""
    special = _ready("special", y, g) if y.size >= MIN_MAPPED or mode != "auto" else None
    return NotImplemented if special is None or g.shape != y.shape else special.apply("tanh_grad", y, g)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x))."""
    special = _ready("special", x)
    return NotImplemented if special is None else special.apply("sigmoid", x)


def sigmoid_grad(g: np.ndarray, y: np.ndarray) -> np.ndarray:
    """g * y * (1 - y)."""
    special = _ready("special", y, g) if y.size >= MIN_MAPPED or mode != "auto" else None
    return NotImplemented if special is None or g.shape != y.shape else special.apply("sigmoid_grad", y, g)


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)."""
    special = _ready("special", x) if x.size >= MIN_MAPPED or mode != "auto" else None
    return NotImplemented if special is None else special.apply("relu", x)


def relu_grad(g: np.ndarray, y: np.ndarray) -> np.ndarray:
    """0 where y <= 0, else g."""
    special = _ready("special", y, g)
    return NotImplemented if special is None or g.shape != y.shape else special.apply("relu_grad", y, g)


def silu(x: np.ndarray) -> np.ndarray:
    """x * sigmoid(x)."""
    special = _ready("special", x)
    return NotImplemented if special is None else special.apply("silu", x)


def silu_grad(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    """g times the derivative of silu at x."""
    special = _ready("special", x, g)
    return NotImplemented if special is None or g.shape != x.shape else special.apply("silu_grad", x, g)


def gelu(x: np.ndarray, approximate: str = "none") -> np.ndarray:
    """x * P(Z <= x) for a standard normal Z; approximate="tanh" for the tanh formula."""
    special = _ready("special", x)
    if special is None or approximate not in ("none", "tanh"):
        return NotImplemented
    return special.apply("gelu" if approximate == "none" else "gelu_tanh", x)


def gelu_grad(g: np.ndarray, x: np.ndarray, approximate: str = "none") -> np.ndarray:
    """g times the derivative of gelu at x."""
    special = _ready("special", x, g)
    if special is None or g.shape != x.shape or approximate not in ("none", "tanh"):
        return NotImplemented
    return special.apply("gelu_grad" if approximate == "none" else "gelu_tanh_grad", x, g)


def layer_norm(
    x: np.ndarray, normalized_shape: Sequence[int], weight: np.ndarray | None, bias: np.ndarray | None, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x - mean) * rstd * weight + bias over the last dimensions, of normalized_shape; mean (..., 1); rstd (..., 1)."""
    norm = _ready("normalize", x, weight, bias)
    shape = tuple(normalized_shape)
    if norm is None or not shape or x.shape[-len(shape) :] != shape:
        return NotImplemented
    if not ((weight is None or weight.shape == shape) and (bias is None or bias.shape == shape)):
        return NotImplemented
    y, mean, rstd = norm.normalized(x, prod(shape), weight, bias, eps, True)
    kept = x.shape[: -len(shape)] + (1,) * len(shape)
    return y, mean.reshape(kept), rstd.reshape(kept)


def layer_norm_grad(
    g: np.ndarray, x: np.ndarray, weight: np.ndarray | None, mean: np.ndarray, rstd: np.ndarray, normalized_shape: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of layer_norm's x, weight and bias, the last two summed to normalized_shape."""
    norm = _ready("normalize", x, g, weight, mean, rstd)
    shape = tuple(normalized_shape)
    if norm is None or not shape or x.shape[-len(shape) :] != shape or g.shape != x.shape:
        return NotImplemented
    if not ((weight is None or weight.shape == shape) and mean.shape == rstd.shape == x.shape[: -len(shape)] + (1,) * len(shape)):
        return NotImplemented
    gx, (gw, gb) = norm.gradients(g, x, prod(shape), weight, mean, rstd)
    return gx, gw.reshape(shape), gb.reshape(shape)


def rms_norm(x: np.ndarray, normalized_shape: Sequence[int], weight: np.ndarray | None, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """x * rstd * weight over the last dimensions, of normalized_shape; rstd (..., 1)."""
    norm = _ready("normalize", x, weight)
    shape = tuple(normalized_shape)
    if norm is None or not shape or x.shape[-len(shape) :] != shape or not (weight is None or weight.shape == shape):
        return NotImplemented
    y, _, rstd = norm.normalized(x, prod(shape), weight, None, eps, False)
    return y, rstd.reshape(x.shape[: -len(shape)] + (1,) * len(shape))


def rms_norm_grad(
    g: np.ndarray, x: np.ndarray, weight: np.ndarray | None, rstd: np.ndarray, normalized_shape: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of rms_norm's x and weight, the latter summed to normalized_shape."""
    norm = _ready("normalize", x, g, weight, rstd)
    shape = tuple(normalized_shape)
    if norm is None or not shape or x.shape[-len(shape) :] != shape or g.shape != x.shape:
        return NotImplemented
    if not ((weight is None or weight.shape == shape) and rstd.shape == x.shape[: -len(shape)] + (1,) * len(shape)):
        return NotImplemented
    gx, (gw,) = norm.gradients(g, x, prod(shape), weight, None, rstd)
    return gx, gw.reshape(shape)


def sum_rows(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The sum of x over its leading dimensions -> the last ones, of `shape`."""
    reduce = _ready("reduce", x)
    if reduce is None or not shape or x.shape[-len(shape) :] != shape:
        return NotImplemented
    return reduce.sum_rows(x, prod(shape)).reshape(shape)


def scaled_dot_product_attention(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    mask: np.ndarray | None,
    is_causal: bool,
    scale: float,
    dropout_p: float,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """softmax(query @ key.T * scale + mask) @ value (..., L, Ev), and the logsumexp of the scores (..., L, 1); see ops/attention.py."""
    family = _ready("attention", query, key, value)
    if family is None or not _attends(query, key, value, mask):
        return NotImplemented
    return family.attention(query, key, value, mask, is_causal, scale, dropout_p, seed)


def attention_grad(
    g: np.ndarray, query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None, y: np.ndarray, lse: np.ndarray,
    is_causal: bool, scale: float, dropout_p: float, seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The gradients of attention's query, key and value, with the batch dimensions of all."""
    family = _ready("attention", query, key, value, g, y, lse)
    if family is None or not _attends(query, key, value, mask, g, y, lse):
        return NotImplemented
    return family.attention_grad(g, query, key, value, mask, y, lse, is_causal, scale, dropout_p, seed)


def sgd(
    xs: list[np.ndarray], gs: list[np.ndarray], bs: list[np.ndarray] | None,
    lr: float, momentum: float, dampening: float, decay: float, nesterov: bool, maximize: bool,
) -> bool:  # fmt: skip
    """SGD's step with parameters xs, gradients gs and, with momentum, their running sums bs, all in place; whether it was taken."""
    optim = _updates(xs)
    return optim is not None and optim.sgd(_least(), xs, gs, bs, lr, momentum, dampening, decay, nesterov, maximize)


def adam(
    xs: list[np.ndarray], gs: list[np.ndarray], ms: list[np.ndarray], vs: list[np.ndarray], most: list[np.ndarray] | None, steps: list[int],
    lr: float, beta1: float, beta2: float, eps: float, decay: float, apart: bool, maximize: bool,
) -> bool:  # fmt: skip
    """Adam's step (the steps[i]-th of parameter i, from 1), with the running means ms and vs and, for amsgrad, the largest of vs.

    All in place; apart: AdamW's decay. Whether it was taken.
    """
    optim = _updates(xs)
    return optim is not None and optim.adam(
        _least(), xs, gs, ms, vs, most, steps, lr, beta1, beta2, eps, decay, apart, maximize
    )  # fmt: skip


def total_norm(xs: list[np.ndarray]) -> float:
    """The 2-norm of the concatenation of all xs, the squares added up in float64."""
    optim = _updates(xs)
    return NotImplemented if optim is None else optim.total_norm(_least(), xs)


def scale_all(xs: list[np.ndarray], factor: float) -> bool:
    """Multiply all xs in place; whether it was done."""
    optim = _updates(xs)
    return optim is not None and optim.scale_all(_least(), xs, factor)


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


def info() -> dict[str, Any]:
    """The mode, threads, vector width, cache and threading layer, and which kernels this process has compiled or loaded."""
    found: dict[str, Any] = {"mode": mode, "threads": get_num_threads()}
    tile, jit = _family("tile"), _family("_jit")
    if tile is None or jit is None:
        return found | {"numba": "can't be imported: NumPy does the work"}
    width, vectors, fused = tile.host()
    described = f"{8 * width} bits, {vectors} vectors in a row of a tile{', fused multiply-add' if fused else ''}"
    return found | {"vectors": described} | jit.info()


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


def _attends(query: np.ndarray, key: np.ndarray, value: np.ndarray, mask: np.ndarray | None, *outputs: np.ndarray) -> bool:
    """Whether the shapes are those of attention, with none of them empty, and the mask is bool or of the dtype of the others."""
    arrays = (query, key, value, *outputs)
    if min(x.ndim for x in arrays) < 2 or not all(x.size for x in arrays):
        return False
    (length, depth), (source, columns) = query.shape[-2:], value.shape[-2:]
    if key.shape[-2:] != (source, depth):
        return False
    if outputs and [x.shape[-2:] for x in outputs] != [(length, columns), (length, columns), (length, 1)]:
        return False
    if mask is not None:
        if not (mask.dtype == np.bool_ or mask.dtype == query.dtype) or not mask.flags.aligned or not mask.ndim:
            return False
        if mask.shape[-1] not in (1, source) or (mask.ndim > 1 and mask.shape[-2] not in (1, length)):
            return False
        arrays = (*arrays, mask)
    lead = query.shape[:-2]
    return all(x.shape[:-2] == lead for x in arrays) or _broadcast(*(x.shape[:-2] for x in arrays))


def _least() -> int:
    """The elements that a pass over all parameters must have for a kernel to do it."""
    return MIN_ELEMENTS if mode == "auto" else 1


def _updates(xs: list[np.ndarray]) -> ModuleType | None:
    """The module of passes over all parameters, if they are to run in the present mode on arrays like the first."""
    if mode == "numpy" or not xs or xs[0].dtype not in _REAL:
        return None
    loaded = _families.get("optim")
    return loaded or (_family("optim") if sum(x.size for x in xs) >= _least() else None)


def _broadcast(*shapes: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True


def _ready(family: str, x: np.ndarray, *others: np.ndarray | None) -> ModuleType | None:
    """The module `family`, if its kernels are to run in the present mode on arrays (or None) like these, else None.

    They must be aligned, all float32 or all float64, and x large enough.
    """
    dtype = x.dtype
    if dtype not in _REAL or x.size < (MIN_ELEMENTS if mode == "auto" else 1) or not x.ndim or mode == "numpy":
        return None
    if x.base is not None and not x.flags.aligned:  # what owns its memory is: 0.1 us less
        return None
    for other in others:
        if other is None:
            continue
        if (other.dtype is not dtype and other.dtype != dtype) or (other.base is not None and not other.flags.aligned):
            return None
    return _families.get(family) or _family(family)


def _left_to_blas(work: int, m: int, k: int, n: int) -> bool:
    """Whether "auto" leaves products (m, k) @ (k, n), of so many multiply-adds in all, to NumPy: tiny ones, and those by a vector.

    These BLAS does 2 to 6 times as fast as the tile, but for an outer product, with k 1.
    """
    return mode == "auto" and (work < MIN_PRODUCT or ((m == 1 or n == 1) and k > 1))


def _in_float32(kernel: Callable[..., np.ndarray], *arrays: np.ndarray | None) -> np.ndarray:
    """What the kernel gives for arrays of float16, computed in float32; `NotImplemented` for other dtypes."""
    if mode == "numpy" or any(x is not None and x.dtype != np.float16 for x in arrays):
        return NotImplemented
    y = kernel(*[None if x is None else x.astype(np.float32) for x in arrays])
    if y is NotImplemented:
        return y
    with np.errstate(over="ignore"):  # as in PyTorch, what float16 can't hold is Inf
        return y.astype(np.float16)


def _rowwise(kind: str, dim: int, x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
    rowwise = _ready("rowwise", x, y)
    if rowwise is None or type(dim) is not int or not -x.ndim <= dim < x.ndim or (y is not None and y.shape != x.shape):
        return NotImplemented
    if mode == "auto" and dim != -1 and dim != x.ndim - 1:  # another dim would be copied, twice
        return NotImplemented
    return rowwise.apply(kind, dim, x, y)
