"""The machine of a measure."""
import importlib.metadata
import os
import platform
from datetime import datetime
from pathlib import Path


def machine() -> dict:
    """Where and when these figures were measured."""
    names = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.partition(": ")[2] for line in names if line.startswith("model name")), platform.processor())
    versions = {name: importlib.metadata.version(name) for name in ("keras", "tensorflow", "jax", "mlflow", "pandas", "scikit-learn")}
    return {"cpu": cpu.strip(), "cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version(), "date": f"{datetime.now():%Y-%m-%d}", **versions}
