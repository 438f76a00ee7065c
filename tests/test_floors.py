"""Imports point down: the floors of the package, and what may be loaded by `import glassgrad`."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "glassgrad"
FLOORS = {
    "_mode": 0, "kernels": 0, "writes": 0, "absent": 0, "version": 0, "patch": 0,
    "graph": 1, "cuts": 1, "dtypes": 1, "device": 1, "hooks": 1,
    "arguments": 1.5, "tensor": 2, "symbol": 2, "out": 2.5,
    "op": 3, "printing": 3,
    "ops": 4,
    "batch": 4.5,
    "naming": 4, "words": 4, "kept": 4, "autograd": 5, "func": 5, "linalg": 5, "special": 5, "testing": 5, "amp": 4, "cuda": 5, "settings": 5,
    "nn": 6, "optim": 6, "utils": 6, "viz": 6, "study": 6.2,
    "accelerator": 6, "backends": 6, "distributed": 6, "distributions": 6, "jit": 6, "mps": 6, "multiprocessing": 6, "onnx": 6, "xpu": 6,
    "serialization": 6.5,
    "__init__": 7,
}  # fmt: skip
CORE_PACKAGES = {"numpy"}  # at import time; the rest loads where it is used
OPTIONAL = {"graphviz", "pygraphviz", "safetensors", "matplotlib", "tqdm", "sklearn", "scipy"}
FILES = sorted(SRC.rglob("*.py"))


def room(path: Path) -> str:
    """The top-level name under glassgrad that a file belongs to."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool]]:
    """What a file imports, as dotted names, and whether at import time (not inside a function)."""
    tree = ast.parse(path.read_text())
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, (ast.FunctionDef, ast.Lambda)) for n in ast.walk(f)}
    checking = {
        id(n) for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.unparse(i.test) for n in ast.walk(i)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in checking:
            continue
        at_import = id(node) not in inside
        if isinstance(node, ast.Import):
            found += [(alias.name, at_import) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write absolute imports, as elsewhere"
            found += [(f"{node.module}.{alias.name}", at_import) for alias in node.names]
    return found


def ours(name: str) -> str | None:
    """The room that an import leads to, None if it isn't glassgrad's."""
    parts = name.split(".")
    return None if parts[0] != "glassgrad" else parts[1] if len(parts) > 1 and parts[1] in FLOORS else "__init__"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_every_file_has_a_floor_and_imports_point_down(path):
    here = room(path)
    assert here in FLOORS, f"{here} stands on no floor: give it one here and in the design"
    for name, _ in imports(path):
        there = ours(name)
        if there is not None and there != here:
            assert FLOORS[there] < FLOORS[here], f"{path.relative_to(SRC)} (floor {FLOORS[here]}) imports {name} (floor {FLOORS[there]})"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_optional_packages_load_where_they_are_used(path):
    allowed = CORE_PACKAGES | {"numba", "llvmlite"} if room(path) == "kernels" else CORE_PACKAGES
    for name, at_import in imports(path):
        package = name.split(".")[0]
        if package == "glassgrad" or package in sys.stdlib_module_names:
            continue
        if at_import:
            assert package in allowed, f"{path.relative_to(SRC)} imports {package} at import time"
        else:
            assert package in allowed | OPTIONAL, f"{path.relative_to(SRC)} imports {package}, which the design doesn't know"


def test_kernels_know_numpy_and_numba_only():
    for path in (SRC / "kernels").rglob("*.py"):
        for name, _ in imports(path):
            package = name.split(".")[0]
            assert package in {"numpy", "numba", "llvmlite"} | set(sys.stdlib_module_names) or name.startswith("glassgrad.kernels"), name


def test_importing_glassgrad_loads_neither_numba_nor_optional_packages():
    code = "import sys, glassgrad; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = set(ast.literal_eval(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout))
    assert not loaded & (OPTIONAL | {"numba", "llvmlite"})


def test_graph_knows_no_tensors_and_tensor_no_ops():
    assert {ours(name) for name, _ in imports(SRC / "graph.py")} <= {None, "writes", "kernels", "patch"}
    assert not any(ours(name) in ("op", "ops") for name, _ in imports(SRC / "tensor.py"))


def test_the_core_fits_one_sitting():
    lines = {name: len((SRC / name).read_text().splitlines()) for name in ("graph.py", "op.py", "tensor.py")}
    assert lines["graph.py"] <= 260
    assert sum(lines.values()) <= 1250, lines
