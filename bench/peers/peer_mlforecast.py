# /// script
# requires-python = ">=3.12"
# dependencies = ["mlforecast==1.1.0", "lightgbm==4.7.0", "pandas==2.3.3", "pyarrow"]
# [tool.uv]
# exclude-newer = "2026-11-22"
# ///
"""mlforecast as its tutorial on electricity load has it: LightGBM on a load differenced by the day, lags, a rolling
mean; conformal intervals from the last weeks before the test; each morning, the hours that came are added.
`peer_mlforecast.py FOLDER NAME`: mlforecast, or mlforecast_level, which learns the load itself, not its differences."""
import sys

import pandas as pd
from exchange import EXOGENOUS, answer
from lightgbm import LGBMRegressor
from mlforecast import MLForecast
from mlforecast.lag_transforms import ExpandingMean, RollingMean
from mlforecast.target_transforms import Differences
from mlforecast.utils import PredictionIntervals

NAME = sys.argv[2]


def long(task, start=None, end=None, target: bool = True) -> pd.DataFrame:
    """Hours from `start` to before `end` in the library's own shape, its instants without a zone."""
    hours = task.hours.assign(load=task.load)
    table = hours[(hours.index >= (start or hours.index[0])) & (hours.index < end)].reset_index(names="ds")
    table = table.assign(unique_id=task.facts["place"], ds=table["ds"].dt.tz_localize(None)).rename(columns={"load": "y"})
    return table[["unique_id", "ds", *(["y"] if target else []), *EXOGENOUS]]


def fit(task) -> dict:
    library = MLForecast(
        models={"lgbm": LGBMRegressor(random_state=0, n_jobs=1, verbosity=-1)}, freq="h",
        target_transforms=[Differences([24])] if NAME == "mlforecast" else [], lags=[1, 2, 24, 48, 144, 168],
        lag_transforms={1: [ExpandingMean()], 24: [RollingMean(window_size=48)]})
    weeks = PredictionIntervals(n_windows=task.validation // 8, h=169)  # a week has 167 to 169 hours
    library.fit(long(task, end=task.split), static_features=[], prediction_intervals=weeks)
    return {"library": library, "known": task.split}


def forecast(fitted, task, start, end) -> pd.DataFrame:
    if start > fitted["known"]: fitted["library"].update(long(task, fitted["known"], start))
    fitted["known"] = start
    coming = long(task, start, end, target=False)
    said = fitted["library"].predict(len(coming), X_df=coming, level=[90])
    named = said.rename(columns={"lgbm": "q50", "lgbm-lo-90": "q05", "lgbm-hi-90": "q95"})[["q05", "q50", "q95"]]
    return named.set_axis(pd.DatetimeIndex(said["ds"]).tz_localize("UTC"))


answer(NAME, ["mlforecast", "lightgbm"], fit, forecast)
