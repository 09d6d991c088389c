"""`python -m bench.peers [CITY …]`: the same table for everyone, one judge; keep in bench/peers/results.json, print."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Optional

import pandas as pd
import typer

from bench.machine import machine
from bench.peers.judge import judge, ledger, quantiles_from
from bench.peers.ours import MODELS
from bench.peers.table import windows_of, write
from brest_ts.backtesting import naive_errors
from brest_ts.tracking import Settings

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
CITIES = {"Brest": Settings("Brest", "simulation"), "Grand Paris": Settings("Grand Paris", "live", "2021-01-01", "2023-01-01", "2023-12-31")}
PEERS = {"skforecast": ["peer_skforecast.py"], "mlforecast": ["peer_mlforecast.py", "mlforecast"],
         "mlforecast_level": ["peer_mlforecast.py", "mlforecast_level"],
         "openstef_lgbm": ["peer_openstef.py", "lgbm"], "openstef_xgboost": ["peer_openstef.py", "xgboost"]}
HORIZONS = [1, 2, 7]


def run(command: list, **environment: str) -> None:
    """A command that must succeed."""
    print(" ".join(map(str, command)), file=sys.stderr)
    done = subprocess.run(list(map(str, command)), check=False, cwd=HERE.parent.parent, env=os.environ | environment, stderr=subprocess.PIPE, text=True)
    if done.returncode: raise SystemExit(f"it failed:\n{done.stderr[-2000:]}")


def compare(settings: Settings, folder: Path, peers: list[str], ours: list[str], every: int) -> dict:
    """Everyone on one city: facts of the task, versions and seconds, scores. Who has answered in this folder is not asked again."""
    facts = write(folder, settings, every)
    for peer in peers:
        if (folder / f"{peer}.json").exists(): continue
        script, *words = PEERS[peer]
        run(["uv", "run", "--quiet", "--script", HERE / script, folder, *words])
    if not all((folder / f"{name}.json").exists() for name in ours): run([sys.executable, "-m", "bench.peers.ours", folder, *ours], KERAS_BACKEND="jax")
    _, whole = windows_of(folder)
    test = whole[(whole.days >= settings.split) & (whole.days <= settings.end)]
    said = {peer: pd.read_parquet(folder / f"{peer}.parquet") for peer in peers}
    ledgers = [ledger(peer, weather, test, quantiles_from(each, test)) for peer in peers for weather, each in said[peer].groupby("weather")]
    ledgers += [pd.read_parquet(folder / f"{name}.ledger.parquet") for name in ours]
    found = judge(ledgers, naive_errors(whole.before(settings.split)))
    kept = found[found.index.get_level_values("horizon").isin(HORIZONS)][["mape", "mae", "within_hour", "cover90", "width90", "days"]]
    told = {name: json.loads((folder / f"{name}.json").read_text()) for name in [*peers, *ours]}
    return {"task": facts, "models": told, "scores": json.loads(kept.round(3).reset_index().to_json(orient="records"))}


def table(found: dict, weather: str) -> pd.DataFrame:
    """What is read first: MAPE (%) of hours, days and peaks by horizon, coverage of hours, processor seconds."""
    rows = pd.DataFrame(found["scores"]).set_index(["weather", "measure", "model", "horizon"]).loc[weather]
    error = rows["mape"].unstack(["measure", "horizon"])[[(measure, horizon) for measure in ("point", "day", "peak") for horizon in HORIZONS]]
    covered = rows.loc["point", "cover90"].unstack("horizon").set_axis(pd.MultiIndex.from_product([["covered"], HORIZONS]), axis=1)
    seconds = pd.DataFrame(found["models"]).T[["fit_seconds", "forecast_seconds"]].astype(float)
    seconds.columns = pd.MultiIndex.from_product([["seconds"], ["fit", "morning"]])
    return error.join(covered).join(seconds).sort_values(("point", 1))


def main(cities: Annotated[Optional[list[str]], typer.Argument(help=f"Among {', '.join(CITIES)}; else all.")] = None,
         peers: Annotated[Optional[str], typer.Option(help=f"Among {','.join(PEERS)}; else all.")] = None,
         ours: Annotated[Optional[str], typer.Option(help=f"Among {','.join(MODELS)}; else all. A blend needs its parts.")] = None,
         split: Annotated[Optional[str], typer.Option(help="First test day; another than the city's is printed, not kept.")] = None,
         every: Annotated[int, typer.Option(min=1, help="One morning in so many (5 meets every weekday).")] = 1,
         keep: Annotated[Optional[Path], typer.Option(help="Folder that keeps what everyone read and said; an interrupted command goes on from it.")] = None,
         end: Annotated[Optional[str], typer.Option(help="Last test day; likewise.")] = None):
    """Everyone fits once and forecasts the mornings of the test year, a week each."""
    if not shutil.which("uv"): raise SystemExit("the peers need uv: python -m pip install uv")
    asked, own = peers.split(",") if peers else list(PEERS), ours.split(",") if ours else list(MODELS)
    for city in cities or CITIES:
        settings = replace(CITIES[city], **{name: value for name, value in (("split", split), ("end", end)) if value})
        with tempfile.TemporaryDirectory() as scratch:
            folder = (keep or Path(scratch)).absolute() / city.replace(" ", "_")
            folder.mkdir(parents=True, exist_ok=True)
            found = compare(settings, folder, asked, own, every)
        for weather in ("announced", "observed"):
            print(f"\n{city} ({settings.source}), {found['task']['mornings']} mornings from {settings.split}, weather as {weather}; MAPE, %:")
            print(table(found, weather).round(2).to_string())
        if split or end: continue
        words = [f'python -m bench.peers "{city}"', *([f"--peers {peers}"] if peers else []), *([f"--ours {ours}"] if ours else []), *([f"--every {every}"] if every > 1 else [])]
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        kept[city] = {"date": f"{datetime.now():%Y-%m-%d}", "command": " ".join(words), "machine": machine(), **found}
        RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__": typer.run(main)
