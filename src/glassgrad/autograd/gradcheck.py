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
    check_forward_ad: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    **not_here: Any,
) -> bool:
    """Compare the gradients of `func(*inputs)` by each input that requires grad with central differences of step `eps`.

    An element passes if |analytic - numeric| <= atol + rtol * |numeric|. fast_mode compares one random projection
    instead of every element. Raises GradcheckError that names the input, the elements and both values, or with
    raise_exception=False returns False. Inputs should be float64. check_forward_ad: the tangents along a random direction
    (gg.func.jvp) are compared too; check_batched_grad and check_batched_forward_grad: a batch of gradients, or tangents, computed
    at once with those computed one by one.

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
        if check_forward_ad:
            _check_forward(func, args, eps, atol, rtol)
        for asked, backwards in ((check_batched_grad, True), (check_batched_forward_grad, False)):
            if asked:
                _check_batched(func, args, backwards)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


_PYTORCH_ONLY = ("check_undefined_grad", "check_backward_ad", "masked")


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


def _linear(func: Any, args: Sequence[Any]) -> tuple[Any, list[Any], list[int]]:
    """The derivative of func as a linear map, its arguments, and which of them it is by."""
    from glassgrad.batch import Linear

    wanted = [i for i, x in enumerate(args) if _differentiable(x)]
    leaves = [_leaf(x.detach().numpy()) if i in wanted else x for i, x in enumerate(args)]
    return Linear(_outputs(func, leaves), [leaves[i] for i in wanted]), leaves, wanted


def _check_forward(func: Any, args: Sequence[Any], eps: float, atol: float, rtol: float) -> None:
    """The tangents of all outputs along one random direction of each input."""
    linear, leaves, wanted = _linear(func, args)
    rng = np.random.default_rng(2)
    for i in wanted:
        v = rng.standard_normal(leaves[i].shape)
        vectors = [make(v.astype(x.dtype) if x is leaves[i] else np.zeros(x.shape, x.dtype), None) for x in linear.inputs]
        for k, (y, t) in enumerate(zip(linear.outputs, linear.forwards(vectors, False), strict=True)):
            a = np.zeros(y.shape) if t is None else t.detach().numpy()
            n = (_moved(func, leaves, k, i, eps * v) - _moved(func, leaves, k, i, -eps * v)) / (2 * eps)
            wrong = ~(np.abs(a - n) <= atol + rtol * np.abs(n)) & ~(np.isnan(a) & np.isnan(n))
            if wrong.any():
                at = tuple(int(j) for j in np.argwhere(wrong)[0])
                raise GradcheckError(
                    f"gradcheck: the tangent of output {k} along a direction of input {i} is wrong in {int(wrong.sum())} of {wrong.size} "
                    f"elements: at {list(at)} forward mode gives {a[at]:.10g}, numeric {n[at]:.10g}"
                )


def _check_batched(func: Any, args: Sequence[Any], backwards: bool) -> None:
    """Three random gradients (or tangents) at once against one by one."""
    from glassgrad.batch import Batched, Level

    linear, _, _ = _linear(func, args)
    run = linear.backwards if backwards else linear.forwards
    rng = np.random.default_rng(3)
    stacks = [rng.standard_normal((3, *x.shape)).astype(x.dtype) for x in (linear.outputs if backwards else linear.inputs)]
    level = Level(3, 0)
    together = run([Batched(make(x, None), level) for x in stacks], False)
    for row in range(3):
        for k, (a, b) in enumerate(zip(together, run([make(x[row], None) for x in stacks], False), strict=True)):
            if a is None or b is None:
                continue
            found = a.value.detach().numpy()[row] if isinstance(a, Batched) else a.detach().numpy()
            if not np.allclose(found, b.detach().numpy(), equal_nan=True):
                what = f"gradient of input {k}" if backwards else f"tangent of output {k}"
                raise GradcheckError(f"gradcheck: the {what} differs between a batch of them and one by one")


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
    return g.to_dense()._array


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
