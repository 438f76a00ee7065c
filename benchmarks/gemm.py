"""Matrix products: squares, the shapes of a small GPT with their transposed forms, and batches of strided views.

The thresholds of "auto" mode (in kernels/__init__.py) and SERIAL in kernels/gemm.py come from here.
"""

import side_by_side

options = side_by_side.arguments(__doc__)

import numpy as np  # noqa: E402

from glassgrad import kernels  # noqa: E402

torch = side_by_side.try_torch()
rng = np.random.default_rng(0)


def compare(what: str, a: np.ndarray, b: np.ndarray) -> None:
    """One line: a @ b by each contender."""
    contenders = {"glassgrad": lambda: kernels.matmul(a, b), "NumPy": lambda: np.matmul(a, b)}
    if torch:
        ta, tb = torch.from_numpy(a), torch.from_numpy(b)
        contenders["PyTorch"] = lambda: torch.matmul(ta, tb)
    side_by_side.row(what, side_by_side.time(contenders, turns=3 if options.quick else 9))


def array(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


def heads(t: int = 64) -> np.ndarray:
    return array(12, t, 4, 32).transpose(0, 2, 1, 3)  # (B, nh, T, hs), a view


kernels.use("numba")
side_by_side.header("a @ b", ["glassgrad", "NumPy"] + ["PyTorch"] * bool(torch))
for n in (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024) + (() if options.quick else (2048,)):
    compare(f"{n} x {n}", array(n, n), array(n, n))
for n in (64, 128, 256, 512, 1024):
    compare(f"{n} x {n} float64", array(n, n, dtype=np.float64), array(n, n, dtype=np.float64))
for m, k, n in ((768, 128, 384), (768, 128, 512), (768, 512, 128), (768, 128, 103), (768, 128, 128)):
    x, weight, g = array(m, k), array(n, k), array(m, n)
    compare(f"({m},{k}) x ({k},{n})", x, array(k, n))
    compare(f"({m},{k}) x ({n},{k}).T  y", x, weight.T)
    compare(f"({m},{n}) x ({n},{k})    dx", g, weight)
    compare(f"({m},{n}).T x ({m},{k})  dW", g.T, x)
compare("48 x (64,32) (32,64)", array(48, 64, 32), array(48, 32, 64))
compare("48 x (64,64) (64,32)", array(48, 64, 64), array(48, 64, 32))
compare("(12,4) x q (64,32) k.T  views", heads(), heads().swapaxes(-1, -2))
compare("(12,4) x p (64,64) v    views", array(12, 4, 64, 64), heads())
compare("(12,4) x p.T (64,64) g  views", array(12, 4, 64, 64).swapaxes(-1, -2), heads())
compare("192 x (64,64) (64,64)", array(192, 64, 64), array(192, 64, 64))
compare("(1,784) x (784,128)", array(1, 784), array(784, 128))
compare("(4,784) x (784,128)", array(4, 784), array(784, 128))
compare("(32,784) x (784,128)", array(32, 784), array(784, 128))
compare("(32,784) x (128,784).T", array(32, 784), array(128, 784).T)
compare("(32,128) x (10,128).T", array(32, 128), array(10, 128).T)
compare("(16,512) x (512,4096)", array(16, 512), array(512, 4096))
