"""Runs what the how-to pages show, in their reading order, in one folder, in one process: imports are paid once.

    python .ci/guides.py FOLDER

Blocks marked `.essai` count: a Python block is written to its `filename`; a command after `uv run brest-ts` is called as the terminal would.
"""
import os
import re
import shlex
import sys
import time
from pathlib import Path

from brest_ts.server import local_server

GUIDES = Path(__file__).resolve().parents[1] / "nbs/guides"
ORDER = ("les_heures", "chaque_matin", "mon_modele")  # the first makes the champion that the others use
BLOCK = re.compile(r'^```\{\.(bash|python) \.essai(?: filename="([\w.]+)")?\}\n(.*?)^```', re.MULTILINE | re.DOTALL)


def call(line: str) -> None:
    """A command of the page; whatever is wrong with it stops everything."""
    from brest_ts.cli import app
    begin, words = time.perf_counter(), shlex.split(line)
    if words[:3] != ["uv", "run", "brest-ts"]: sys.exit(f"not a command of ours: {line}")
    code = app(words[3:], standalone_mode=False)
    if code: sys.exit(f"exit code {code}: {line}")
    print(f"-- {time.perf_counter() - begin:.0f} s: {line}", flush=True)


def run(page: str) -> None:
    for language, name, text in BLOCK.findall((GUIDES / f"{page}.qmd").read_text(encoding="utf-8")):
        if language == "python": Path(name).write_text(text, encoding="utf-8")
        else:
            for line in text.replace("\\\n", " ").splitlines(): call(line)


os.makedirs(sys.argv[1], exist_ok=True)
os.chdir(sys.argv[1])
marked = {page.stem for page in GUIDES.glob("*.qmd") if ".essai" in page.read_text(encoding="utf-8")}
if marked != set(ORDER): sys.exit(f"marked pages {sorted(marked)}, expected {sorted(ORDER)}")
with local_server() as server:  # the folder's own, as each command would start it, once for all
    server.wait()
    os.environ["MLFLOW_TRACKING_URI"] = server.uri
    for page in ORDER: run(page)
