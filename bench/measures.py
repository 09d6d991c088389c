"""One measure in one fresh process: `python -m bench.measures NAME [ARGUMENT …]` prints its figures as JSON."""
import contextlib
import gzip
import io
import json
import subprocess
import sys
import tempfile
import time
from statistics import median


@contextlib.contextmanager
def clock(figures: dict, name: str):
    begin = time.perf_counter()
    yield
    figures[name] = time.perf_counter() - begin


def repeated(act, times: int) -> dict[str, float]:
    """Milliseconds of the first call, and the median of the next."""
    spent = []
    for _ in range(times + 1):
        begin = time.perf_counter()
        act()
        spent.append(1000 * (time.perf_counter() - begin))
    return {"first_ms": spent[0], "next_ms": median(spent[1:])}


def prepared(**changes):
    """Settings and windows of the simulated city, as `brest-ts train` makes them, but for these settings."""
    from brest_ts.tracking import Settings, load_raw, windows_of
    settings = Settings(source="simulation", **changes)
    _, train, test = windows_of(settings, load_raw(source="simulation"))
    return settings, train, test


def errors(validation, forecast) -> dict[str, float]:
    """Mean absolute errors on the validation days, MW: of the day itself, and of all seven."""
    error = abs(forecast - validation.target[..., 0])
    return {"val_mae_day": float(error[:, 0].mean()), "val_mae_week": float(error.mean())}


def follow(validation, forecast, begin: float):
    """A Keras callback that notes, after each epoch, the seconds since `begin` and the error on the validation days; the time of noting is not counted."""
    from brest_ts.modelling import keras
    class Follow(keras.callbacks.Callback):
        curve, spent = [], 0.0
        def on_epoch_end(self, epoch, logs=None):
            now = time.perf_counter()
            self.curve.append([now - begin - self.spent, errors(validation, forecast(self.model))["val_mae_week"]])
            self.spent += time.perf_counter() - now
    return Follow()


RECIPES = {"reference": (30, {}), "before": (30, {"epochs": 30, "learning_rate": 1.1e-3}), "ours": (14, {})}  # Days of window, settings of the LSTM; the reference has its own


def fit(which: str) -> dict:
    """Fit with validation days, followed epoch by epoch; ours is then fitted again on every day, as in a training."""
    from bench.reference import fit_reference
    from brest_ts.forecasters import LSTM
    from brest_ts.modelling import MEDIAN, predict, split_validation
    size, recipe = RECIPES[which]
    settings, train, _ = prepared(window_size=size)
    learn, validation = split_validation(train, settings.validation_days)
    figures, begin = {}, time.perf_counter()
    if which == "reference":
        with clock(figures, "seconds"): forecast, followed = fit_reference(learn, validation, lambda act: follow(validation, act, begin))
    else:
        followed = follow(validation, lambda model: predict(model, validation)[..., 0, MEDIAN], begin)
        with clock(figures, "seconds"): fitted = LSTM(**recipe).fit(learn, validation, lambda epochs, member: followed)
        with clock(figures, "refit_seconds"): LSTM(**recipe).fit(train)
        forecast = fitted.predict(validation)[..., 0, MEDIAN]
    figures["seconds"] -= followed.spent
    return figures | {"epochs": len(followed.curve), "curve": followed.curve} | errors(validation, forecast)


def train(before: str = "") -> dict[str, float]:
    """`brest-ts train --source simulation` in an empty folder, stage by stage."""
    from brest_ts.tracking import Settings, run_training
    if before == "tensorflow": import brest_ts.modelling, tensorflow  # noqa: E401, F401
    figures = {}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), clock(figures, "total"):
        run = run_training(Settings(source="simulation"), say=lambda text: None)
    return run.seconds | figures | {"tensorflow": "tensorflow" in sys.modules}


def first_epoch() -> dict[str, float]:
    """The first epoch, with the optimizer's variables made before it, and during it, as before."""
    from brest_ts.modelling import build_lstm, pinball
    _, train, _ = prepared()
    figures = {}
    for name, early in (("warm_up", True), ("seconds", True), ("before_seconds", False)):
        model = build_lstm(train)
        model.compile("adam", loss=pinball)
        with clock(figures, name):
            if early: model.optimizer.build(model.trainable_variables)
            model.fit(train.inputs, train.target, batch_size=32, verbose=0)
    return figures


def forecast() -> dict[str, float]:
    """One morning from a model opened from its file: as `predict` does it, as it did before, and by `model.predict`."""
    from brest_ts.modelling import build_lstm, ensemble, keras, predict
    _, train, test = prepared()
    one, figures = test[:1], {}
    with tempfile.TemporaryDirectory() as folder:
        ensemble([build_lstm(train)]).save(f"{folder}/model.keras")
        with clock(figures, "load_seconds"): model = keras.models.load_model(f"{folder}/model.keras")
    ways = {"": lambda: predict(model, one), "eager_": lambda: keras.ops.convert_to_numpy(model(one.inputs, training=False)), "keras_": lambda: model.predict(one.inputs, verbose=0)}
    return figures | {f"{way}{name}": value for way, act in ways.items() for name, value in repeated(act, 30).items()}


