"""What a peer reads and writes: files in a folder, nothing of brest_ts; its environment needs pandas and pyarrow only."""
import importlib.metadata
import json
import resource
import sys
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
    coming: pd.DataFrame  # By `issued` and `start` (UTC): the weather as it was announced, see `told`
    mornings: pd.DataFrame  # `issued` (civil day), `start` and `end` (UTC) of the hours to forecast
    split: pd.Timestamp  # Learn from the hours before (UTC)
    validation: int  # Days before it, for whoever keeps some to calibrate
    facts: dict  # place, latitude, longitude, source, start, split, end

    @property
    def load(self) -> pd.Series:
        """The load where a library wants a number everywhere: an hour not known is that of the week before."""
        return self.hours["load"].fillna(self.hours["load"].shift(168)).fillna(self.hours["load"].shift(336))

    def told(self, issued: pd.Timestamp) -> "Task":
        """The same, the weather of the last five days and of the coming ones as that morning was told it."""
        hours, rows = self.hours.copy(), self.coming.loc[issued]
        hours.loc[rows.index, rows.columns] = rows
        return self._replace(hours=hours)


def read(folder: Path) -> Task:
    """The task of a folder, as `bench.peers` wrote it."""
    facts = json.loads((folder / "task.json").read_text())
    hours = pd.read_parquet(folder / "hours.parquet").asfreq("h")
    split = pd.Timestamp(facts["split"], tz="Europe/Paris").tz_convert("UTC")
    coming, mornings = (pd.read_parquet(folder / f"{name}.parquet") for name in ("coming", "mornings"))
    return Task(hours, coming, mornings, split, facts["validation_days"], facts)


def processor() -> float:
    """Seconds of processor of this process so far, and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def answer(name: str, packages: list[str], fit: Callable, forecast: Callable) -> None:
    """Fit once, forecast every morning with both weathers, and write what was said and how long it took.

    `fit(task)` returns what `forecast(fitted, task, start, end)` is given back; that one returns a table by hour from
    `start` to `end` (UTC), columns among q05, q10, q25, q50, q75, q90 and q95, MW."""
    folder = Path(sys.argv[1])
    task = read(folder)
    begin = processor()
    fitted = fit(task)
    spent, said, each = processor() - begin, {}, 0.0
    for row in task.mornings.itertuples():
        told, begin = task.told(row.issued), processor()
        said["announced", row.issued] = forecast(fitted, told, row.start, row.end)
        each += (processor() - begin) / len(task.mornings)
        said["observed", row.issued] = forecast(fitted, task, row.start, row.end)
    pd.concat(said, names=["weather", "issued", "start"]).reset_index().to_parquet(folder / f"{name}.parquet")
    versions = {package: importlib.metadata.version(package) for package in packages}
    told = {"versions": {"python": sys.version.split()[0], **versions}, "fit_seconds": spent, "forecast_seconds": each}
    (folder / f"{name}.json").write_text(json.dumps(told))
