import numpy as np
import pytest

from glassgrad import kernels


@pytest.fixture(autouse=True)
def numba_mode():
    """Force the kernels, whatever the thresholds and the environment say."""
    pytest.importorskip("numba")
    with kernels.use("numba"):
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def widths():
    """Every vector width that this CPU runs, with and without a fused multiply-add."""
    from glassgrad.kernels import tile

    host, _, fused = tile.host()
    return [(w, v, f) for w, v in ((16, 2), (32, 2), (64, 4)) if w <= host for f in {False, fused}]
