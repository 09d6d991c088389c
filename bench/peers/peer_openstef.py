# /// script
# requires-python = ">=3.12"
# dependencies = ["openstef==4.7.0", "openstef-models[lgbm,xgb-cpu]==4.7.0", "pyarrow"]
# [tool.uv]
# exclude-newer = "2026-11-22"
# ///
"""OpenSTEF 4 by its own presets, one model trained at several leads, a day apart: each row is seen with the lags
that are known so far ahead. `peer_openstef.py FOLDER MODEL`: lgbm or xgboost (gblinear takes one lead only)."""
import logging
import sys
import warnings
from datetime import timedelta

import pandas as pd
from exchange import EXOGENOUS, answer
from openstef_core.datasets import TimeSeriesDataset
from openstef_core.types import LeadTime, Q
from openstef_models.presets import ForecastingWorkflowConfig, create_forecasting_workflow
from openstef_models.presets.forecasting_workflow import LocationConfig

LEVELS = {"q05": 0.05, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q95": 0.95}
LEADS = [timedelta(days=days) for days in range(1, 9)]  # The eighth, for the last hour of a week of 169
MODEL = sys.argv[2]
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)


def dataset(hours: pd.DataFrame, leads: list[timedelta]) -> pd.DataFrame:
    """The hours as they look from each of some leads."""
    return pd.concat([hours.assign(horizon=lead) for lead in leads])


def fit(task):
    place = LocationConfig(name=task.facts["place"], country_code="FR", coordinate={"latitude": task.facts["latitude"], "longitude": task.facts["longitude"]})
    workflow = create_forecasting_workflow(ForecastingWorkflowConfig(
        model_id="peer", model=MODEL, quantiles=[Q(level) for level in LEVELS.values()], horizons=[LeadTime(lead) for lead in LEADS],
        sample_interval=timedelta(hours=1), location=place, target_column="load", temperature_column="temperature_2m",
        relative_humidity_column="relative_humidity_2m", wind_speed_column="wind_speed_10m", radiation_column="shortwave_radiation",
        cutoff_history=timedelta(days=14), mlflow_storage=None))
    hours = task.hours.loc[task.hours.index < task.split, ["load", *EXOGENOUS]]
    workflow.fit(TimeSeriesDataset(dataset(hours, LEADS), timedelta(hours=1)))
    return workflow


def forecast(workflow, task, start, end) -> pd.DataFrame:
    hours = task.hours.loc[(task.hours.index >= start - timedelta(days=29)) & (task.hours.index < end), ["load", *EXOGENOUS]]
    hours["load"] = hours["load"].where(hours.index < start)  # what is not known this morning
    ahead = (hours.index - start) // timedelta(days=1)  # whole days since midnight: the lead is one more
    whole = dataset(hours, LEADS)
    own = (whole["horizon"] == pd.Series([timedelta(days=int(days) + 1) for days in ahead] * len(LEADS), whole.index)) | (whole.index < start)
    said = workflow.predict(TimeSeriesDataset(whole[own], timedelta(hours=1)), forecast_start=start.to_pydatetime())
    table = said.data[[Q(level).format() for level in LEVELS.values()]].set_axis(list(LEVELS), axis=1)
    return table[(table.index >= start) & (table.index < end)]


answer(f"openstef_{MODEL}", ["openstef", "openstef-models", "xgboost-cpu", "lightgbm"], fit, forecast)
