"""One judge for all: forecasts by hour become ledgers of brest_ts, and its own scores count them."""
import numpy as np
import pandas as pd

from brest_ts.backtesting import common_days, scores
from brest_ts.forecasters import LEVELS, calibrate, ledger_of
from brest_ts.modelling import Windows


def quantiles_from(
    said: pd.DataFrame,  # `issued` (civil day), `start` (UTC), some of `LEVELS` (MW), a row an hour
    windows: Windows,  # The mornings asked
) -> np.ndarray:  # (samples, horizon, points, 7), MW; the median where a level was not said, NaN where nothing was
    """What a peer said, on the local clock; of the hour that comes twice in October, the mean."""
    samples, horizon, points = windows.target.shape
    local = said["start"].dt.tz_convert("Europe/Paris")
    sample = windows.days.get_indexer(said["issued"])
    step = (local.dt.tz_localize(None).dt.normalize() - said["issued"]).dt.days
    levels = said.reindex(columns=LEVELS).apply(lambda level: level.fillna(said["q50"]))
    each = levels.groupby([sample, step.to_numpy(), local.dt.hour.to_numpy()]).mean()
    each = each[(each.index.get_level_values(0) >= 0) & (each.index.get_level_values(1) < horizon)]
    found = np.full((samples, horizon, points, len(LEVELS)), np.nan)
    found[tuple(each.index.get_level_values(level).to_numpy() for level in range(3))] = each
    return found


def ledger(name: str, weather: str, windows: Windows, quantiles: np.ndarray) -> pd.DataFrame:
    """Its rows, as the backtest has them; the weather is observed or announced."""
    return ledger_of(windows, quantiles).assign(model=name, weather=weather)


def calibrated(rows: pd.DataFrame, split: str) -> pd.DataFrame:
    """The rows of the test mornings, their intervals moved by the errors known on each, as at the desk."""
    moved = pd.concat([calibrate(each) for _, each in rows.groupby("weather")])
    return moved[moved["issued"] >= split].drop(columns="calibrated_on")


def judge(
    ledgers: list[pd.DataFrame],  # From `ledger`, of the test mornings
    naive: pd.Series,  # From `naive_errors`
) -> pd.DataFrame:  # By measure, weather, model and horizon: the columns of `scores`
    """The scores of everyone, on the mornings that everyone forecast."""
    fair = common_days(pd.concat(ledgers, ignore_index=True))
    return scores(fair, ["measure", "weather", "model", "horizon"], naive)
