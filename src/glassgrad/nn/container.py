"""Modules that hold modules or parameters, in order or by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Self, overload

from glassgrad.nn.module import Module, indented, layout
from glassgrad.nn.parameter import Parameter
from glassgrad.tensor import Tensor


class _Listed(Module):
    """Modules in an order, named "0", "1", ... unless they were given names."""

    _modules: dict[str, Module]  # type: ignore[assignment]

    def _key(self, index: int) -> str:
        n = len(self._modules)
        try:
            at = index.__index__()
        except AttributeError:
            raise TypeError(f"{type(self).__name__}: the index must be an int or a slice, got {index!r}") from None
        if not -n <= at < n:
            raise IndexError(f"{type(self).__name__}: index {at} is out of range: it holds {n} modules")
        return list(self._modules)[at]

    def _number(self, modules: Iterable[Module]) -> None:
        found = list(modules)
        for i, module in enumerate(found):
            if not isinstance(module, Module):
                raise TypeError(f"{type(self).__name__}: item {i} must be an nn.Module, got {type(module).__name__}")
        self.__dict__["_modules"] = {str(i): module for i, module in enumerate(found)}

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._sliced(index)
        return self._modules[self._key(index)]

    def _sliced(self, index: slice) -> Module:
        return type(self)(list(self._modules.values())[index])  # type: ignore[call-arg]

    def __setitem__(self, index: int, module: Module) -> None:
        self.add_module(self._key(index), module)

    def __delitem__(self, index: Any) -> None:
        keys = list(self._modules)
        for key in keys[index] if isinstance(index, slice) else [self._key(index)]:
            del self._modules[key]
        if keys == [str(i) for i in range(len(keys))]:  # plain numbers stay without gaps
            self._number(self)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(list(self._modules.values()))

    def append(self, module: Module) -> Any:
        """Add a module at the end, and return the container."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Any:
        """Add modules at the end, and return the container."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> None:
        """Put a module before position `index`; all are numbered anew."""
        modules = list(self)
        modules.insert(index, module)
        self._number(modules)

    def pop(self, index: int = -1) -> Module:
        """Take out a module, and return it."""
        module = self[index]
        del self[index]
        return module


class Sequential(_Listed):
    """Modules run one after another: `Sequential(a, b)(x) = b(a(x))`; an OrderedDict gives them names."""

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else ((str(i), m) for i, m in enumerate(args))
        for name, module in named:
            self.add_module(name, module)

    def _sliced(self, index: slice) -> Module:
        return type(self)(dict(list(self._modules.items())[index]))

    def __iadd__(self, other: Sequential) -> Sequential:
        return self.extend(other)

    def __add__(self, other: Sequential) -> Sequential:
        return Sequential(*self, *other)

    def __mul__(self, times: int) -> Sequential:
        if not times > 0:
            raise ValueError(f"Sequential: it can be repeated 1 or more times, not {times}")
        return Sequential(*list(self) * times)  # the same modules again: their parameters are shared

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Sequential:
        self._number(self * times)
        return self

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input


class ModuleList(_Listed):
    """A list of modules whose parameters are found. It has no forward: loop over it."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self._number(() if modules is None else modules)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("ModuleList is only a list: write `for module in modules: x = module(x)`, or use nn.Sequential")

    def __iadd__(self, modules: Iterable[Module]) -> ModuleList:
        return self.extend(modules)

    def __add__(self, modules: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *modules])

    def _text(self, below: list[tuple[str, str]]) -> str:
        children, start = [], 0
        for text, run in groupby(text for _, text in below):
            n = len(list(run))
            label = f"({start}): " if n == 1 else f"({start}-{start + n - 1}): {n} x "
            children.append(label + indented(text))
            start += n
        return layout(type(self).__name__, [], children)


class ModuleDict(Module):
    """A dict of modules whose parameters are found. It has no forward: pick from it."""

    _modules: dict[str, Module]  # type: ignore[assignment]

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(() if modules is None else modules)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("ModuleDict is only a dict: pick one of its modules, `modules[name](x)`")

    def __getitem__(self, key: str) -> Module:
        if key not in self._modules:
            raise KeyError(f"ModuleDict: no module {key!r}: it has {', '.join(self._modules) or 'none'}")
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def values(self) -> Iterable[Module]:
        """The modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        """Pairs of name and module."""
        return self._modules.items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add or replace modules, from a mapping or pairs."""
        for key, module in list(modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules):
            self.add_module(key, module)

    def pop(self, key: str) -> Module:
        """Take out a module, and return it."""
        module = self[key]
        del self._modules[key]
        return module

    def clear(self) -> None:
        """Take out all modules."""
        self._modules.clear()


