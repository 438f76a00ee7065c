"""Modes, threads, forks, the disk cache: what every kernel shares."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from glassgrad import kernels

SOURCE = str(Path(kernels.__file__).parents[2])


def python(code, **environment):
    """Run `code` in a fresh interpreter -> (exit status, output, errors)."""
    env = os.environ | {"PYTHONPATH": SOURCE} | environment
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.replace(TOLD, "")  # on a slow machine any of these may compile for a second


TOLD = "glassgrad: compiling kernels, first run only\n"


def everything(rng):
    """(name, arguments) of a call of each kernel, large enough to use threads."""
    a, b = rng.standard_normal((2, 130, 130)).astype(np.float32)
    yield "matmul", (a, b)
    yield "matmul", (a.T, b.T)
    yield "matmul", tuple(rng.standard_normal((2, 7, 64, 64)))
    yield "matmul", (a[:5], np.tile(b, 30))  # split by columns
    yield "linear", (a, b, b[0])
    for name in ("softmax", "log_softmax"):
        yield name, (a,)
    for name in ("softmax_grad", "log_softmax_grad"):
        yield name, (a, b)
    yield "erf", (np.tile(a, 3),)
    large = np.tile(a, 3)
    for approximate in ("none", "tanh"):
        yield "gelu", (large, approximate)
        yield "gelu_grad", (large[::-1], large, approximate)
    yield "layer_norm", (a, (130,), b[0], b[1], 1e-5)
    yield "layer_norm_grad", (b, a, b[0], a[:, :1], a[:, 1:2], (130,))
    yield "embedding_grad", (a, rng.integers(0, 9, 130), 9)


@pytest.fixture
def threads():
    """Set the number of threads; afterwards restore it."""
    before = kernels.get_num_threads()
    yield kernels.set_num_threads
    kernels.set_num_threads(before)


def test_any_number_of_threads_gives_the_same_bits(threads, rng):
    for name, args in everything(rng):
        results = []
        for n in (1, 2, 3, 1000):
            threads(n)
            results.append(getattr(kernels, name)(*args))
        each = [r if isinstance(r, tuple) else (r,) for r in results]
        assert all(np.array_equal(a, b) for r in each[1:] for a, b in zip(each[0], r, strict=True)), name


def test_number_of_threads(threads):
    threads(1)
    assert kernels.get_num_threads() == 1
    with pytest.raises(ValueError, match="at least 1"):
        threads(0)


def test_number_of_threads_is_remembered_until_numba_is_loaded():
    code = """
import sys
from glassgrad import kernels
kernels.set_num_threads(1)
print(kernels.get_num_threads(), "numba" in sys.modules)
import numpy as np
with kernels.use("numba"):
    kernels.matmul(np.ones((2, 2)), np.ones((2, 2)))
print(kernels.get_num_threads(), "numba" in sys.modules)
"""
    assert python(code)[1].split() == ["1", "False", "1", "True"]


@pytest.mark.parametrize("layer", ["omp", "workqueue"])
def test_python_threads_may_run_kernels_at_once(layer):
    code = """
import threading
import numpy as np
from glassgrad import kernels
kernels.use("numba")
rng = np.random.default_rng(0)
a, x = rng.standard_normal((2, 150, 150)).astype(np.float32)
expected = kernels.matmul(a, x), kernels.softmax(x)
wrong = []
def work():
    for _ in range(200):
        if not np.array_equal(kernels.matmul(a, x), expected[0]) or not np.array_equal(kernels.softmax(x), expected[1]):
            wrong.append(1)
workers = [threading.Thread(target=work) for _ in range(4)]
[w.start() for w in workers], [w.join() for w in workers]
print("right" if not wrong else "wrong")
"""
    status, out, err = python(code, NUMBA_THREADING_LAYER=layer)
    if "threading layer" in err:
        pytest.skip(f"no {layer} here")
    assert (status, out.strip(), err) == (0, "right", "")


def test_first_use_by_several_threads_at_once(rng):
    code = """
import threading
import numpy as np
from glassgrad import kernels
kernels.use("numba")
a = np.random.default_rng(0).standard_normal((150, 150))
results = []
workers = [threading.Thread(target=lambda: results.append(kernels.matmul(a, a))) for _ in range(4)]
[w.start() for w in workers], [w.join() for w in workers]
print(len(results), all(np.array_equal(results[0], r) for r in results))
"""
    assert python(code)[1:] == ("4 True\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.parametrize("layer", ["omp", "workqueue"])
@pytest.mark.filterwarnings("ignore")
def test_a_forked_child_runs_kernels(layer):
    code = """
import multiprocessing, os, warnings
import numpy as np
from glassgrad import kernels
kernels.use("numba")
warnings.simplefilter("ignore")  # Python's own about forking a process that has threads
a = np.random.default_rng(0).standard_normal((150, 150)).astype(np.float32)
expected = kernels.matmul(a, a), kernels.softmax(a)
def right():
    return np.array_equal(kernels.matmul(a, a), expected[0]) and np.array_equal(kernels.softmax(a), expected[1])
child = os.fork()
if child == 0:
    os._exit(0 if right() and kernels.get_num_threads() == 1 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.apply(right), pool.apply(right))
