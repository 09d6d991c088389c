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
METRICS = {"val_loss", "loss", "epoch_val_loss"} | {f"{model}{error}{ahead}" for model in ("", "ridge_", "persistence_", "last_week_") for error in ("mae", "rmse", "mape") for ahead in ("", "_h2", "_h7")}
TAGS = {"metropole", "data_source", "brest_ts_version", "git_commit"}
FILES = {"model", "forecast.png", "loss.png", "predictions.json"}


def missing(run) -> dict[str, set[str]]:
    """What the run does not hold, by kind."""
    files = {file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
    held = {"params": (PARAMS, run.data.params), "metrics": (METRICS, run.data.metrics), "tags": (TAGS, run.data.tags), "files": (FILES, files)}
    return {kind: wanted - set(found) for kind, (wanted, found) in held.items() if wanted - set(found)}


def check() -> None:
    """The newest run is complete, and its model gives the same MW by both ways in."""
    experiment = mlflow.get_experiment_by_name("brest_consumption_forecast")
    run = mlflow.search_runs([experiment.experiment_id], order_by=["start_time DESC"], max_results=1, output_format="list")[0]
    assert (run.info.run_name, run.info.status) == ("lstm_brest_consumption", "FINISHED"), run.info
    assert not missing(run), missing(run)
    dataset = run.inputs.dataset_inputs[0].dataset
    assert dataset.digest and dataset.source_type, dataset
    uri = f"runs:/{run.info.run_id}/model"
    served = mlflow.pyfunc.load_model(uri)
    example = served.metadata.load_input_example(mlflow.artifacts.download_artifacts(uri))
    forecast = np.asarray(mlflow.keras.load_model(uri).predict(example, verbose=0))
    np.testing.assert_allclose(np.asarray(served.predict(example)), forecast, rtol=1e-6)
    assert 30 < forecast[0, 0, 0, MEDIAN] < 300, forecast
    print(f"run {run.info.run_id}: complete; dataset {dataset.digest}; the model's example gives {forecast[0, 0, 0, MEDIAN]:.1f} MW by Keras and by pyfunc")


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    with local_server(folder) if folder else nullcontext() as server:
        if server:
            server.wait()
        mlflow.set_tracking_uri(server.uri if server else os.environ["MLFLOW_TRACKING_URI"])
        check()