# ------------------------------------------------------------------------------------------------ parameters


class _Held(Module):
    """What the containers of parameters share: tensors become parameters, and each has a line in the text."""

    _parameters: dict[str, Parameter]  # type: ignore[assignment]

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} only holds parameters: it can't be called")

    def _put(self, key: str, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"{type(self).__name__}: item {key} must be a parameter or a tensor, got {type(value).__name__}")
        self.register_parameter(key, value if isinstance(value, Parameter) else Parameter(value.detach()))

    def __len__(self) -> int:
        return len(self._parameters)

    def __repr__(self) -> str:
        def line(p: Parameter) -> str:
            return f"{type(p).__name__} containing: [{p.dtype} of size {'x'.join(map(str, p.shape))}]"

        return layout(type(self).__name__, [], [f"({key}): {line(p)}" for key, p in self._parameters.items()])


class ParameterList(_Held):
    """A list of parameters that the module it is in knows. Plain tensors become parameters."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(() if values is None else values)

    def _key(self, index: int) -> str:
        n = len(self)
        if not -n <= index < n:
            raise IndexError(f"ParameterList: index {index} is out of range: it holds {n} parameters")
        return str(index % n)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._parameters[self._key(index.__index__())]

    def __setitem__(self, index: int, value: Any) -> None:
        self._put(self._key(index.__index__()), value)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(list(self._parameters.values()))

    def __iadd__(self, values: Iterable[Any]) -> ParameterList:
        return self.extend(values)

    def append(self, value: Any) -> ParameterList:
        """Add a parameter at the end, and return the list."""
        self._put(str(len(self)), value)
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Add parameters at the end, and return the list."""
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise TypeError(f"ParameterList.extend: expected several parameters, got {type(values).__name__}: write append")
        for value in list(values):
            self.append(value)
        return self


class ParameterDict(_Held):
    """A dict of parameters that the module it is in knows. Plain tensors become parameters."""

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self.update(() if parameters is None else parameters)

    def __getitem__(self, key: str) -> Parameter:
        if key not in self._parameters:
            raise KeyError(f"ParameterDict: no parameter {key!r}: it has {', '.join(self._parameters) or 'none'}")
        return self._parameters[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._put(key, value)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._parameters)

    def __contains__(self, key: object) -> bool:
        return key in self._parameters

    def __or__(self, other: ParameterDict) -> ParameterDict:
        return ParameterDict([*self.items(), *other.items()])

    def __ior__(self, other: ParameterDict) -> ParameterDict:
        self.update(other)
        return self

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._parameters.keys()

    def values(self) -> Iterable[Parameter]:
        """The parameters."""
        return self._parameters.values()

    def items(self) -> Iterable[tuple[str, Parameter]]:
        """Pairs of name and parameter."""
        return self._parameters.items()

    def update(self, parameters: Any) -> None:
        """Add or replace parameters, from a mapping or pairs."""
        for key, value in list(parameters.items() if isinstance(parameters, (Mapping, ParameterDict)) else parameters):
            self[key] = value

    def get(self, key: str, default: Any = None) -> Any:
        """The parameter of that name, or `default`."""
        return self._parameters.get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Parameter:
        """The parameter of that name; if there is none, `default`, which is put there."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str) -> Parameter:
        """Take out a parameter, and return it."""
        value = self[key]
        del self._parameters[key]
        return value

    def popitem(self) -> tuple[str, Parameter]:
        """Take out the last parameter, and return it with its name."""
        return self._parameters.popitem()

    def copy(self) -> ParameterDict:
        """Another dict of the same parameters."""
        return ParameterDict(self)

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new dict with `default` for each key."""
        return ParameterDict([(key, default) for key in keys])

    def clear(self) -> None:
        """Take out all parameters."""
        self._parameters.clear()
