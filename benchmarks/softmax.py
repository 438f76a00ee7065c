"""The softmax family and erf, from one element to 4096 x 4096, against NumPy's formulas and PyTorch.

The thresholds of "auto" mode (in kernels/__init__.py) and SERIAL in kernels/rowwise.py come from here.
"""

import side_by_side

options = side_by_side.arguments(__doc__)

import math  # noqa: E402
from collections.abc import Callable  # noqa: E402

import numpy as np  # noqa: E402

from glassgrad import kernels  # noqa: E402

torch = side_by_side.try_torch()
rng = np.random.default_rng(0)


def softmax(x: np.ndarray, dim: int = -1) -> np.ndarray:
    e = np.exp(x - np.max(x, axis=dim, keepdims=True))
    return e / np.sum(e, axis=dim, keepdims=True)


def log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - np.max(x, axis=-1, keepdims=True)
    return x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))


def compare(what: str, ours: Callable, numpys: Callable, torchs: Callable | None, *arrays: np.ndarray) -> None:
    """One line: a function of the arrays by each contender."""
    contenders = {"glassgrad": lambda: ours(*arrays), "NumPy": lambda: numpys(*arrays)}
    if torch and torchs:
        tensors = [torch.from_numpy(a) for a in arrays]
        contenders["PyTorch"] = lambda: torchs(*tensors)
    side_by_side.row(what, side_by_side.time(contenders, turns=2 if options.quick else 9))


def array(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return (3 * rng.standard_normal(shape)).astype(dtype)


kernels.use("numba")
side_by_side.header("softmax", ["glassgrad", "NumPy"] + ["PyTorch"] * bool(torch))
SHAPES = (1, 1), (4, 4), (1, 1000), (64, 10), (768, 10), (4096, 3), (100, 100), (3072, 64), (768, 103), (512, 1000)
of_torch = torch and (lambda x: torch.softmax(x, -1))
for shape in (*SHAPES, (4096, 4096)):
    compare(f"{shape}", kernels.softmax, softmax, of_torch, array(*shape))
for shape in ((1, 1), (64, 10), (4096, 3), (3072, 64), (512, 1000)):
    compare(f"{shape} float64", kernels.softmax, softmax, of_torch, array(*shape, dtype=np.float64))
for shape in ((2, 2), (8, 64, 10), (12, 64, 64), (1000, 512)):
    first = torch and (lambda x: torch.softmax(x, -2))
    compare(f"{shape} dim=-2", lambda x: kernels.softmax(x, -2), lambda x: softmax(x, -2), first, array(*shape))
for shape in ((1, 1), (64, 10), (768, 103), (512, 1000)):
    logs = torch and (lambda x: torch.log_softmax(x, -1))
    compare(f"{shape} log_softmax", kernels.log_softmax, log_softmax, logs, array(*shape))
for shape in ((1, 1), (64, 10), (768, 103), (3072, 64), (512, 1000)):
    y = softmax(array(*shape))
    grad = lambda g, y: y * (g - np.sum(g * y, axis=-1, keepdims=True))
    of_grad = torch and (lambda g, y: torch._softmax_backward_data(g, y, -1, y.dtype))
    compare(f"{shape} softmax_grad", kernels.softmax_grad, grad, of_grad, array(*shape), y)
    grad = lambda g, y: g - np.exp(y) * np.sum(g, axis=-1, keepdims=True)
    of_grad = torch and (lambda g, y: torch._log_softmax_backward_data(g, y, -1, y.dtype))
    compare(f"{shape} log_softmax_grad", kernels.log_softmax_grad, grad, of_grad, array(*shape), np.log(y))
loop = np.frompyfunc(math.erf, 1, 1)
for n in (1, 64, 1024, 2**14, 768 * 512):
    compare(f"erf {n}", kernels.erf, lambda x: loop(x).astype(x.dtype), torch and torch.erf, array(n))


def embedding(tokens: int, width: int, rows: int) -> None:
    index = rng.integers(0, rows, tokens)

    def add_at(g: np.ndarray) -> np.ndarray:
        out = np.zeros((rows, width), g.dtype)
        np.add.at(out, index, g)
        return out

    ours = lambda g: kernels.embedding_grad(g, index, rows)
    of_torch = torch and (lambda g: torch.zeros(rows, width).index_add_(0, torch.from_numpy(index), g))
    compare(f"embedding_grad {tokens} x {width} -> {rows}", ours, add_at, of_torch, array(tokens, width))


embedding(32, 16, 27)
embedding(768, 128, 103)
embedding(4096, 256, 8192)
