"""Check gradients against finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from glassgrad.autograd.grad import grad
from glassgrad.tensor import Tensor, make


class GradcheckError(RuntimeError):
    """A gradient that differs from its finite difference."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_grad_dtypes: bool = False,
    fast_mode: bool = False,
    **not_here: Any,
) -> bool:
    """Compare the gradients of `func(*inputs)` by each input that requires grad with central differences of step `eps`.

    An element passes if |analytic - numeric| <= atol + rtol * |numeric|. fast_mode compares one random projection
    instead of every element. Raises GradcheckError that names the input, the elements and both values, or with
    raise_exception=False returns False. Inputs should be float64. Forward mode and batched gradients, which PyTorch can
    check too, don't exist here: asking for them is a ValueError.

    >>> x = gg.tensor([0.5, 2.0], dtype=gg.float64, requires_grad=True)
    >>> gg.autograd.gradcheck(lambda x: x.exp() * x, x)
    True
    """
    for option, value in not_here.items():
        if option not in _PYTORCH_ONLY:
            raise TypeError(f"gradcheck: no argument {option!r}")
        if value and option not in ("check_undefined_grad", "check_backward_ad"):
            raise ValueError(f"gradcheck: {option} is not supported: leave it out")
    args = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    try:
        _check(func, args, eps, atol, rtol, nondet_tol, check_grad_dtypes, fast_mode)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


_PYTORCH_ONLY = (
    "check_undefined_grad", "check_batched_grad", "check_batched_forward_grad", "check_forward_ad", "check_backward_ad", "masked",
)  # fmt: skip


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    fast_mode: bool = False,
    **not_here: Any,
) -> bool:
    """`gradcheck` of the gradients themselves: second derivatives by the inputs and by the upstream gradients.

    grad_outputs: upstream gradients for the outputs; random normal ones if left out.
    """
    args = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        upstream = [_leaf(rng.standard_normal(y.shape).astype(y.dtype)) for y in _outputs(func, args)]
    else:
        upstream = list((grad_outputs,) if isinstance(grad_outputs, Tensor) else grad_outputs)
    wanted = [i for i, x in enumerate(args) if _differentiable(x)]

    def first_order(*both: Any) -> tuple[Any, ...]:
        xs, gs = both[: len(args)], both[len(args) :]
        found = grad(_outputs(func, xs), [xs[i] for i in wanted], gs, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    checked = dict(eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol, fast_mode=fast_mode)
    return gradcheck(first_order, (*args, *upstream), **checked, **not_here)  # type: ignore[arg-type]


def _check(
    func: Any, args: Sequence[Any], eps: float, atol: float, rtol: float, nondet_tol: float, dtypes: bool, fast: bool
) -> None:
    wanted = [i for i, x in enumerate(args) if _differentiable(x)]
    if not wanted:
        raise ValueError("gradcheck: no input requires grad: write gg.tensor(..., dtype=gg.float64, requires_grad=True)")
    for i in wanted:
        if args[i].dtype != np.float64:
            warnings.warn(f"gradcheck: input {i} is {args[i].dtype}: finite differences need float64", stacklevel=4)
    # Leaves with memory of their own: each element is moved in place, whatever the strides of the input.
    leaves = list(args)
    for i in wanted:
        leaves[i] = _leaf(np.array(args[i].detach().numpy(), order="C"))
    outputs = _outputs(func, leaves)
    if not outputs:
        raise ValueError("gradcheck: the function returns no floating tensor, so there is nothing to check")
    for k, y in enumerate(outputs):
        projections = _projections(y.shape, fast)
        for i in wanted:
            analytic = [_gradient(func, leaves, k, i, u, dtypes) for u in projections]
            again = [_gradient(func, leaves, k, i, u, False) for u in projections]
            worst = max((float(np.abs(a - b).max()) for a, b in zip(analytic, again, strict=True) if a.size), default=0.0)
            if worst > nondet_tol:
                raise GradcheckError(f"gradcheck: backward is not deterministic: input {i}, output {k}: two runs differ by {worst}")
            if fast:
                _compare_projected(func, leaves, k, i, projections[0], analytic[0], eps, atol, rtol)
            else:
                _compare(func, leaves, k, i, analytic, y.shape, eps, atol, rtol)


def _compare(
    func: Any, leaves: list[Any], k: int, i: int, analytic: list[np.ndarray], shape: tuple[int, ...], eps: float, atol: float, rtol: float
) -> None:
    """Every element of the Jacobian d(output k)/d(input i)."""
    at = leaves[i]._array
    wrong = []
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = eps
        numeric = (_moved(func, leaves, k, i, step) - _moved(func, leaves, k, i, -step)) / (2 * eps)
        for row, out in enumerate(np.ndindex(shape)):
            a, n = float(analytic[row][place]), float(numeric[out])
            if not (abs(a - n) <= atol + rtol * abs(n) or (np.isnan(a) and np.isnan(n))):
                wrong.append((out, place, a, n))
    if wrong:
        lines = [f"  d output[{k}]{list(out)} / d input[{i}]{list(x)}: analytic {a:.10g}, numeric {n:.10g}" for out, x, a, n in wrong[:5]]
        more = f"\n  and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise GradcheckError(
            f"gradcheck: {len(wrong)} of {at.size * len(analytic)} derivatives of output {k} by input {i} (shape {at.shape}) are wrong:\n"
            + "\n".join(lines) + more
        )  # fmt: skip


