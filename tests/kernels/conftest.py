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
