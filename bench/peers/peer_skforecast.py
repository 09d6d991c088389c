# /// script
# requires-python = ">=3.12"
# dependencies = ["skforecast==0.26.0", "lightgbm==4.7.0", "pandas==2.3.3", "pyarrow"]
# [tool.uv]
# exclude-newer = "2026-11-22"
# ///
"""skforecast as its guide to energy demand has it: LightGBM, recursive, lags of the day and the week, a rolling mean;
intervals by split conformal prediction, from the errors of a backtest on the validation days."""
from exchange import EXOGENOUS, answer
from lightgbm import LGBMRegressor
from skforecast.model_selection import TimeSeriesFold, backtesting_forecaster
from skforecast.preprocessing import RollingFeatures
from skforecast.recursive import ForecasterRecursive

LAGS = [1, 2, 3, 23, 24, 25, 47, 48, 49, 71, 72, 73, 167, 168, 169]
INTERVALS = {0.5: ("q25", "q75"), 0.8: ("q10", "q90"), 0.9: ("q05", "q95")}


def forecaster() -> ForecasterRecursive:
    learner = LGBMRegressor(n_estimators=500, learning_rate=0.05, random_state=0, n_jobs=1, verbose=-1)
    return ForecasterRecursive(estimator=learner, lags=LAGS, window_features=RollingFeatures(["mean"], 72))


def fit(task) -> ForecasterRecursive:
    load, exog = task.load[: task.hours["load"].last_valid_index()], task.hours[EXOGENOUS]
    before = load.index < task.split
    days = TimeSeriesFold(steps=168, initial_train_size=before.sum() - 24 * task.validation, refit=False)
    _, backtest = backtesting_forecaster(forecaster(), load[before], days, "mean_absolute_error", exog[: len(load)][before],
                                         show_progress=False, suppress_warnings=True)
    fitted = forecaster()
    fitted.fit(load[before], exog[: len(load)][before], store_in_sample_residuals=True, suppress_warnings=True)
    fitted.set_out_sample_residuals(load[backtest.index], backtest["pred"])
    return fitted


def forecast(fitted, task, start, end):
    known, coming = task.load[task.load.index < start], task.hours.loc[(task.hours.index >= start) & (task.hours.index < end), EXOGENOUS]
    asked = dict(steps=len(coming), last_window=known[-fitted.window_size :], exog=coming)
    table = None
    for share, names in INTERVALS.items():
        said = fitted.predict_interval(**asked, method="conformal", interval=share, use_in_sample_residuals=False)
        if table is None: table = said[["pred"]].set_axis(["q50"], axis=1)
        table[list(names)] = said[["lower_bound", "upper_bound"]]
    return table


answer("skforecast", ["skforecast", "lightgbm"], fit, forecast)
