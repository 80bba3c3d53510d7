"""What is in the tree is in the package: every module folder and every data file."""

from __future__ import annotations

import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
NOT_SHIPPED = (
    "tests/*",
    "docs/*",
    ".ci/*",
    ".gitignore",
    "*.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "examples/*",
)
LARGEST_WEIGHTS = 60 * 1024**2


def tracked() -> list[str]:
    result = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()


def test_every_package_is_listed() -> None:
    modules = [f for f in tracked() if f.endswith("__init__.py") and not f.startswith(("tests/", "examples/"))]
    folders = {str(Path(f).parent) for f in modules}
    names = {"fundoscope" if folder == "." else "fundoscope." + folder.replace("/", ".") for folder in folders}
    assert names == set(SETUPTOOLS["packages"])


def test_every_data_file_is_shipped() -> None:
    patterns = [
        (name.removeprefix("fundoscope").lstrip(".").replace(".", "/") + "/" + pattern).lstrip("/")
        for name, listed in SETUPTOOLS["package-data"].items()
        for pattern in listed
    ]
    for file in tracked():
        if file.endswith(".py") or any(fnmatch(file, pattern) for pattern in NOT_SHIPPED if "/" in pattern):
            continue
        if "/" not in file and any(fnmatch(file, pattern) for pattern in NOT_SHIPPED):
            continue
        assert any(fnmatch(file, pattern) for pattern in patterns), file


def test_weights_stay_small_and_are_safetensors() -> None:
    weights = [ROOT / f for f in tracked() if "/weights/" in f]
    assert sum(f.stat().st_size for f in weights) <= LARGEST_WEIGHTS
    assert {f.suffix for f in weights} <= {".safetensors", ".json", ".csv", ".npz"} - {".npz"}
