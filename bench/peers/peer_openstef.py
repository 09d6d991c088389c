# /// script
# requires-python = ">=3.12"
# dependencies = ["openstef==4.7.0", "openstef-models[lgbm,xgb-cpu]==4.7.0", "pyarrow"]
# [tool.uv]
# exclude-newer = "2026-11-22"
# ///
"""OpenSTEF 4 by its own presets, one model for each lead, a day apart, with the lags that are known so far
ahead. `peer_openstef.py FOLDER MODEL`: lgbm, xgboost or gblinear."""
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


def workflow(task, lead: timedelta):
    place = LocationConfig(name=task.facts["place"], country_code="FR", coordinate={"latitude": task.facts["latitude"], "longitude": task.facts["longitude"]})
    return create_forecasting_workflow(ForecastingWorkflowConfig(
        model_id="peer", model=MODEL, quantiles=[Q(level) for level in LEVELS.values()], horizons=[LeadTime(lead)],
        sample_interval=timedelta(hours=1), location=place, target_column="load", temperature_column="temperature_2m",
        relative_humidity_column="relative_humidity_2m", wind_speed_column="wind_speed_10m", radiation_column="shortwave_radiation",
        cutoff_history=timedelta(days=14), mlflow_storage=None))


def fit(task) -> dict:
    hours = task.hours.loc[task.hours.index < task.split, ["load", *EXOGENOUS]]
    fitted = {lead: workflow(task, lead) for lead in LEADS}
    for each in fitted.values(): each.fit(TimeSeriesDataset(hours, timedelta(hours=1)))
    return fitted


def forecast(fitted, task, start, end) -> pd.DataFrame:
    hours = task.hours.loc[(task.hours.index >= start - timedelta(days=29)) & (task.hours.index < end), ["load", *EXOGENOUS]]
    hours["load"] = hours["load"].where(hours.index < start)  # what is not known this morning
    parts = []
    for lead, each in fitted.items():
        first = start + lead - timedelta(days=1)  # a lead speaks of the hours of its day
        if first >= end: break
        said = each.predict(TimeSeriesDataset(hours, timedelta(hours=1)), forecast_start=first.to_pydatetime()).data
        parts.append(said[(said.index >= first) & (said.index < min(start + lead, end))])
    return pd.concat(parts)[[Q(level).format() for level in LEVELS.values()]].set_axis(list(LEVELS), axis=1)


answer(f"openstef_{MODEL}", ["openstef", "openstef-models", "xgboost-cpu", "lightgbm"], fit, forecast)
