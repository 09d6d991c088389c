"""Look into an MLflow store for all that a run of `brest-ts train` promises to keep.

    python .ci/check_run.py FOLDER     over a folder such as ./mlflow, by a local server
    python .ci/check_run.py            over the server at MLFLOW_TRACKING_URI
"""
import os, sys

os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
from contextlib import nullcontext
from dataclasses import fields

import mlflow
import numpy as np

from brest_ts.forecasters import LSTM, MEDIAN  # starts the backend without its chatter
from brest_ts.server import local_server
from brest_ts.tracking import Settings

PARAMS = {"n_features", "backend", "forecaster"} | {field.name for field in fields(Settings)} | set(LSTM().get_params())
CURVE = {"curve_mape", "peak_mape", "peak_hour"}
METRICS = {"val_loss", "loss", "epoch_val_loss", "final_loss", "mae", "rmse", "mape", "test_days"} | CURVE | {f"{rival}_mape" for rival in ("ridge", "persistence", "last_week")}
TAGS = {"metropole", "data_source", "brest_ts_version", "git_commit", "mlflow.note.content"}
FILES = {"model", "forecast.png", "days.png", "hours.png", "loss.png", "predictions.json", "validation.json", "scores.json"}


def missing(run) -> dict[str, set[str]]:
    """What the run does not hold, by kind."""
    files = {file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
    held = {"params": (PARAMS, run.data.params), "metrics": (METRICS, run.data.metrics), "tags": (TAGS, run.data.tags), "files": (FILES, files)}
    return {kind: wanted - set(found) for kind, (wanted, found) in held.items() if wanted - set(found)}


def check_numbers(run) -> None:
    """Metrics have four decimals, tables two; the table of scores holds seven horizons; a curve's errors are sane."""
    long = {name: value for name, value in run.data.metrics.items() if value != round(value, 4)}
    assert not long, long
    assert not [name for name in run.data.metrics if name.endswith(("_h2", "_h7"))], run.data.metrics
    scores, said = (mlflow.MlflowClient().load_table(run.info.experiment_id, f"{name}.json", [run.info.run_id]) for name in ("scores", "predictions"))
    assert set(scores["horizon"]) == set(range(1, 8)) and CURVE <= set(scores), scores
    for table in (scores, said):
        numbers = table.select_dtypes("float")
        assert np.allclose(numbers, numbers.round(2), rtol=0, atol=1e-9, equal_nan=True), table
    metrics = run.data.metrics
    assert 0 < metrics["curve_mape"] < 30 and 0 < metrics["peak_mape"] < 30 and 0 <= metrics["peak_hour"] <= 100, metrics
    by_weather = scores.set_index(["weather", "horizon", "model"]).sort_index()
    for weather, prefix in (("observed", ""), ("announced", "announced_")):
        own = by_weather.loc[(weather, 1, "lstm")]
        assert all(abs(own[name] - metrics[f"{prefix}{name}"]) < 0.006 for name in CURVE | {"mape"}), own


def check_descriptions(experiment, run) -> None:
    """The run's tells it from others; the experiment's is a glossary."""
    note = run.data.tags["mlflow.note.content"]
    assert f"MAPE {run.data.metrics['mape']:.2f} %".replace(".", ",") in note and "fenêtre" in note and "ridge" in note, note
    told = experiment.tags["mlflow.note.content"]
    assert all(f"`{loss}`" in told for loss in ("val_loss", "loss", "epoch_val_loss", "final_loss")), told


def check() -> None:
    """The newest run is complete, and its model gives the same MW by both ways in."""
    experiment = mlflow.get_experiment_by_name("brest_consumption_forecast")
    run = mlflow.search_runs([experiment.experiment_id], order_by=["start_time DESC"], max_results=1, output_format="list")[0]
    assert (run.info.run_name, run.info.status) == ("lstm_brest_consumption", "FINISHED"), run.info
    assert not missing(run), missing(run)
    check_numbers(run)
    check_descriptions(experiment, run)
    dataset = run.inputs.dataset_inputs[0].dataset
    assert dataset.digest and dataset.source_type, dataset
    uri = f"runs:/{run.info.run_id}/model"
    served = mlflow.pyfunc.load_model(uri)
    example = served.metadata.load_input_example(mlflow.artifacts.download_artifacts(uri))
    forecast = np.asarray(mlflow.keras.load_model(uri).predict(example, verbose=0))
    np.testing.assert_allclose(np.asarray(served.predict(example)), forecast, rtol=1e-6)
    assert 30 < forecast[0, 0, 0, MEDIAN] < 300, forecast
    print(f"run {run.info.run_id} ({run.data.tags['mlflow.note.content']}): complete; dataset {dataset.digest}; the model's example gives {forecast[0, 0, 0, MEDIAN]:.1f} MW by Keras and by pyfunc")


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    with local_server(folder) if folder else nullcontext() as server:
        if server:
            server.wait()
        mlflow.set_tracking_uri(server.uri if server else os.environ["MLFLOW_TRACKING_URI"])
        check()
