"""Gradients on request, and their check against finite differences."""

from typing import TYPE_CHECKING, Any

from glassgrad._mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from glassgrad.absent import missing
from glassgrad.autograd import function as function
from glassgrad.autograd import graph as graph
from glassgrad.autograd import hooks as hooks  # they become methods of Tensor
from glassgrad.autograd.anomaly import detect_anomaly, is_anomaly_check_nan_enabled, is_anomaly_enabled, set_detect_anomaly
from glassgrad.autograd.function import Function, once_differentiable
from glassgrad.autograd.grad import backward, grad
from glassgrad.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from glassgrad.autograd.variable import Variable

__all__ = [
    "Function", "GradcheckError", "Variable", "backward", "detect_anomaly", "enable_grad", "function", "grad", "gradcheck",
    "gradgradcheck", "graph", "inference_mode", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "no_grad", "once_differentiable",
    "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip

if TYPE_CHECKING:
    from glassgrad.autograd import functional as functional


def __getattr__(name: str) -> Any:
    """Load `autograd.functional` when it is first used."""
    if name == "functional":
        from importlib import import_module

        return import_module("glassgrad.autograd.functional")
    raise missing(__name__, name)
