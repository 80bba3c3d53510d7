"""Peak memory is this program's own, whatever the program held that started it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from fundoscope.evals.peak import peak_bytes


def test_what_was_held_once_counts_and_what_the_parent_held_does_not() -> None:
    before = peak_bytes()
    held = np.ones(100_000_000)  # 800 MB
    assert peak_bytes() - before > 4e8 or before > held.nbytes
    code = "from fundoscope.evals.peak import peak_bytes; print(peak_bytes())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    del held
    assert 5e6 < int(child.stdout) < 4e8
