"""Where fixtures lie: JSON, numbers as base64 of float64, and the checksums of all files."""

import base64
import hashlib
import json
import pathlib

import numpy as np

FIXTURES = pathlib.Path(__file__).parent / "fixtures"


def encoded(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f8").tobytes()).decode()


def store(name, fixture):
    path = FIXTURES / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(fixture, indent=1) + "\n")


def sum_up():
    """Writes the checksums of all fixtures."""
    files = sorted(FIXTURES.rglob("*.json"))
    sums = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(FIXTURES)}" for f in files]
    (FIXTURES / "SHA256SUMS").write_text("\n".join(sums) + "\n")
