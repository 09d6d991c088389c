"""Four simulated cities on a real Dask cluster of this machine: its efficiency, a worker killed, the scheduler killed, and the same result every time.

    uv run python bench/dask_session.py [--epochs 12] [--members 3]

The efficiency is that of whole commands, from the first import to the last log, at that many epochs and networks per city; the rest is tried with one network of two epochs.
Prints a log and writes bench/dask_session.json. Every process is real; each worker has one thread.
"""
import argparse, json, os, platform, signal, socket, subprocess, sys, tempfile, time
from contextlib import contextmanager
from pathlib import Path

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
    from dask.distributed import Client
    with Client(address, timeout="60s") as client: client.wait_for_workers(workers)
    log(f"dask scheduler {address}, {workers} dask worker of one thread")
    try: yield address, scheduler, crew
    finally:
        for process in (scheduler, *crew): process.kill()
        for process in (scheduler, *crew): process.wait()


def train(folder: Path, epochs: int, *words: str, after_first=lambda: None) -> tuple[int, float, str, list[str]]:
    "Run `brest-ts train` on the cities: exit code, seconds, parent run, what it said; `after_first` is called when a first city is done."
    command = [sys.executable, "-c", "from brest_ts.cli import main; main()", "train", "--metropole", CITIES, "--source", "simulation", "--epochs", str(epochs), *words]
    log("$ brest-ts " + " ".join(command[3:]))
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
    return code, time.perf_counter() - start, run, lines


def scores(folder: Path, run: str) -> dict[str, dict[str, float]]:
    "City → metrics that MLflow kept of its run, every digit; times left out."
    import mlflow
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow/mlflow.db")
    children = mlflow.search_runs(search_all_experiments=True, filter_string=f"tags.mlflow.parentRunId = '{run}'", output_format="list")
    return {child.data.tags["metropole"]: {name: value for name, value in sorted(child.data.metrics.items()) if not name.startswith("seconds_")} for child in children}


def session(folder: Path) -> dict:
    "All of it; what was measured."
    found = {"cities": CITIES, "epochs": options.epochs, "members": options.members, "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}"}
    runs, seconds = {}, {}
    for workers in (1, 2):
        with cluster(workers) as (address, scheduler, crew):
            code, seconds[workers], runs[f"{options.epochs} epochs, {workers} workers"], _ = train(folder, options.epochs, "--members", str(options.members), "--scheduler", address)
            log(f"exit code {code} after {seconds[workers]:.1f} s")
    found |= {"seconds_1_worker": seconds[1], "seconds_2_workers": seconds[2], "efficiency": seconds[1] / (2 * seconds[2])}
    log(f"efficiency of two workers: {found['efficiency']:.2f}")
    with cluster(2) as (address, scheduler, crew):
        def kill_worker():
            crew[0].send_signal(signal.SIGKILL)
            log("SIGKILL to a worker")
        code, _, runs["a worker killed"], _ = train(folder, 2, "--scheduler", address, after_first=kill_worker)
        log(f"exit code {code}")
        found["worker_killed_exit"] = code
    with cluster(2) as (address, scheduler, crew):
        def kill_scheduler():
            scheduler.send_signal(signal.SIGKILL)
            log("SIGKILL to the scheduler")
        code, _, stopped, lines = train(folder, 2, "--scheduler", address, after_first=kill_scheduler)
        log(f"exit code {code}")
        found |= {"scheduler_killed_exit": code, "scheduler_killed_said": next((line for line in lines if line.startswith("error")), "")}
    with cluster(2) as (address, scheduler, crew):
        code, _, runs["resumed on a new cluster"], lines = train(folder, 2, "--scheduler", address, "--resume", stopped)
        log(f"exit code {code}, {sum(line.endswith(': done') for line in lines)} cities were left")
        found |= {"resumed_exit": code, "resumed_run_is_the_same": runs["resumed on a new cluster"] == stopped}
    code, _, runs["processes of this machine"], _ = train(folder, 2, "--jobs", "2")
    log(f"exit code {code}")
    kept = {name: scores(folder, run) for name, run in runs.items()}
    long, short = kept[f"{options.epochs} epochs, 1 workers"], kept["processes of this machine"]
    same = {name: len(each) == len(CITIES.split(",")) and each == (long if "epochs" in name else short) for name, each in kept.items()}
    for name, yes in same.items(): log(f"{name}: {len(kept[name])} cities, {'the same result, to the bit' if yes else 'ANOTHER RESULT'}")
    return found | {"same_result": same}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--members", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder: found = session(Path(folder))
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1, ensure_ascii=False))
