"""Where we differ from PyTorch on its own samples on purpose, each with its reason."""

_FACTOR = "the factor of integers must be an integer: PyTorch cuts 0.6 off to 0"
_NAN = "the sign of NaN is NaN: PyTorch's 0 would hide it"

# (operator as in PyTorch's op_db, words of our error or of what the comparison says): the reason
DIFFERENCES: dict[tuple[str, str], str] = {
    ("__rpow__", "negative"): "raises for integers to a negative power, which are fractions: PyTorch gives 0",
    ("addbmm", "must be integers"): _FACTOR,
    ("addmv", "must be integers"): _FACTOR,
    ("baddbmm", "must be integers"): _FACTOR,
    ("heaviside", "is nan, PyTorch's 0.0"): "NaN stays NaN: PyTorch's 0 would hide it",
    ("nn.functional.gaussian_nll_loss", "broadcast they would be compared"): "raises for a target of another shape, as all losses do",
    ("polygamma", "is 0.0, PyTorch's nan"): "at infinity it is 0, the limit, not NaN",
    ("sgn", "is nan, PyTorch's 0.0"): _NAN,
    ("sign", "is nan, PyTorch's 0.0"): _NAN,
}


def reason(outcome):
    """Why an outcome that doesn't match is as it is meant to be, or None."""
    name = outcome.op.partition(" (")[0]
    return next((why for (op, words), why in DIFFERENCES.items() if op == name and words in outcome.what), None)
