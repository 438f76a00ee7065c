"""Modules that hold modules: `Sequential`, `ModuleList`, `ModuleDict`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from glassgrad.nn.module import Module, indented, layout


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

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input


class ModuleList(_Listed):
    """A list of modules whose parameters are found. It has no forward: loop over it."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self._number(() if modules is None else modules)

    def __iadd__(self, modules: Iterable[Module]) -> ModuleList:
        return self.extend(modules)

    def __add__(self, modules: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *modules])

    def __repr__(self) -> str:
        children, start = [], 0
        for text, run in groupby(map(repr, self)):
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
