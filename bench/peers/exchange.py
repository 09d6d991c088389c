"""What a peer reads and writes: files in a folder, nothing of brest_ts; its environment needs pandas and pyarrow only."""
import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

WEATHER = ["temperature_2m", "relative_humidity_2m", "wind_speed_10m", "shortwave_radiation"]
FELT = ["felt_3h", "felt_12h", "felt_36h", "felt_120h"]  # The temperature, exponentially smoothed
CALENDAR = ["hour", "weekday", "month", "year_sin1", "year_cos1", "public_holiday", "holiday_eve", "holiday_morrow",
            "bridge_day", "school_holiday", "christmas"]  # On the local clock
EXOGENOUS = [*WEATHER, *FELT, *CALENDAR]


class Task(NamedTuple):
    """What is asked of a peer."""
    hours: pd.DataFrame  # By hour (UTC): `load` (MW, NaN where it is not known) and `EXOGENOUS`, later hours too
    mornings: pd.DataFrame  # `issued` (civil day), `start` and `end` (UTC) of the hours to forecast
    split: pd.Timestamp  # Learn from the hours before (UTC)
    validation: int  # Days before it, for whoever keeps some to calibrate
    facts: dict  # place, latitude, longitude, source, start, split, end

    @property
    def load(self) -> pd.Series:
        """The load where a library wants a number everywhere: an hour not known is that of the week before."""
        return self.hours["load"].fillna(self.hours["load"].shift(168)).fillna(self.hours["load"].shift(336))


def read(folder: Path) -> Task:
    """The task of a folder, as `bench.peers` wrote it."""
    facts = json.loads((folder / "task.json").read_text())
    hours = pd.read_parquet(folder / "hours.parquet").asfreq("h")
    split = pd.Timestamp(facts["split"], tz="Europe/Paris").tz_convert("UTC")
    return Task(hours, pd.read_parquet(folder / "mornings.parquet"), split, facts["validation_days"], facts)


def answer(name: str, packages: list[str], fit: Callable, forecast: Callable) -> None:
    """Fit once, forecast every morning, and write what was said and how long it took.

    `fit(task)` returns what `forecast(fitted, task, start, end)` is given back; that one returns a table by hour from
    `start` to `end` (UTC), columns among q05, q10, q25, q50, q75, q90 and q95, MW."""
    folder = Path(sys.argv[1])
    task = read(folder)
    begin = time.perf_counter()
    fitted = fit(task)
    spent, begin = time.perf_counter() - begin, time.perf_counter()
    said = {row.issued: forecast(fitted, task, row.start, row.end) for row in task.mornings.itertuples()}
    each = (time.perf_counter() - begin) / len(said)
    pd.concat(said, names=["issued", "start"]).reset_index().to_parquet(folder / f"{name}.parquet")
    versions = {package: importlib.metadata.version(package) for package in packages}
    told = {"versions": {"python": sys.version.split()[0], **versions}, "fit_seconds": spent, "forecast_seconds": each}
    (folder / f"{name}.json").write_text(json.dumps(told))
