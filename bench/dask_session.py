"""Four simulated cities on a real Dask cluster of this machine: its efficiency, a worker killed, the scheduler killed, and the same result every time.

    uv run python bench/dask_session.py [--members 3]

The efficiency is that of whole commands, from the first import to the last log, with that many networks per city, of thirty epochs on windows of thirty days; the rest is tried with one network of two epochs.
A search and a backtest follow, on the cluster and on this machine.
Prints a log and writes bench/dask_session.json. Every process is real; each worker has one thread, and a core of its own (on Linux): TensorFlow, told to use one thread, still alternates two, and a lone worker would borrow the other core.
"""
import argparse, json, os, platform, signal, socket, subprocess, sys, tempfile, time
from contextlib import contextmanager
from pathlib import Path

import psutil

CITIES = "Brest,Lyon,Nice,Strasbourg"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")}
begin = time.perf_counter()


def log(text: str) -> None: print(f"{time.perf_counter() - begin:7.1f} s  {text}", flush=True)


@contextmanager
def cluster(workers: int):
    "A scheduler and its workers on loopback, as (address, scheduler, workers)."
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, dask, nowhere = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "dask"], dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    scheduler = subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], **nowhere)
    crew = [subprocess.Popen([*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"], env=os.environ | ONE_THREAD, **nowhere) for _ in range(workers)]
    for core, worker in enumerate(crew): psutil.Process(worker.pid).cpu_affinity([core])
    from dask.distributed import Client
    with Client(address, timeout="60s") as client: client.wait_for_workers(workers)
    log(f"dask scheduler {address}, {workers} dask worker of one thread")
    try: yield address, scheduler, crew
    finally:
        for process in (scheduler, *crew): process.kill()
        for process in (scheduler, *crew): process.wait()


def brest_ts(folder: Path, *words: str, after_first=lambda: None) -> tuple[int, float, str, list[str]]:
    "Run `brest-ts` there: exit code, seconds, its run, what it said; `after_first` is called when a first city is done."
    command = [sys.executable, "-c", "from brest_ts.cli import main; main()", *words]
    log("$ brest-ts " + " ".join(words))
    folder.mkdir(parents=True, exist_ok=True)
    start, lines, run = time.perf_counter(), [], ""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    for line in process.stdout:
        line = line.rstrip()
        if line.startswith("run: ") and not run: run = line.split()[1]
        if line.endswith(": done") or line.startswith(("error", "failed")):
            log(line)
            if line.endswith(": done") and not any(said.endswith(": done") for said in lines): after_first()
        lines.append(line)
    code = process.wait()
    log(f"exit code {code}")
    return code, time.perf_counter() - start, run, lines


def kept(folder: Path, which: str = "") -> list[tuple]:
    "Name, parameters and metrics that MLflow kept of these runs, every digit; times left out."
    from mlflow import MlflowClient
    client = MlflowClient(f"sqlite:///{folder}/mlflow/mlflow.db")
    runs = client.search_runs([experiment.experiment_id for experiment in client.search_experiments()], which)
    return sorted((run.info.run_name, sorted(run.data.params.items()), sorted(metric for metric in run.data.metrics.items() if not metric[0].startswith("seconds_"))) for run in runs)


TRAIN = ("train", "--metropole", CITIES, "--source", "simulation")
LONG = (*TRAIN, "--window-size", "30", "--epochs", "30")
BRIEF = (*TRAIN, "--epochs", "2")
OTHERS = {
    "search": ("search", "--source", "simulation", "--start", "2022-01-01", "--split", "2024-01-01", "--trials", "5"),
    "backtest": ("backtest", "--source", "simulation", "--start", "2023-01-01", "--end", "2025-03-31", "--weather", "observed", "--refit", "monthly", "--epochs", "2"),
}


def session(folder: Path) -> dict:
    "All of it; what was measured."
    found = {"cities": CITIES, "members": options.members, "epochs": 30, "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}"}
    runs, seconds = {}, {}
    for workers in (1, 2):
        with cluster(workers) as (address, scheduler, crew):
            _, seconds[workers], runs[f"whole, {workers} workers"], _ = brest_ts(folder, *LONG, "--members", str(options.members), "--scheduler", address)
    found |= {"seconds_1_worker": seconds[1], "seconds_2_workers": seconds[2], "efficiency": seconds[1] / (2 * seconds[2])}
    log(f"{seconds[1]:.1f} s with one worker, {seconds[2]:.1f} s with two: efficiency {found['efficiency']:.2f}")
    with cluster(2) as (address, scheduler, crew):
        def kill_worker():
            crew[0].send_signal(signal.SIGKILL)
            log("SIGKILL to a worker")
        found["worker_killed_exit"], _, runs["a worker killed"], _ = brest_ts(folder, *BRIEF, "--scheduler", address, after_first=kill_worker)
    with cluster(2) as (address, scheduler, crew):
        def kill_scheduler():
            scheduler.send_signal(signal.SIGKILL)
            log("SIGKILL to the scheduler")
        code, _, stopped, lines = brest_ts(folder, *BRIEF, "--scheduler", address, after_first=kill_scheduler)
        found |= {"scheduler_killed_exit": code, "scheduler_killed_said": next((line for line in lines if line.startswith("error")), "")}
    with cluster(2) as (address, scheduler, crew):
        code, _, runs["resumed on a new cluster"], lines = brest_ts(folder, *BRIEF, "--scheduler", address, "--resume", stopped)
        log(f"{sum(line.endswith(': done') for line in lines)} cities were left")
        found |= {"resumed_exit": code, "resumed_run_is_the_same": runs["resumed on a new cluster"] == stopped}
    _, _, runs["processes of this machine"], _ = brest_ts(folder, *BRIEF, "--jobs", "2")
    made = {name: kept(folder, f"tags.mlflow.parentRunId = '{run}'") for name, run in runs.items()}
    same = {name: len(each) == len(CITIES.split(",")) and each == made["whole, 1 workers" if "whole" in name else "processes of this machine"] for name, each in made.items()}
    for name, words in OTHERS.items():
        with cluster(2) as (address, scheduler, crew): far, _, _, _ = brest_ts(folder / name / "far", *words, "--scheduler", address)
        near, _, _, _ = brest_ts(folder / name / "near", *words, "--jobs", "1")
        same[name] = (far, near) == (0, 0) and bool(kept(folder / name / "far")) and kept(folder / name / "far") == kept(folder / name / "near")
    for name, yes in same.items(): log(f"{name}: {'the same result, to the bit' if yes else 'ANOTHER RESULT'}")
    return found | {"same_result": same}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder: found = session(Path(folder))
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1, ensure_ascii=False))
