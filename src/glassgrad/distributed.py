"""`gg.distributed`: one process. What asks whether there are more is answered; what needs them raises NotImplementedError."""

from __future__ import annotations

from glassgrad.absent import refusing

_ONE = "glassgrad trains in one process: leave it out where gg.distributed.is_initialized() is False"
_NAMES = (
    "all_gather", "all_reduce", "barrier", "broadcast", "destroy_process_group", "gather", "get_backend", "get_rank", "get_world_size",
    "init_process_group", "new_group", "recv", "reduce", "reduce_scatter", "scatter", "send",
)  # fmt: skip
globals().update({name: refusing(f"distributed.{name}", _ONE) for name in _NAMES})


def is_available() -> bool:
    """False: there is one process."""
    return False


is_initialized = is_nccl_available = is_gloo_available = is_mpi_available = is_torchelastic_launched = is_available
