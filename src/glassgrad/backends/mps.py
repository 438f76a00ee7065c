"""`gg.backends.mps`: a device that isn't there."""


def is_available() -> bool:
    """False: glassgrad runs on the CPU only."""
    return False


is_built = is_available
