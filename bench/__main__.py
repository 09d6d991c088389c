"""`python -m bench [STAGE …]`: measure, keep in bench/results.json, print the medians."""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Optional

import pandas as pd
import typer

from bench.machine import machine
from bench.service import serving

PYTHON, ROOT = sys.executable, Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results.json"
JAX = {"KERAS_BACKEND": "jax"}


def measure(*words: str) -> list[str]: return [PYTHON, "-m", "bench.measures", *words]


# Stage → what is run in turn: case, command, environment; `cold`: with an empty cache
PLANS = {
    "import": [("python", [PYTHON, "-c", "pass"], {}), ("import pandas", [PYTHON, "-c", "import pandas"], {}), ("import brest_ts", [PYTHON, "-c", "import brest_ts"], {}),
               ("brest-ts --help", [PYTHON, "-c", "import sys; from brest_ts.cli import app; app(['--help'])"], {}), ("import brest_ts.modelling (TensorFlow)", [PYTHON, "-c", "import brest_ts.modelling"], {}),
               ("import brest_ts.modelling (JAX)", [PYTHON, "-c", "import brest_ts.modelling"], JAX)],
    "data": [("library", measure("data"), {"cold": "1"}), ("parquet, 2 columns", measure("load", "parquet:date_heure,consommation"), {}),
             ("parquet, 4 columns", measure("load", "parquet:date_heure,code_insee_epci,libelle_metropole,consommation"), {}), ("json, every column", measure("load", "json"), {})],
    "cities": [(f"{count} cities", measure("cities", str(count)), {}) for count in (1, 5, 21)],
    "forecast": [("TensorFlow", measure("forecast"), {}), ("JAX", measure("forecast"), JAX), ("ridge", measure("ridge"), JAX)],
    "fit": [("reference, TensorFlow", measure("fit", "reference"), {}), ("before, TensorFlow", measure("fit", "before"), {}), ("before, JAX", measure("fit", "before"), JAX),
            ("ours, TensorFlow", measure("fit", "ours"), {}), ("ours, JAX, cold", measure("fit", "ours"), JAX | {"cold": "1"}), ("ours, JAX", measure("fit", "ours"), JAX)],
    "morning": [("TensorFlow", measure("morning"), {}), ("JAX", measure("morning"), JAX)],
    "backtest": [("TensorFlow", measure("backtest", "persistence,last_week,smoothing,ridge,boosting,lstm,blend"), {})],
    "train": [("first epoch", measure("first_epoch"), {}), ("TensorFlow", measure("train"), {}), ("JAX, cold", measure("train"), JAX | {"cold": "1"}), ("JAX", measure("train"), JAX),
              ("JAX, TensorFlow imported", measure("train", "tensorflow"), JAX), ("JAX, long compilations kept only", measure("train"), JAX | {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "1", "own": "1"})],
}


def run_once(command: list[str], env: dict[str, str], shared: Path) -> dict:
    """The figures of one process, with its wall time (s), peak memory (MB) and the machine's load before it."""
    with tempfile.TemporaryDirectory() as fresh, tempfile.TemporaryFile("w+") as aside:
        env = dict(env)
        cache = fresh if env.pop("cold", None) else shared / "own" if env.pop("own", None) else shared
        env = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg", "BREST_TS_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)} | env
        inherited = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI" and not name.startswith("JAX_")}
        before, begin = os.getloadavg()[0], time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=aside, text=True, cwd=ROOT, env=inherited | env)
        out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        aside.seek(0)
        if status: raise SystemExit(f"{' '.join(command)} failed:\n{aside.read()[-2000:]}")
    figures = json.loads(out.splitlines()[-1], parse_float=lambda number: round(float(number), 4)) if "bench.measures" in command else {}
    return {"wall": round(wall, 3), "peak_mb": round(used.ru_maxrss / 1024), "load_average": round(before, 1), **figures}


def medians(runs: list[dict]) -> pd.DataFrame:
    """One row per stage, case and figure."""
    long = pd.DataFrame(runs).drop(columns="curve", errors="ignore").melt(["stage", "case", "run"], var_name="figure").dropna()
    return long.astype({"value": float}).groupby(["stage", "case", "figure"], sort=False)["value"].median().rename("median").to_frame()


def main(stages: Annotated[Optional[list[str]], typer.Argument(help=f"Among {', '.join(PLANS)}; else all.")] = None,
         runs: Annotated[int, typer.Option(min=1, help="Times that every case is run, in turn.")] = 3,
         add: Annotated[bool, typer.Option("--add", help="Add to the runs that were kept, rather than replace them.")] = False):
    """Measure in fresh processes; a stage that is measured again replaces what was kept of it, unless it adds."""
    stages = stages or list(PLANS)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"runs": []}
    with serving() as urls, tempfile.TemporaryDirectory() as shared:
        for stage in stages:
            found = [row for row in kept["runs"] if row["stage"] == stage] if add else []
            done = 1 + max((row["run"] for row in found), default=-1)
            for case, command, env in PLANS[stage]:  # what is compiled or cached once is not timed
                if stage in ("fit", "train", "forecast", "morning") and env.get("KERAS_BACKEND") == "jax" and "cold" not in env and "imported" not in case: run_once(command, urls | env, Path(shared))
            for run in range(done, done + runs):
                for case, command, env in PLANS[stage]:
                    found.append({"stage": stage, "case": case, "run": run, **run_once(command, urls | env, Path(shared))})
                    print(f"{stage}, {case}, run {run + 1}: {found[-1]['wall']:.1f} s", file=sys.stderr)
            kept = {"machine": machine(), "runs": [row for row in kept["runs"] if row["stage"] != stage] + found}
            rows = ",\n".join(json.dumps(row) for row in kept["runs"])
            RESULTS.write_text(f'{{"machine": {json.dumps(kept["machine"])},\n"runs": [\n{rows}\n]}}\n')
    print(medians([row for row in kept["runs"] if row["stage"] in stages]).round(3).to_string())


typer.run(main)
