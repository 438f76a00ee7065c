"""The index of what is loaded at first use, `src/glassgrad/ops/names.py`; tests/stubs.py writes it.

Every family is loaded, and what appears on Tensor meanwhile is noted for it.
"""

import importlib
import textwrap
from importlib.machinery import SourceFileLoader
from pathlib import Path

from glassgrad.tensor import Tensor

SRC = Path(__file__).parent.parent / "src" / "glassgrad"
INDEX = SRC / "ops" / "names.py"
OTHERS = ("settings", "printing", "autograd.hooks", "viz.notebook")  # which give gg functions, or Tensor methods, and are no family of ops
HEAD = '''"""What is loaded at first use, and from where: written by `python -m tests.stubs`."""

'''


def families():
    """The modules as dotted names under glassgrad."""
    return [f"ops.{path.stem}" for path in sorted((SRC / "ops").glob("*.py")) if path.stem not in ("__init__", "names")] + list(OTHERS)


def methods():
    """{module: names} of what each module attaches to Tensor; RuntimeError if two attach the same name."""
    known, owners = dict(vars(Tensor)), {}
    plain = SourceFileLoader.exec_module

    def watched(loader, module):
        plain(loader, module)
        here = module.__name__.removeprefix("glassgrad.")
        for name, value in vars(Tensor).items():
            if known.get(name) is not value:
                if name in owners:
                    raise RuntimeError(f"Tensor.{name} is attached by {owners[name]} and by {here}: which one holds would depend on who is loaded last")
                known[name], owners[name] = value, here

    SourceFileLoader.exec_module = watched
    try:
        for family in families():
            importlib.import_module(f"glassgrad.{family}")
    finally:
        SourceFileLoader.exec_module = plain
    return {family: sorted(name for name, owner in owners.items() if owner == family) for family in families()}


def functions():
    """{module: names} of what stands in gg."""
    found = {family: sorted(getattr(importlib.import_module(f"glassgrad.{family}"), "__all__", ())) for family in families()}
    names = [name for listed in found.values() for name in listed]
    if twice := {name for name in names if names.count(name) > 1}:
        raise RuntimeError(f"gg.{', gg.'.join(sorted(twice))}: listed by more than one family")
    return found


def table(name, found):
    lines = [f"{name} = {{"]
    for module, names in found.items():
        rows = [row + " " for row in textwrap.wrap(" ".join(names), 110)] or [""]
        rows[-1] = rows[-1].rstrip()
        lines += [f'    "{module}": "{rows[0]}"', *(f'    "{row}"' for row in rows[1:])]
        lines[-1] += ","
    return "\n".join([*lines, "}"])


def index():
    """The text of the index; in a process where no family is loaded yet."""
    attached = {module: names for module, names in methods().items() if names}
    return f"{HEAD}{table('FUNCTIONS', functions())}  # in gg\n{table('METHODS', attached)}  # of Tensor\n"

