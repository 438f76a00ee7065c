"""The apple example: its numbers, its picture, its error."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

APPLE = Path(__file__).parents[2] / "examples" / "apple.py"


def run(out):
    return subprocess.run([sys.executable, APPLE, "--short", "--out", out], capture_output=True, text=True)


def test_apple(tmp_path):
    done = run(tmp_path / "made" / "here")
    assert done.returncode == 0, done.stderr
    for line in ("= 200 * 1.1 = 220", "apple  and gets g * b = 1.1 * 2 = 2.2", "  2.2 when", "  110 when", "  200 when"):
        assert line in done.stdout
    text = "".join(ET.parse(tmp_path / "made" / "here" / "apple.svg").getroot().itertext())
    for word in ("apple", "number", "tax", "fruit", "scalar = 200", "= 220"):
        assert word in text


def test_a_folder_that_can_not_be_made(tmp_path):
    (tmp_path / "file").touch()
    done = run(tmp_path / "file" / "below")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("apple.py: can't draw into")
