"""Gradients on request, and their check against finite differences."""

from glassgrad._mode import enable_grad, no_grad, set_grad_enabled
from glassgrad.autograd.grad import backward, grad
from glassgrad.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck

__all__ = ["GradcheckError", "backward", "enable_grad", "grad", "gradcheck", "gradgradcheck", "no_grad", "set_grad_enabled"]
