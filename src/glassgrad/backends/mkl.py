"""`gg.backends.mkl`: a library that isn't used."""


def is_available() -> bool:
    """False: matrix products are glassgrad's own kernels, or NumPy's."""
    return False
