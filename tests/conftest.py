"""Every test starts from the same state: grad mode, default dtype, kernels, seed; and hypothesis draws the same examples each run."""

import numpy as np
import pytest
from hypothesis import settings

import glassgrad as gg
from glassgrad import kernels

settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=120)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def fresh_state():
    mode = kernels.mode
    gg.manual_seed(0)
    with np.errstate(all="ignore"):
        yield
    gg.set_grad_enabled(True)
    gg.set_default_dtype(gg.float32)
    kernels.mode = mode
