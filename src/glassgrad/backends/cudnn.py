"""`gg.backends.cudnn`: switches that may be set, of a library that isn't used."""

enabled = benchmark = deterministic = allow_tf32 = False


def is_available() -> bool:
    """False: glassgrad runs on the CPU only."""
    return False


def version() -> None:
    """None: the library isn't used."""
