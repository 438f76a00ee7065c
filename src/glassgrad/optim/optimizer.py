"""`Optimizer`: parameter groups, state, and the loop that every optimizer shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

import numpy as np

from glassgrad._mode import enable_grad
from glassgrad.op import NoArray
from glassgrad.tensor import Tensor, as_array, make
from glassgrad.writes import written

Params = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[dict[str, Any]]
_AT_LEAST_0 = (
    "lr", "eps", "weight_decay", "momentum", "alpha", "lr_decay", "initial_accumulator_value", "momentum_decay", "rho",
)  # fmt: skip
_KEPT_AS = {"step": int, "mu_product": float}  # in a state: numbers, not arrays


class How(TypedDict, total=False):
    """PyTorch's options on how a step is run."""

    foreach: bool | None
    fused: bool | None
    capturable: bool
    differentiable: bool


class Optimizer:
    """The base: a subclass gives its options with their defaults, and `update`, which changes one parameter (or its own `step`).

    how: PyTorch's `foreach`, `fused` and `capturable`, which are accepted and change nothing.
    param_groups: dicts of `params` and options; the options may be changed between steps.
    state: for each parameter a dict of what `update` remembers (tensors of its shape, and counts).
    by_rows: whether a gradient of some rows (of an embedding with sparse=True) may be used to `update` these rows alone.
    """

    by_rows = False

    def __init__(self, params: Params, defaults: dict[str, Any], how: Mapping[str, Any] | None = None) -> None:
        who = type(self).__name__
        for name, value in (how or {}).items():
            if name not in How.__annotations__:
                raise TypeError(f"{who}: no argument {name!r}: it takes params, {', '.join(defaults)}")
            if name == "differentiable" and value:
                raise NotImplementedError(f"{who}: a step has no derivative: write it with ops, and use gg.func.functional_call")
        if isinstance(params, Tensor):
            raise TypeError(f"{who}: params must be an iterable of tensors or of dicts, got a tensor: write [tensor]")
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._rooms: dict[Any, np.ndarray] = {}
        groups: list[Any] = list(params)
        if not groups:
            raise ValueError(f"{who}: the list of parameters is empty: a generator such as model.parameters() can be read only once")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def update(self, x: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Change the parameter `x` in place, by its gradient `g`."""
        raise NotImplementedError(f"{type(self).__name__} has no update: define update(self, x, g, state, group), or step")

    def update_all(self, params: list[Tensor], xs: list[np.ndarray], gs: list[np.ndarray], group: dict[str, Any]) -> bool:
        """Change all parameters in place in one pass and return True; or change nothing, and `update` will do it one by one.

        An optimizer that has no such pass leaves this out. It must not be used where a subclass has another `update`.
        """
        return False

    def start(self, x: np.ndarray, group: dict[str, Any]) -> dict[str, Any]:
        """The state that the first `update` of a parameter finds, where `by_rows`."""
        return {}

    def update_rows(self, x: np.ndarray, rows: np.ndarray, g: np.ndarray, state: dict[str, Any], group: dict[str, Any]) -> None:
        """`update` the rows of x that have a gradient g, from the same rows of the state; the rest isn't looked at."""
        if not state:
            state.update(self.start(x, group))
        part, some = x[rows], {name: make(held._array[rows], None) if isinstance(held, Tensor) else held for name, held in state.items()}
        self.update(part, g, some, group)
        x[rows] = part
        for name, now in some.items():
            if isinstance(now, Tensor):
                state[name]._array[rows] = now._array
            else:
                state[name] = now

    def check(self, group: dict[str, Any]) -> None:
        """Raise ValueError for options that make no sense: most must not be negative, betas lie in [0, 1)."""
        who = type(self).__name__
        for name in _AT_LEAST_0:
            if isinstance(group.get(name), str):
                raise TypeError(f"{who}: {name} must be a number, got {group[name]!r}: write float({group[name]!r})")
            if name in group and not float(group[name]) >= 0:
                raise ValueError(f"{who}: {name} must be at least 0, got {group[name]}")
        betas = group.get("betas", (0, 0))
        if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"{who}: betas must be two numbers in [0, 1), got {betas}")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient. `closure` computes the loss anew, which is returned."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        changed: list[np.ndarray] = []
        try:
            for group in self.param_groups:
                params = [p for p in group["params"] if p._grad is not None]
                try:
                    gs = [p._grad._array for p in params]  # type: ignore[union-attr]
                except NoArray:
                    self._step_by_rows([p for p in params if p._grad.is_sparse], group, changed)
                    params = [p for p in params if not p._grad.is_sparse]
                    gs = [p._grad._array for p in params]  # type: ignore[union-attr]
                xs = [p._array for p in params]
                if params and self.update_all(params, xs, gs, group):
                    changed += xs
                    continue
                for x, g in zip(xs, gs, strict=True):
                    if g.shape != x.shape:
                        raise RuntimeError(f"{type(self).__name__}: a parameter of shape {x.shape} has a gradient of shape {g.shape}")
                for p, x, g in zip(params, xs, gs, strict=True):
                    changed.append(x)
                    self.update(x, g if g.dtype == x.dtype else g.astype(x.dtype), self.state[p], group)
        finally:
            if changed:
                written(*changed)  # no op runs inside a step, so noting all writes at its end is soon enough
        return loss

    def _step_by_rows(self, params: list[Tensor], group: dict[str, Any], changed: list[np.ndarray]) -> None:
        """Update the parameters whose gradients hold rows."""
        who = type(self).__name__
        if not self.by_rows:
            raise RuntimeError(
                f"{who}: the gradient of a parameter of shape {params[0].shape} is sparse, and {who} changes every row at each step: write "
                "optim.SparseAdam, SGD or Adagrad, or make the embedding with sparse=False"
            )
        if group.get("weight_decay"):
            raise RuntimeError(
                f"{who}: weight_decay changes every row, but the gradient of a parameter of shape {params[0].shape} is sparse: write "
                "weight_decay=0, or make the embedding with sparse=False"
            )
        for p in params:
            x = p._array
            grad: Any = p._grad
            if grad.shape != x.shape:
                raise RuntimeError(f"{who}: a parameter of shape {x.shape} has a gradient of shape {grad.shape}")
            changed.append(x)
            self.update_rows(x, grad.rows, grad.kept.astype(x.dtype, copy=False), self.state[p], group)

    def room(self, x: np.ndarray) -> np.ndarray:
        """Scratch memory like x, one for all parameters: good until the next call."""
        flat = self._rooms.get(x.dtype)
        if flat is None or flat.size < x.size:
            flat = self._rooms[x.dtype] = np.empty(x.size, x.dtype)
        return flat[: x.size].reshape(x.shape)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters, or fill them with zeros, in place."""
        cleared = []
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None  # without the property's checks
                elif p._grad is not None and p._grad.is_sparse:
                    p._grad = p._grad.detach().zero_()
                elif p._grad is not None:
                    g = p._grad._array
                    if p._grad._node is None and g.flags.writeable:
                        g.fill(0)
                        cleared.append(g)
                    else:  # with create_graph it is a value of that graph, which may still be differentiated
                        p._grad = make(np.zeros_like(g), None)
        if cleared:
            written(*cleared)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a dict of `params` (a tensor or several) and options; options left out get their defaults."""
        who = type(self).__name__
        if not isinstance(param_group, dict):
            raise TypeError(f"{who}: a parameter group must be a dict, got {type(param_group).__name__}")
        if "params" not in param_group:
            raise ValueError(f"{who}: a parameter group needs 'params', this one has {', '.join(map(repr, param_group)) or 'nothing'}")
        params = param_group["params"]
        if isinstance(params, (set, frozenset)):
            raise TypeError(f"{who}: the parameters need an order, so they can't be a set: write a list")
        params = [params] if isinstance(params, Tensor) else list(params)
        if params and all(isinstance(p, tuple) and len(p) == 2 and isinstance(p[0], str) for p in params):  # named_parameters()
            param_group = {**param_group, "param_names": [name for name, _ in params]}
            params = [p for _, p in params]
        taken = {id(p) for group in self.param_groups for p in group["params"]}
        for i, p in enumerate(params):
            if not isinstance(p, Tensor):
                raise TypeError(f"{who}: parameter {i} must be a tensor, got {type(p).__name__}: write model.parameters()")
            if not p.is_leaf:
                raise ValueError(f"{who}: parameter {i} (shape {p.shape}) was computed by an op, it is no leaf: .detach() it")
            if p.dtype.kind != "f":
                raise TypeError(f"{who}: parameter {i} must be floating, got {p.dtype}")
            if id(p) in taken:
                raise ValueError(f"{who}: parameter {i} (shape {p.shape}) is there twice, it would be updated twice a step: list it once")
            taken.add(id(p))
        group = {**self.defaults, **param_group, "params": params}
        self.check(group)
        self.param_groups.append(group)

    # ------------------------------------------------------------------------------------------ saving and loading

    def state_dict(self) -> dict[str, Any]:
        """`{"state": {0: {...}, ...}, "param_groups": [...]}` with parameters as numbers in order; on the same memory."""
        number = {id(p): i for i, p in enumerate(self._params())}
        groups = [{**group, "params": [number[id(p)] for p in group["params"]]} for group in self.param_groups]
        state = {number[id(p)]: dict(held) for p, held in self.state.items() if held and id(p) in number}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state (copied, cast to each parameter's dtype) and the groups' options; ValueError if it doesn't fit."""
        who = f"{type(self).__name__}.load_state_dict"
        groups = state_dict["param_groups"]
        here, there = ([len(group["params"]) for group in side] for side in (self.param_groups, groups))
        if here != there:
            raise ValueError(f"{who}: the groups here have {here} parameters, the saved ones {there}: build the optimizer as it was")
        saved = [i for group in groups for i in group["params"]]
        params = dict(zip(saved, self._params(), strict=True))
        state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        for i, held in state_dict["state"].items():
            i = i if i in params else int(i)  # JSON makes the numbers strings
            if i not in params:
                raise ValueError(f"{who}: there is a state for parameter {i}, which is in no group")
            state[params[i]] = {name: self._loaded(who, name, value, params[i]) for name, value in held.items()}
        merged = [{**mine, **theirs, "params": mine["params"]} for mine, theirs in zip(self.param_groups, groups, strict=True)]
        for group in merged:
            self.check(group)
        self.state, self.param_groups = state, merged

    def _loaded(self, who: str, name: str, value: Any, p: Tensor) -> Any:
        """A saved value: counts as ints, arrays and tensors as tensors of the parameter's dtype."""
        if name in _KEPT_AS:
            return _KEPT_AS[name](value)
        if not hasattr(value, "shape"):
            return value
        array = np.array(value._array if isinstance(value, Tensor) else as_array(value), dtype=p.dtype)
        if array.shape != p.shape:
            raise ValueError(f"{who}: {name} has shape {array.shape}, its parameter {p.shape}")
        return make(array, None)

    def _params(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_rooms": {}}

    def __repr__(self) -> str:
        lines = []
        for i, group in enumerate(self.param_groups):
            lines += [f"Parameter Group {i}", *(f"    {name}: {group[name]}" for name in sorted(group) if name != "params"), ""]
        return f"{type(self).__name__} (\n" + "\n".join(lines[:-1]) + "\n)"


def descent(x: np.ndarray, g: np.ndarray, group: dict[str, Any], decay: bool = True) -> np.ndarray:
    """The gradient to go against: negated where `maximize`, plus `weight_decay * x` unless that is done apart."""
    if group["maximize"]:
        g = -g
    weight_decay = float(group["weight_decay"]) if decay else 0
    return g + weight_decay * x if weight_decay else g


def zeros(x: np.ndarray) -> Tensor:
    """A tensor of x's shape and dtype for a state to start with."""
    return make(np.zeros_like(x), None)