def _compare_projected(
    func: Any, leaves: list[Any], k: int, i: int, u: np.ndarray, analytic: np.ndarray, eps: float, atol: float, rtol: float
) -> None:
    """One number, `u . J . v`, for a random direction v of input i and a random projection u of output k."""
    v = np.random.default_rng(1).standard_normal(leaves[i].shape)
    v /= np.sqrt((v * v).sum()) or 1.0
    moved = _moved(func, leaves, k, i, eps * v) - _moved(func, leaves, k, i, -eps * v)
    n, a = float((u * moved).sum()) / (2 * eps), float((analytic * v).sum())
    if not (abs(a - n) <= atol + rtol * abs(n) or (np.isnan(a) and np.isnan(n))):
        raise GradcheckError(
            f"gradcheck: a random projection of d output[{k}] / d input[{i}] (shape {leaves[i].shape}) is wrong: "
            f"analytic {a:.10g}, numeric {n:.10g}: run with fast_mode=False to see which elements"
        )


def _projections(shape: tuple[int, ...], fast: bool) -> list[np.ndarray]:
    """Upstream gradients: a random one, or a one-hot for each element of the output."""
    if fast:
        return [np.random.default_rng(0).standard_normal(shape)]
    hots = []
    for place in np.ndindex(shape):
        hot = np.zeros(shape)
        hot[place] = 1
        hots.append(hot)
    return hots


def _gradient(func: Any, leaves: list[Any], k: int, i: int, u: np.ndarray, check_dtype: bool) -> np.ndarray:
    y = _outputs(func, leaves)[k]
    if not y.requires_grad:  # the function claims that nothing depends on the input
        return np.zeros(leaves[i].shape)
    (g,) = grad(y, leaves[i], make(u.astype(y.dtype), None), allow_unused=True)
    if g is None:
        return np.zeros(leaves[i].shape)
    if g.shape != leaves[i].shape or (check_dtype and g.dtype != leaves[i].dtype):
        raise GradcheckError(f"gradcheck: the gradient of input {i} is {g.shape} {g.dtype}, the input {leaves[i].shape} {leaves[i].dtype}")
    return g._array


def _moved(func: Any, leaves: list[Any], k: int, i: int, step: np.ndarray) -> np.ndarray:
    there = list(leaves)
    there[i] = _leaf(leaves[i]._array + step)
    return _outputs(func, there)[k]._array.astype(np.float64)


def _outputs(func: Any, args: Sequence[Any]) -> list[Tensor]:
    found = func(*args)
    tensors = [found] if isinstance(found, Tensor) else list(found)
    return [y for y in tensors if isinstance(y, Tensor) and y.dtype.kind == "f"]


def _differentiable(x: Any) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


def _leaf(array: np.ndarray) -> Tensor:
    return make(np.asarray(array), None).requires_grad_()
