"""The champion, served over HTTP by `mlflow models serve` from an environment made of the wheel, and asked by curl.

    python .ci/served_model.py FOLDER WHEEL    FOLDER holds ./mlflow with a champion; WHEEL is an environment with brest_ts

It must answer what the champion opened here answers on the same table, hours and days, quickly, and refuse bad tables in one sentence.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from brest_ts.forecasters import LEVELS, instants_of, raw_from_table
from brest_ts.forecasting import morning_of
from brest_ts.places import load_raw
from brest_ts.server import local_server
from brest_ts.tracking import champion, connected

TOLERANCE = 1e-6 if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow" else 1e-4  # the served one has TensorFlow
GUIDE = Path(__file__).resolve().parents[1] / "nbs/guides/par_http.qmd"
DAY, FIRST = "2025-02-10", "2024-10-12"  # 121 days of past


def spare_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def table_of(step: str) -> pd.DataFrame:
    """What was known on the morning, one row a quarter-hour or an hour."""
    raw = morning_of(DAY, start="2023-01-01", source="simulation")
    load, sky = raw.load[FIRST:].resample(step).mean(), raw.weather[FIRST:]
    rows = pd.concat([load, sky], axis=1)
    rows.insert(0, "time", rows.index.map(pd.Timestamp.isoformat))
    return rows.reset_index(drop=True)


def curl(uri: str, table: pd.DataFrame, body: Path, params: dict | None = None) -> tuple[int, dict, float]:
    """Status, answer and seconds of a request, as a terminal makes it."""
    split = table.astype(object).where(table.notna(), None).to_dict(orient="split")
    asked = {"dataframe_split": {"columns": split["columns"], "data": split["data"]}} | ({"params": params} if params else {})
    body.write_text(json.dumps(asked))
    words = ["curl", "--silent", "--write-out", "\n%{http_code} %{time_total}", f"{uri}/invocations",
             "-H", "Content-Type: application/json", "-d", f"@{body}"]
    said, _, last = subprocess.run(words, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    status, seconds = last.split()
    return int(status), json.loads(said), float(seconds)


def check(uri: str, holder, folder: Path) -> None:
    quarters, hours = table_of("15min"), table_of("1h")
    body, service = folder / "morning.json", holder.service
    raw = raw_from_table(quarters, "Brest", "simulation")
    windows = service.windows(raw)
    for step, params, key in (("point", None, "start"), ("day", {"step": "day"}, "day")):
        status, answer, _ = curl(uri, quarters, body, params)
        assert status == 200, answer
        served, desk = pd.DataFrame(answer["predictions"]), service.answer(windows, DAY, [step])
        if step == "point": desk = instants_of(desk, service.facts["points"])
        assert len(served) == len(desk) and (pd.to_datetime(served[key], utc=True) == pd.to_datetime(desk[key], utc=True)).all(), served
        np.testing.assert_allclose(served[LEVELS], desk[LEVELS], rtol=TOLERANCE)
        spent = [curl(uri, hours, body, params)[2] for _ in range(12)]
        print(served.head(8).round(1).to_string())
        print(f"{len(served)} rows of {step}s from {len(hours)} rows of hours: {1000 * median(spent):.0f} ms a request (median of {len(spent)}), {1000 * min(spent):.0f} at best")
    status, answer, _ = curl(uri, hours, body, {"step": "week"})
    assert status == 400 and "unknown step 'week'" in answer["message"], (status, answer)
    for why, bad in (("days of past, this forecaster needs 120", hours.tail(1500)), ("time needs an offset", hours.assign(time="2025-01-01")),
                     ("the column temperature_2m is missing", hours.drop(columns="temperature_2m")), ("no value of consommation", hours.assign(consommation=None))):
        status, answer, _ = curl(uri, bad, body)
        assert status == 400 and why in answer["message"].splitlines()[-1] and "stack_trace" not in answer, (status, answer)
        print(status, answer["message"].splitlines()[-1][-90:])


def up(uri: str) -> bool:
    """Whether the model answers there."""
    try: return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{uri}/ping", timeout=1).status == 200
    except OSError: return False


def serve(command: list[str], env: dict, log: Path) -> subprocess.Popen:
    return subprocess.Popen(command, env=env, stdout=log.open("w"), stderr=subprocess.STDOUT, start_new_session=True)


def main(folder: Path, wheel: Path) -> None:
    port, log = spare_port(), folder / "serve.log"
    uri = f"http://127.0.0.1:{port}"
    command = [str(wheel / "bin/mlflow"), "models", "serve", "-m", "models:/brest_consumption@champion", "--env-manager", "local", "--port", str(port)]
    if " ".join(command[1:-1]) not in GUIDE.read_text(encoding="utf-8"): sys.exit(f"{GUIDE.name} shows another command")
    with local_server(folder / "mlflow") as server, connected(server):
        env = os.environ | {"MLFLOW_TRACKING_URI": server.uri, "PATH": f"{wheel / 'bin'}:{os.environ['PATH']}"}
        process, begin = serve(command, {name: value for name, value in env.items() if name != "PYTHONPATH"}, log), time.perf_counter()
        try:
            while not up(uri):
                if process.poll() is not None or time.perf_counter() - begin > 240: sys.exit(log.read_text()[-3000:])
                time.sleep(1)
            print(f"serving after {time.perf_counter() - begin:.0f} s: {' '.join(command[1:])}")
            check(uri, champion("Brest"), folder)
        finally: os.killpg(process.pid, signal.SIGTERM)


if __name__ == "__main__": main(*(Path(word).resolve() for word in sys.argv[1:3]))
