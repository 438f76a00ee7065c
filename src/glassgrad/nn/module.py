"""`Module`: a tree of named parameters, buffers and modules, and a forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from glassgrad._mode import no_grad, state
from glassgrad.device import device as Device
from glassgrad.dtypes import as_dtype, bfloat16, float16, float32, float64
from glassgrad.hooks import RemovableHandle
from glassgrad.nn import hooks
from glassgrad.nn.parameter import Buffer, Parameter
from glassgrad.tensor import Tensor, as_array, make

Self = TypeVar("Self", bound="Module")
_TABLES = {"_parameters": "parameter", "_buffers": "buffer", "_modules": "module"}
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class LoadResult(NamedTuple):
    """What `load_state_dict` did not match: keys of the module, keys of the dict."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not any(self):
            return "<All keys matched successfully>"
        return f"LoadResult(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Module:
    """The base of every layer and model: assign parameters and modules in `__init__`, write `forward`, call it.

    >>> class Affine(gg.nn.Module):
    ...     def __init__(self, n):
    ...         super().__init__()
    ...         self.scale = gg.nn.Parameter(gg.ones(n))
    ...     def forward(self, x):
    ...         return x * self.scale
    >>> [name for name, _ in Affine(3).named_parameters()]
    ['scale']
    """

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _transient: set[str]  # the buffers that state_dict leaves out
    _forward_hooks: dict[int, Any]  # (hook, with_kwargs, always_call) by the number of its handle
    _forward_pre_hooks: dict[int, Any]  # (hook, with_kwargs)
    _backward_hooks: dict[int, Any]
    _backward_pre_hooks: dict[int, Any]
    _hooked = False  # whether there ever was a hook: what a call asks first

    def __init__(self) -> None:
        self.__dict__.update(training=True, _parameters={}, _buffers={}, _modules={}, _transient=set())
        self.__dict__.update((name, {}) for name in _HOOKS)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The computation; every subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward: define forward(self, x) in the class")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        own = state.__dict__  # this thread's, looked up once
        outer = own["scope"]
        scope = own["scope"] = (*outer, self)  # each node recorded inside knows where it belongs
        if own["grad_enabled"]:
            own["recording"] = scope
        try:
            return hooks.call(self, args, kwargs) if self._hooked else self.forward(*args, **kwargs)
        finally:
            own["scope"] = outer
            if own["grad_enabled"]:
                own["recording"] = outer

    # ------------------------------------------------------------------------------------------ attributes

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if isinstance(value, (Parameter, Module)):
            table = "_parameters" if isinstance(value, Parameter) else "_modules"
            if table not in own:
                kind = type(self).__name__
                raise AttributeError(f"{kind}: can't assign {_TABLES[table]}s before super().__init__(): call it first in {kind}.__init__")
            for holder in (own, *(own[other] for other in _TABLES if other != table)):
                holder.pop(name, None)
            self._register(table, name, value)
            return
        if isinstance(value, Buffer) and name not in own.get("_buffers", ()):
            self.register_buffer(name, value, getattr(value, "persistent", True))  # a copied buffer has forgotten
            return
        for table, kind in _TABLES.items():
            if name in own.get(table, ()):
                if value is not None and not (kind == "buffer" and isinstance(value, Tensor)):
                    raise TypeError(
                        f"{type(self).__name__}.{name} is a {kind}: can't assign a {type(value).__name__} to it: "
                        + ("write nn.Parameter(value)" if kind == "parameter" else f"assign a {kind} or None, or `del` it first")
                    )
                own[table][name] = value
                return
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:  # reached only where the instance and the class have no such attribute
        own = self.__dict__
        for table in _TABLES:
            if table in own and name in own[table]:
                return own[table][name]
        hint = "" if "_parameters" in own else ": call super().__init__() first in its __init__"
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}", name=name, obj=self)

    def __delattr__(self, name: str) -> None:
        for table in _TABLES:
            if name in self.__dict__.get(table, ()):
                del self.__dict__[table][name]
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        own = self.__dict__
        held = [name for table in _TABLES for name in own.get(table, ()) if name.isidentifier()]
        return sorted({*super().__dir__(), *held})

    def _register(self, table: str, name: str, value: Any) -> None:
        kind, who = _TABLES[table], type(self).__name__
        if table not in self.__dict__:
            raise AttributeError(f"{who}: can't assign {kind}s before super().__init__(): call it first in {who}.__init__")
        if not isinstance(name, str):
            raise TypeError(f"{who}: the name of a {kind} must be a string, got {type(name).__name__}")
        if not name or "." in name:
            raise KeyError(f"{who}: a {kind} can't be called {name!r}: a name has at least one character, and no dot")
        if name not in self.__dict__[table] and hasattr(self, name):
            raise KeyError(f"{who} already has an attribute {name!r}: give the {kind} another name")
        self.__dict__[table][name] = value

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None holds the place of one that this module goes without."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"{type(self).__name__}.{name}: a parameter must be an nn.Parameter or None, got {type(param).__name__}")
        if param is not None and not param.is_leaf:
            raise ValueError(f"{type(self).__name__}.{name}: a parameter must be a leaf: compute it in forward, or .detach() it")
        self._register("_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not trained; `persistent=False` keeps it out of `state_dict`."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"{type(self).__name__}.{name}: a buffer must be a tensor or None, got {type(tensor).__name__}")
        self._register("_buffers", name, tensor)
        (self._transient.discard if persistent else self._transient.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module under `name`."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(self).__name__}.{name}: a module must be an nn.Module or None, got {type(module).__name__}")
        self._register("_modules", name, module)

    register_module = add_module

    # ------------------------------------------------------------------------------------------ hooks

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after each forward; what it returns, if not None, replaces the output.

        with_kwargs: `hook(module, args, kwargs, output)`. always_call: also where forward raises, with output None.
        """
        return self._hook("_forward_hooks", (hook, with_kwargs, always_call), prepend)

    def register_forward_pre_hook(self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before each forward; what it returns, if not None, replaces args (a tuple, or a single one).

        with_kwargs: `hook(module, args, kwargs)`, which may return `(args, kwargs)`.
        """
        return self._hook("_forward_pre_hooks", (hook, with_kwargs), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when backward has the gradients of the positional inputs.

        Both are tuples, with None for what is no tensor or has no gradient; what it returns, if not None, replaces grad_input.
        """
        return self._hook("_backward_hooks", hook, prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when backward reaches the module; what it returns, if not None, replaces grad_output."""
        return self._hook("_backward_pre_hooks", hook, prepend)

    def _hook(self, table: str, entry: Any, prepend: bool) -> RemovableHandle:
        hook = entry[0] if isinstance(entry, tuple) else entry
        if not callable(hook):
            raise TypeError(f"{type(self).__name__}: a hook must be a function, got {hook!r}")
        self.__dict__["_hooked"] = True
        return RemovableHandle(self.__dict__[table], entry, prepend)

    # ------------------------------------------------------------------------------------------ the tree

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, parents first, with their dotted paths; a shared one once."""
        memo = set() if memo is None else memo
        if remove_duplicate and self in memo:
            return
        memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def _named(self, table: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        seen = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in module.__dict__[table].items():
                if value is not None and not (remove_duplicate and id(value) in seen):
                    seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    def named_parameters(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted paths; a shared one once, under its first path."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted paths."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below, with their names."""
        return self._named("_modules", "", False, True)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters, of this module and all below it."""
        return (value for _, value in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers, of this module and all below it."""
        return (value for _, value in self.named_buffers(recurse=recurse))

    def children(self) -> Iterator[Module]:
        """The modules directly below."""
        return (value for _, value in self.named_children())

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it."""
        return (value for _, value in self.named_modules(remove_duplicate=remove_duplicate))

    def get_submodule(self, target: str) -> Module:
        """The module at a dotted path; AttributeError that says where the path ends."""
        found: Module = self
        for i, name in enumerate(target.split(".") if target else ()):
            below = found._modules.get(name)
            if below is None:
                at = ".".join(target.split(".")[:i]) or "the model"
                raise AttributeError(f"no module {target!r}: {at} ({type(found).__name__}) has {', '.join(found._modules) or 'no modules'}")
            found = below
        return found

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a module at a dotted path, over what is there; strict: AttributeError where nothing is."""
        path, _, name = target.rpartition(".")
        if strict:
            self.get_submodule(target)
        parent = self.get_submodule(path)
        if not isinstance(module, Module):
            raise TypeError(f"set_submodule: {target!r} must be an nn.Module, got {type(module).__name__}")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a dotted path."""
        return self._leaf("_parameters", target)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a dotted path."""
        return self._leaf("_buffers", target)

    def _leaf(self, table: str, target: str) -> Any:
        path, _, name = target.rpartition(".")
        held = self.get_submodule(path).__dict__[table]
        if held.get(name) is None:
            raise AttributeError(f"no {_TABLES[table]} {target!r}: {path or type(self).__name__} has {', '.join(held) or 'none'}")
        return held[name]

    # ------------------------------------------------------------------------------------------ saving and loading

    def _places(self, prefix: str = "") -> Iterator[tuple[str, dict[str, Any], str]]:
        """For each parameter and persistent buffer, shared ones too: its path, the table that holds it, its name there."""
        for path, module in self.named_modules(prefix=prefix.removesuffix("."), remove_duplicate=False):
            for table in (module._parameters, module._buffers):
                for name, value in table.items():
                    if value is not None and not (table is module._buffers and name in module._transient):
                        yield f"{path}.{name}" if path else name, table, name

    def state_dict(self, *, destination: dict[str, Tensor] | None = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """All parameters and persistent buffers by path, shared ones under each; detached, on the same memory."""
        found = {} if destination is None else destination
        for path, table, name in self._places(prefix):
            found[path] = table[name] if keep_vars else table[name].detach()
        return found

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> LoadResult:
        """Copy the values of `state_dict` (tensors or arrays) over the parameters and buffers of the same paths.

        Returns the missing and unexpected keys. Raises one RuntimeError that lists all that is wrong, before
        anything is written: wrong shapes, and where `strict` also missing and unexpected keys.
        assign: take the tensors themselves, with their dtype, in place of the parameters and buffers; make optimizers afterwards.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"{type(self).__name__}.load_state_dict: expected a dict of tensors, got {type(state_dict).__name__}")
        places = {path: (table, name) for path, table, name in self._places()}
        missing = [key for key in places if key not in state_dict]
        unexpected = [key for key in state_dict if key not in places]
        wrong, values = [], {}
        for key, (table, name) in places.items():
            if key in state_dict:
                given = state_dict[key]
                try:
                    values[key] = given._array if isinstance(given, Tensor) else as_array(given)
                except (TypeError, ValueError, RuntimeError) as error:
                    wrong.append(f"{key}: {error}")
                    continue
                if values[key].shape != table[name].shape:
                    wrong.append(f"{key}: {table[name].shape} in the module, {values[key].shape} in the dict")
        lines = [f"wrong shape or type: {line}" for line in wrong]
        if strict:
            lines += [f"missing keys: {', '.join(missing)}"] * bool(missing)
            lines += [f"unexpected keys: {', '.join(unexpected)}"] * bool(unexpected)
        if lines:
            hint = "\n  (strict=False leaves out missing and unexpected keys)" if strict and (missing or unexpected) else ""
            raise RuntimeError(f"{type(self).__name__}.load_state_dict: nothing was loaded:\n  " + "\n  ".join(lines) + hint)
        with no_grad():
            for key, array in values.items():
                table, name = places[key]
                old = table[name]
                if not assign:
                    old._assign(make(array.astype(old.dtype, copy=False), None))
                elif isinstance(old, Parameter):
                    given = state_dict[key]
                    table[name] = given if isinstance(given, Parameter) else Parameter(make(array, None), old.requires_grad)
                else:
                    table[name] = make(array, None)
        return LoadResult(missing, unexpected)

    # ------------------------------------------------------------------------------------------ changing all of it

    def apply(self: Self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` on every module, children first, and return this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self: Self, mode: bool = True) -> Self:
        """Set training mode (it turns dropout on) here and in all modules below."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: mode must be True or False, got {mode!r}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """`train(False)`."""
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        """Set `requires_grad` of every parameter."""
        for p in self.parameters():
            p.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters, or fill them with zeros."""
        for p in self.parameters():
            if p.grad is not None:
                p.grad = None if set_to_none else p.grad.detach().zero_() if p.grad.is_sparse else make(np.zeros_like(p.grad._array), None)

    def to(self: Self, *target: Any, dtype: Any = None, device: Any = None, non_blocking: bool = False) -> Self:
        """Cast the floating parameters and buffers to a dtype (or another tensor's), in place; the one device is "cpu"."""
        for wish in (*target, device):
            if isinstance(wish, Tensor):
                dtype = wish.dtype
            elif isinstance(wish, (str, Device)):
                Device(wish)
            elif wish is not None and not isinstance(wish, bool):
                dtype = wish
        return self if dtype is None else self._cast(as_dtype(dtype))

    def _cast(self: Self, dtype: np.dtype[Any]) -> Self:
        if dtype.kind != "f":
            raise TypeError(f"{type(self).__name__}.to: parameters are floating, they can't become {dtype}: write gg.float32 or gg.float64")
        for module in self.modules():
            for p in module._parameters.values():
                if p is not None and p.dtype != dtype:
                    p.data = p._array.astype(dtype)
                    if p.grad is not None:
                        p.grad = p.grad.detach().to(dtype)
            for name, buffer in module._buffers.items():
                if buffer is not None and buffer.is_floating_point() and buffer.dtype != dtype:
                    module._buffers[name] = make(buffer._array.astype(dtype), None)
        return self

    def float(self: Self) -> Self:
        """`.to(gg.float32)`."""
        return self._cast(float32)

    def double(self: Self) -> Self:
        """`.to(gg.float64)`."""
        return self._cast(float64)

    def half(self: Self) -> Self:
        """`.to(gg.float16)`."""
        return self._cast(float16)

    def bfloat16(self: Self) -> Self:
        """TypeError: there is no bfloat16."""
        return self._cast(as_dtype(bfloat16))

    def type(self: Self, dst_type: Any) -> Self:
        """`.to(dst_type)`."""
        return self._cast(as_dtype(dst_type))

    def cpu(self: Self) -> Self:
        """This module: all are on the CPU."""
        return self

    def cuda(self: Self, device: Any = None) -> Self:
        """RuntimeError: there is no GPU here."""
        return self.to(device="cuda")

    # ------------------------------------------------------------------------------------------ text

    def extra_repr(self) -> str:
        """What stands between the parentheses of the repr; subclasses write their own."""
        return ""

    def __repr__(self) -> str:
        return texts(self)[id(self)]

    def _text(self, below: list[tuple[str, str]]) -> str:
        """The repr, from the names and the reprs of the modules below."""
        extra = self.extra_repr()
        return layout(type(self).__name__, extra.split("\n") if extra else [], [f"({name}): {indented(text)}" for name, text in below])

    def _repr_html_(self) -> str:
        """What a notebook shows below the text: the tree of modules, to be opened, with the shapes and the number of their parameters."""
        from glassgrad.nn.notebook import tree

        return tree(self)


def bottom_up(root: Module) -> list[Module]:
    """A module and all below it, each after those that it holds."""
    found: dict[int, Module] = {}
    opened: set[int] = set()
    stack = [root]
    while stack:
        module = stack[-1]
        if id(module) in opened:
            found[id(stack.pop())] = module
        else:
            opened.add(id(module))
            stack += [one for one in module._modules.values() if one is not None and id(one) not in opened]
    return list(found.values())


def texts(root: Module) -> dict[int, str]:
    """The repr of a module and of all below it, by their ids; of one that holds itself "..."."""
    found: dict[int, str] = {}
    for module in bottom_up(root):
        below = [(name, "None" if one is None else found.get(id(one), "...")) for name, one in module._modules.items()]
        found[id(module)] = module._text(below) if type(module).__repr__ is Module.__repr__ else repr(module)
    return found


def indented(text: str) -> str:
    """The text with all lines but the first moved in by two spaces."""
    return text.replace("\n", "\n  ")


def layout(name: str, extra: list[str], children: list[str]) -> str:
    """`Name(extra)` on one line, or with children, or more lines of extra, on a line each."""
    if not children and len(extra) < 2:
        return f"{name}({''.join(extra)})"
    return f"{name}(\n  " + "\n  ".join([*extra, *children]) + "\n)"
