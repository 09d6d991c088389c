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


def forecaster() -> ForecasterRecursive:
    learner = LGBMRegressor(random_state=0, n_jobs=1, verbose=-1)
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
    known = task.load[task.load.index < start]
    coming = task.hours.loc[(task.hours.index >= start) & (task.hours.index < end), EXOGENOUS]
    said = fitted.predict_interval(len(coming), known[-fitted.window_size :], coming, method="conformal", interval=0.9, use_in_sample_residuals=False)
    return said.rename(columns={"pred": "q50", "lower_bound": "q05", "upper_bound": "q95"})


answer("skforecast", ["skforecast", "lightgbm"], fit, forecast)
