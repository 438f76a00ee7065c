"""The main job: it learns, it resumes where it stopped, and it says in one line what is wrong with its input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "train_gpt.py"
TINY = ["--layers", "1", "--heads", "2", "--width", "16", "--context", "16", "--batch", "4", "--warmup", "2", "--every", "4", "--sample", "0"]


def run(*args, cwd):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, args)], capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("the quick brown fox jumps over the lazy dog. " * 40)
    return path


def losses(path):
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return [value for _, value in json.loads(file.metadata()["glassgrad"])["losses"]]


def test_it_learns_and_leaves_its_pictures(tmp_path, text):
    done = run("--text", text, *TINY[:-2], "--steps", 60, "--lr", "1e-2", "--sample", 30, "--save", "w.safetensors", "--out", "made", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = losses(tmp_path / "w.safetensors")
    assert found[-1] < 0.8 * found[0]
    assert (tmp_path / "made" / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "made" / "block.svg").read_text()
    sample = done.stdout.split("-" * 80)[1].strip("\n")
    assert set(sample) <= set(text.read_text()) | {"\n"} and len(sample) > 10


def test_resuming_is_as_if_it_had_never_stopped(tmp_path, text):
    common = ["--text", text, *TINY]
    assert run(*common, "--steps", 8, "--save", "whole.safetensors", cwd=tmp_path).returncode == 0
    # The schedule depends on --steps, so a run is stopped in the middle by taking the file that --every wrote.
    done = subprocess.run([sys.executable, "-c", STOP_AT_4, str(SCRIPT), *map(str, [*common, "--steps", 8, "--save", "part.safetensors"])],
                          capture_output=True, text=True, cwd=tmp_path)  # fmt: skip
    assert "stopped" in done.stderr
    assert len(losses(tmp_path / "part.safetensors")) == 4
    resumed = run(*common, "--steps", 8, "--resume", "part.safetensors", "--save", "part.safetensors", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert losses(tmp_path / "part.safetensors") == losses(tmp_path / "whole.safetensors")


STOP_AT_4 = """
import runpy, sys
sys.argv = sys.argv[1:]
space = runpy.run_path(sys.argv[0])
save = space["save"]
def stop_after_saving(*args):
    save(*args)
    sys.exit("stopped")
space["main"].__globals__["save"] = stop_after_saving
space["main"](sys.argv[1:])
"""


@pytest.mark.parametrize("args, says", [
    (["--text", "missing.txt"], "missing.txt: No such file"),
    (["--text", "empty.txt"], "empty"),
    (["--text", "short.txt"], "too short"),
    (["--text", "binary.txt"], "not UTF-8"),
    (["--text", "."], "directory"),
    (["--layers", "0"], "--layers must be at least 1"),
    (["--layers", "many"], "invalid int"),
    (["--lr", "-1"], "--lr must be positive"),
    (["--lr", "nan"], "--lr must be positive"),
    (["--temperature", "0"], "--temperature must be positive"),
    (["--dropout", "1"], "--dropout must lie in [0, 1)"),
    (["--width", "30", "--heads", "4"], "must be a multiple of --heads"),
    (["--prompt", ""], "--prompt can't be empty"),
    (["--prompt", "\u2603"], "doesn't know"),
    (["--out", "file.txt"], "--out file.txt"),
    (["--save", "file.txt/w.safetensors"], "--save"),
    (["--save", "."], "is a folder"),
    (["--resume", "missing.safetensors"], "--resume missing.safetensors"),
    (["--resume", "file.txt"], "--resume file.txt"),
    (["--nonsense"], "unrecognized arguments"),
])  # fmt: skip
def test_bad_input_gives_one_clear_line_and_exit_code_2(tmp_path, args, says):
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "short.txt").write_text("abc" * 100)
    (tmp_path / "binary.txt").write_bytes(bytes(range(128, 256)))
    done = run("--steps", 1, "--sample", 0, *args, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr and done.stderr.startswith("train_gpt: ") and done.stderr.count("\n") == 1
    assert (tmp_path / "file.txt").read_text() == "x"


def test_a_saved_model_refuses_other_flags(tmp_path, text):
    assert run("--text", text, *TINY, "--steps", 4, "--save", "w.safetensors", cwd=tmp_path).returncode == 0
    done = run("--text", text, *TINY, "--layers", 2, "--steps", 8, "--resume", "w.safetensors", cwd=tmp_path)
    assert done.returncode == 2 and "that model has layers 1" in done.stderr
    done = run("--text", text, *TINY, "--steps", 4, "--resume", "w.safetensors", cwd=tmp_path)
    assert done.returncode == 2 and "has done 4 steps already" in done.stderr
