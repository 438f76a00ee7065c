"""The page: a recorded computation as one HTML file, to step through forward and backward, to fold, and to ask for single numbers."""

from __future__ import annotations

import json
import os
import sys
from importlib.resources import files
from typing import Any

from glassgrad import hooks
from glassgrad.naming import Names
from glassgrad.study.tape import Tape
from glassgrad.study.web.data import Book
from glassgrad.study.web.runs import run_of_loss, run_of_tape
from glassgrad.tensor import Tensor, seed
from glassgrad.writes import outside

SCRIPTS = ("arrays", "layout", "microscope", "state", "graph", "detail", "whatif", "app")  # in this order


def page(target: Tensor | Tape, path: str | os.PathLike[str], gradient: Any = None, title: str = "", max_bytes: int = 2_500_000) -> str:
    """Write a computation as one HTML file that needs no server and no network, and return its path.

    target: a tape, `with gg.study.record() as tape:`, or a tensor. Of a tensor that no tape saw, the page knows only what ops kept for
    backward. Where backward() was not called it shows what it would do (from `gradient`, for a tensor of several elements).
    max_bytes: of arrays, in base64; where there is more, the page shows corners of the largest.

    >>> x = gg.tensor([1.0, 2.0], requires_grad=True)
    >>> with gg.study.record() as tape:
    ...     (x * x).sum().backward()
    >>> tape.save("page.html")  # doctest: +SKIP
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"page: path must be a str or a Path, got {type(path).__name__}: write tape.save('page.html')")
    path = str(path)
    if not path.lower().endswith((".html", ".htm")):
        raise ValueError(f"page: {path!r} must end in .html")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"page: there is no folder {folder!r}: make it first, or give another path")
    if isinstance(target, Tape):
        if not target.nodes:
            raise ValueError("page: this tape saw no op: run the forward inside `with gg.study.record() as tape:`, on what requires grad")
        run = run_of_tape(target)
    elif isinstance(target, Tensor):
        root = seed("page", target, gradient, False)
        if target.grad_fn is None:
            raise ValueError("page: this tensor is a leaf, which no op computed: pass a loss, or a tape")
        run = run_of_loss(root, next((tape for tape in hooks.tapes if root[0] in tape.values), None))
    else:
        raise TypeError(f"page: expected a tensor or a tape, got {type(target).__name__}: write gg.viz.page(loss, 'page.html')")
    names = Names()
    names.add_scopes(run.nodes)  # before variables: a parameter keeps its path
    names.add_variables(outside(sys._getframe(1)))
    names.add_lines(run.nodes)
    text = written(Book(run, names).data(title or _title(run), max_bytes))
    part = f"{os.path.realpath(path)}.{os.getpid()}.part"
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(part, os.path.realpath(path))
    except OSError as error:
        if os.path.exists(part):
            os.unlink(part)
        raise type(error)(error.errno, f"page: can't write {path!r} ({error.strerror}): give another path") from None
    return path


def written(data: dict[str, Any]) -> str:
    """The HTML of a page: the template with style, code and data put in."""
    found = files(__package__)
    text = (found / "page.html").read_text("utf-8")
    scripts = [f"<script>\n{(found / f'{name}.js').read_text('utf-8')}</script>" for name in SCRIPTS]
    text = text.replace("/* style.css */", (found / "style.css").read_text("utf-8")).replace("<!-- scripts -->", "\n".join(scripts))
    safe = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return text.replace("/* data */", safe.replace("\u2028", "\\u2028"))


def _title(run: Any) -> str:
    return f"{len(run.nodes):,} ops"
