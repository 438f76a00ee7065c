"""Special functions under PyTorch's names: `gg.special.expit`, `gg.special.ndtr`, `gg.special.xlog1py` and their kin."""

from __future__ import annotations

from typing import Any

from glassgrad.absent import missing
from glassgrad.ops.elementwise import round
from glassgrad.ops.reduce import logsumexp
from glassgrad.ops.softmax import log_softmax, softmax
from glassgrad.ops.special import (
    digamma,
    entr,
    erf,
    erfc,
    erfcx,
    erfinv,
    exp2,
    expm1,
    log1p,
    log_ndtr,
    logit,
    ndtr,
    ndtri,
    polygamma,
    sinc,
    xlog1py,
    xlogy,
)
from glassgrad.ops.special import digamma as psi
from glassgrad.ops.special import lgamma as gammaln
from glassgrad.ops.special import mvlgamma as multigammaln
from glassgrad.ops.special import sigmoid as expit

__all__ = [
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit", "expm1", "gammaln", "log1p", "log_ndtr", "log_softmax", "logit",
    "logsumexp", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "sinc", "softmax", "xlog1py", "xlogy",
]  # fmt: skip


__path__: list[str] = []  # so that `from glassgrad.special import bessel_j0` asks absent.py, too


def __getattr__(name: str) -> Any:
    """For a function that isn't here, AttributeError that says what is."""
    raise missing(__name__, name)