def ridge() -> dict[str, float]:
    """The seven ridges on one thread, and on as many as BLAS likes, as before."""
    from brest_ts.forecasters import Direct, Ridge
    _, train, test = prepared()
    figures, act = {}, lambda: Ridge().fit(train).predict(test)
    act()
    with clock(figures, "seconds"): act()
    Direct.fit, Direct.predict = Direct.fit.__wrapped__, Direct.predict.__wrapped__
    with clock(figures, "before_seconds"): act()
    return figures


def brest_ts(folder: str, *words: str) -> float:
    """Seconds of a whole command, in a folder."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "from brest_ts.cli import main; main()", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


SMALL = ("--source", "simulation", "--start", "2022-01-01", "--split", "2024-07-01", "--end", "2024-12-31")


def morning() -> dict[str, float]:
    """A desk: a training that promotes, then a morning, as whole commands."""
    with tempfile.TemporaryDirectory() as folder:
        promoted = brest_ts(folder, "train", *SMALL, "--promote")
        mornings = [brest_ts(folder, "forecast", "--source", "simulation", "--day", day, "--quiet", "--out", "week.csv") for day in ("2025-01-14", "2025-01-15")]
    return {"promoting_seconds": promoted, "morning_seconds": median(mornings)}


def backtest(models: str) -> dict[str, float]:
    """These models judged over six months, both kinds of weather, as a whole command."""
    with tempfile.TemporaryDirectory() as folder: return {"seconds": brest_ts(folder, "backtest", *SMALL, "--jobs", "1", "--models", models)}


def load(kind: str) -> dict[str, float]:
    """Six years of load from the service, cold: asked for and parsed year by year, in a format."""
    import pandas as pd
    import requests
    from brest_ts.ingestion import civil_span, find_place, parse_load, service_url
    brest, figures = find_place("Brest"), {}
    kind, _, columns = kind.partition(":")
    address, sample = f"{service_url('BREST_TS_ODRE_URL')}/api/explore/v2.1/catalog/datasets/eco2mix-metropoles-tr/exports/{kind}", []
    def ask(year: int) -> bytes:
        start, end = (f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in civil_span(f"{year}-01-01", f"{year}-12-31"))
        return requests.get(address, {"where": f"date_heure >= '{start}' AND date_heure < '{end}'"} | ({"select": columns} if columns else {}), timeout=60).content
    read = {"json": pd.read_json, "parquet": pd.read_parquet}[kind]
    years = range(2020, 2026)
    for year in years: sample.append(ask(year))  # the service makes its answers once
    with clock(figures, "seconds"):
        for year in years:
            table = read(io.BytesIO(ask(year)))
            if "code_insee_epci" not in table: table["code_insee_epci"] = brest.code
            parse_load(table, brest, *civil_span(f"{year}-01-01", f"{year}-12-31"))
    return figures | {"bytes": sum(map(len, sample)), "bytes_gzip": sum(len(gzip.compress(body)) for body in sample)}


def data() -> dict[str, float]:
    """The library's own way, cold then warm, and the features; nothing of Keras."""
    from brest_ts.features import prepare_datasets
    from brest_ts.ingestion import fetch_load, fetch_weather, open_session
    from brest_ts.places import load_raw
    figures, span = {}, ("Brest", "2020-01-01", "2025-12-31")
    with tempfile.TemporaryDirectory() as folder:  # the service makes its answers once
        fetch_load(*span, open_session(folder))
        fetch_weather(*span[:2], "2026-01-07", session=open_session(folder))
    with clock(figures, "load_first"): fetch_load(*span)
    with clock(figures, "load_warm"): fetch_load(*span)
    with clock(figures, "all_first"): raw = load_raw(source="live")
    with clock(figures, "all_warm"): load_raw(source="live")
    with clock(figures, "features"): prepare_datasets(raw)
    return figures | {"tensorflow": "tensorflow" in sys.modules}


def cities(count: str) -> dict[str, float]:
    """Data (simulated) and features of the first métropoles, one after the other, each dropped after use."""
    from brest_ts.features import prepare_datasets
    from brest_ts.ingestion import METROPOLES
    from brest_ts.places import load_raw
    figures, spent = {"cities": int(count)}, {"data_seconds": 0.0, "features_seconds": 0.0}
    for metropole in METROPOLES[: int(count)]:
        part = {}
        with clock(part, "data_seconds"): raw = load_raw(metropole, source="simulation")
        with clock(part, "features_seconds"): prepare_datasets(raw)
        spent = {name: spent[name] + seconds for name, seconds in part.items()}
    return figures | spent


if __name__ == "__main__":
    measure, *arguments = sys.argv[1:]
    print(json.dumps(globals()[measure](*arguments)))
