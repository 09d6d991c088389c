"""Run a command against docker-compose.yml's MLflow server, without a container engine.

    python .ci/composed_server.py --version 2.22.0 --folder SCRATCH -- COMMAND ...

The server's command is read from docker-compose.yml; MLflow of that version runs it in an environment of its own,
with /mlflow replaced by SCRATCH, on a free port of the loopback interface. COMMAND finds it in MLFLOW_TRACKING_URI.
"""
import argparse, os, shlex, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
NEEDS = {"2": ["sqlalchemy<2.1", "pandas<3", "setuptools<81"], "3": []}


def environment(version: str) -> Path:
    """Make, or find again, an environment that holds this MLflow; return its commands' folder."""
    place = Path(tempfile.gettempdir()) / f"mlflow-{version}"
    if not (place / "ready").exists():
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", str(place)], check=True)
        packages = [f"mlflow=={version}", *NEEDS[version.split(".")[0]]]
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(place / "bin/python"), *packages], check=True)
        (place / "ready").touch()
    return place / "bin"


def composed_command(folder: Path, port: int) -> list[str]:
    """The composed server's command, on another folder and port, for this machine only."""
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["mlflow"]
    words = [word.replace("sqlite:////mlflow/", f"sqlite:///{folder}/") for word in shlex.split(service["command"])]
    words = [str(folder / word.removeprefix("/mlflow/")) if word.startswith("/mlflow/") else word for word in words]
    changed = {"--host": "127.0.0.1", "--port": str(port)}
    return [changed.get(before, word) for before, word in zip([None, *words], words)]


def wait_until_up(server: subprocess.Popen, uri: str) -> None:
    """Return once /health answers; fail when the server ends, or after two minutes."""
    for _ in range(240):
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{uri}/health", timeout=1)
            return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.5)
    sys.exit("the composed server did not start")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", default="2.22.0")
    parser.add_argument("--folder", type=Path, required=True, help="stands for ./mlflow")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    bin_folder = environment(options.version)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options.folder.mkdir(parents=True, exist_ok=True)
    command = composed_command(options.folder.resolve(), port)
    print("server:", *command, flush=True)
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    server = subprocess.Popen([str(bin_folder / command[0]), *command[1:]], env=os.environ | {"PATH": path}, start_new_session=True,
                              stdout=subprocess.DEVNULL, stderr=None if os.environ.get("VERBOSE") else subprocess.DEVNULL)
    try:
        uri = f"http://127.0.0.1:{port}"
        wait_until_up(server, uri)
        return subprocess.run(options.command, env=os.environ | {"MLFLOW_TRACKING_URI": uri}).returncode
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
