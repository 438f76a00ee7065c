"""GELU and layer norm, forward and gradient, from one element to a million, against NumPy's formulas and PyTorch.

The thresholds of "auto" mode (in kernels/__init__.py), and SERIAL in kernels/special.py and norm.py, come from here.
"""

import side_by_side

options = side_by_side.arguments(__doc__)

from collections.abc import Callable  # noqa: E402

import numpy as np  # noqa: E402

from glassgrad import kernels  # noqa: E402
from glassgrad.ops import activation, norm  # noqa: E402

torch = side_by_side.try_torch()
rng = np.random.default_rng(0)


def compare(what: str, ours: Callable, body: Callable, torchs: Callable | None, *args: object) -> None:
    """One line: a function of the arguments by each contender."""

    def numpys() -> object:
        with kernels.use("numpy"):
            return first(body(*args))

    contenders = {"glassgrad": lambda: first(ours(*args)), "NumPy": numpys}
    if torch and torchs:
        tensors = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in args]
        contenders["PyTorch"] = lambda: first(torchs(*tensors))
    side_by_side.row(what, side_by_side.time(contenders, turns=2 if options.quick else 9))


def first(y: object) -> object:
    return y[0] if isinstance(y, tuple) else y


def array(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return (2 * rng.standard_normal(shape)).astype(dtype)


kernels.use("numba")
side_by_side.header("gelu", ["glassgrad", "NumPy"] + ["PyTorch"] * bool(torch))
of_torch = torch and (lambda x, a: torch.nn.functional.gelu(x, approximate=a))
of_grad = torch and (lambda g, x, a: torch.ops.aten.gelu_backward(g, x, approximate=a))
for approximate in ("tanh", "none"):
    for shape in ((1,), (16,), (64,), (1024,), (128, 128), (256, 128), (12, 64, 512), (1024, 1024)):
        if approximate == "tanh" or np.prod(shape) < 2**20:  # the body's erf takes 0.1 us an element
            x, g = array(*shape), array(*shape)
            compare(f"{shape} {approximate}", kernels.gelu, activation.gelu.op.body, of_torch, x, approximate)
            compare(f"{shape} {approximate} grad", kernels.gelu_grad, activation.gelu_grad.op.body, of_grad, g, x, approximate)
x, g = array(12, 64, 512, dtype=np.float64), array(12, 64, 512, dtype=np.float64)
compare("(12, 64, 512) tanh float64", kernels.gelu, activation.gelu.op.body, of_torch, x, "tanh")
compare("(12, 64, 512) tanh grad float64", kernels.gelu_grad, activation.gelu_grad.op.body, of_grad, g, x, "tanh")

of_torch = torch and torch.native_layer_norm
for shape in ((1, 8), (4, 4), (4, 16), (64, 10), (64, 128), (128, 128), (768, 128), (4096, 8), (512, 1000), (4, 250000)):
    for dtype in (np.float32, np.float64) if shape == (768, 128) else (np.float32,):
        x, g = array(*shape, dtype=dtype), array(*shape, dtype=dtype)
        weight, bias = array(2, shape[-1], dtype=dtype)
        size, kind = shape[-1:], "" if dtype == np.float32 else " float64"
        body = norm._layer_norm.op.body
        compare(f"layer_norm {shape}{kind}", kernels.layer_norm, body, of_torch, x, size, weight, bias, 1e-5)
        _, mean, rstd = kernels.layer_norm(x, size, weight, bias, 1e-5)
        body = norm.layer_norm_grad.op.body
        if torch:
            grad = torch.ops.aten.native_layer_norm_backward
            of_grad = lambda g, x, w, m, r, size, grad=grad: grad(g, x, size, m, r, w, w, [True] * 3)
        compare(f"layer_norm_grad {shape}{kind}", kernels.layer_norm_grad, body, of_grad, g, x, weight, mean, rstd, size)