print(right())
"""
    status, out, err = python(code, NUMBA_THREADING_LAYER=layer)
    if "threading layer" in err:
        pytest.skip(f"no {layer} here")
    assert (status, out.split(), err) == (0, ["0", "True", "True", "True"], "")


def test_import_is_light():
    status, out, err = python("import sys, glassgrad.kernels; print('numba' in sys.modules)")
    assert (status, out.strip(), err) == (0, "False", "")


@pytest.mark.parametrize("name", kernels.MODES)
def test_mode_comes_from_the_environment(name):
    assert python("from glassgrad import kernels; print(kernels.mode)", GLASSGRAD_KERNELS=name)[1].strip() == name


def test_an_unknown_mode_in_the_environment_is_an_error():
    status, _, err = python("from glassgrad import kernels", GLASSGRAD_KERNELS="cuda")
    assert status and "ValueError" in err and all(repr(m) in err for m in (*kernels.MODES, "cuda"))


def test_use_restores_the_mode():
    assert kernels.mode == "numba"
    with kernels.use("numpy"):
        assert kernels.mode == "numpy"
        with pytest.raises(ZeroDivisionError), kernels.use("auto"):
            1 / 0  # noqa: B018
        assert kernels.mode == "numpy"
    assert kernels.mode == "numba"
    with pytest.raises(ValueError, match="'auto', 'numpy', 'numba'"):
        kernels.use("torch")
    assert kernels.mode == "numba"


def test_mode_numpy_declines_everything(rng):
    with kernels.use("numpy"):
        for name, args in everything(rng):
            assert getattr(kernels, name)(*args) is NotImplemented


def test_mode_auto_leaves_small_products_to_numpy(rng):
    a = rng.standard_normal((200, 200)).astype(np.float32)
    with kernels.use("auto"):
        assert kernels.matmul(a[:2, :2], a[:2, :2]) is NotImplemented
        assert kernels.matmul(a, a[0]) is NotImplemented
        assert kernels.matmul(a, a) is not NotImplemented


@pytest.mark.parametrize("disabled", ["", "1"])
def test_without_numba_kernels_decline(disabled):
    code = """
import os, sys
if not os.environ["NUMBA_DISABLE_JIT"]:
    sys.modules["numba"] = None
import numpy as np
from glassgrad import kernels
a = np.ones((200, 200))
print(kernels.matmul(a, a), kernels.softmax(a), kernels.get_num_threads() >= 1)
kernels.set_num_threads(1)
"""
    result = python(code, NUMBA_DISABLE_JIT=disabled)
    assert result[1:] == ("NotImplemented NotImplemented True\n", "")


def test_a_second_process_loads_from_the_cache(tmp_path):
    code = """
import numpy as np
from glassgrad import kernels
from glassgrad.kernels import scatter
kernels.use("numba")
kernels.embedding_grad(np.ones((2, 3)), np.array([0, 1]), 2)
print(sum(scatter._sums(np.float64).stats.cache_hits.values()), "numba.np.linalg" in sys.modules)
"""
    runs = [python("import sys\n" + code, NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2)]
    assert [r[1].strip() for r in runs] == ["0 True", "1 False"] and not any(r[2] for r in runs)  # what only compiling needs isn't loaded


def test_compiling_for_long_is_told_once(capfd, monkeypatch, rng):
    from glassgrad.kernels import _jit

    monkeypatch.setattr(_jit, "_told", False)
    _jit._tell()
    _jit._tell()
    assert capfd.readouterr().err == TOLD
    told = threading.Event()
    monkeypatch.setattr(_jit, "_told", False)
    monkeypatch.setattr(_jit, "_tell", told.set)
    monkeypatch.setattr(_jit, "_spent", _jit.PATIENCE)

    @_jit.jit()
    def waits(x):
        return x + 1

    before = waits.compile
    assert waits(1) == 2 and before is waits.compile
    assert told.wait(10)


def test_info_tells_how_kernels_run(rng):
    x = rng.standard_normal((10, 20)).astype(np.float32)
    kernels.matmul(x, x.T)
    found = kernels.info()
    assert found["mode"] == "numba" and found["threads"] >= 1 and "bits" in found["vectors"]
    assert any("gemm" in name for name in found["compiled"])
    code = "from runpy import run_module; run_module('glassgrad.kernels', run_name='__main__')"
    status, out, errors = python(code)
    assert (status, errors) == (0, "") and "vectors: " in out


def test_no_folder_for_the_cache_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    code = """
import numpy as np
from glassgrad import kernels
kernels.use("numba")
print(kernels.embedding_grad(np.ones((2, 3)), np.array([0, 1]), 2).sum())
"""
    assert python(code, NUMBA_CACHE_DIR=str(blocked / "sub")) == (0, "6.0\n", "")


def test_a_damaged_cache_is_no_error(tmp_path):
    code = """
import numpy as np
from glassgrad import kernels
kernels.use("numba")
print(kernels.embedding_grad(np.ones((2, 3)), np.array([0, 1]), 2).sum())
"""
    assert python(code, NUMBA_CACHE_DIR=str(tmp_path)) == (0, "6.0\n", "")
    for file in tmp_path.rglob("*.nb?"):
        file.write_bytes(file.read_bytes()[:100])
    assert python(code, NUMBA_CACHE_DIR=str(tmp_path)) == (0, "6.0\n", "")


def test_the_callers_thread_keeps_its_warning_filters(rng):
    # compiling must not leave a changed filter behind, whichever thread compiles
    import warnings

    before = list(warnings.filters)
    worker = threading.Thread(target=lambda: kernels.erf(rng.standard_normal(3)))
    worker.start(), worker.join()
    assert warnings.filters == before
