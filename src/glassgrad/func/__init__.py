"""Function transforms: derivatives of functions, and functions of a batch; PyTorch's `torch.func`."""

from glassgrad.func.module import functional_call, stack_module_state
from glassgrad.func.transforms import grad, grad_and_value, hessian, hvp, jacfwd, jacrev, jvp, linearize, value_and_grad, vjp
from glassgrad.func.vmap import vmap

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "hvp", "jacfwd", "jacrev", "jvp", "linearize", "stack_module_state",
    "value_and_grad", "vjp", "vmap",
]  # fmt: skip
