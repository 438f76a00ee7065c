"""`gg.backends.cuda`: switches that may be set, of a device that isn't there."""

from types import SimpleNamespace
from typing import Any

matmul = SimpleNamespace(
    allow_tf32=False, allow_fp16_reduced_precision_reduction=False, allow_bf16_reduced_precision_reduction=False, fp32_precision="ieee"
)


def is_built() -> bool:
    """False: glassgrad runs on the CPU only."""
    return False


def _nothing(enabled: Any) -> None:
    """Nothing: attention has one kernel, on the CPU."""


enable_flash_sdp = enable_math_sdp = enable_mem_efficient_sdp = enable_cudnn_sdp = _nothing
