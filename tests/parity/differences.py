"""Where we differ from PyTorch on its own samples on purpose, each with its reason. Names as in PyTorch's op_db, with the variant if it has one."""

# Some samples raise a clear error of ours.
REFUSED: dict[str, str] = {
    "norm (nuc)": "the sum of singular values is gg.linalg.norm(x, 'nuc')",
}

# Some samples give another answer than PyTorch's. The key is (operator, words of what the comparison says).
_NAN = "NaN stays NaN"
OTHERWISE: dict[tuple[str, str], str] = {
    ("heaviside", "is nan, PyTorch's 0.0"): _NAN,
    ("linalg.lstsq", "requires grad, PyTorch's doesn't"): "the singular values have derivatives too",
    ("sgn", "is nan, PyTorch's 0.0"): _NAN,
    ("sign", "is nan, PyTorch's 0.0"): _NAN,
}
