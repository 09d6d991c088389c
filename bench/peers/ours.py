"""brest_ts on the same table, in a process of its own: `python -m bench.peers.ours FOLDER [MODEL …]`."""
import json
import platform
import sys
from pathlib import Path

import pandas as pd
from sklearn.base import clone

import brest_ts
from bench.peers.exchange import processor
from bench.peers.judge import calibrated, ledger
from bench.peers.table import windows_of
from brest_ts.backtesting import blocks
from brest_ts.forecasters import LSTM, Forecaster, name_of, standard
from brest_ts.modelling import Windows, as_announced, mornings

MODELS = ("persistence", "last_week", "ridge", "kernel", "boosting", "lstm", "blend")
TIMED = 10  # Mornings made one by one, from raw series to quantiles, as a peer makes each


def morning_seconds(fitted: Forecaster, test: Windows) -> float:
    """Processor seconds of a morning, features included, one at a time."""
    def make(day):
        raw, first = test.morning(day).raw, (day - pd.Timedelta(days=fitted.past_days)).tz_localize("Europe/Paris")
        recent = raw._replace(load=raw.load[raw.load.index >= first], weather=raw.weather[raw.weather.index >= first])
        return fitted.predict(mornings(recent).morning(day))
    make(test.days[0])  # what is compiled once is not timed
    begin = processor()
    for day in test.days[:TIMED]: make(day)
    return (processor() - begin) / min(TIMED, len(test.days))


def main(folder: Path, names: list[str]) -> None:
    begin = processor()
    settings, every = windows_of(folder)
    told = as_announced(every, pd.read_parquet(folder / "bulletins.parquet"), settings.min_share)
    features = processor() - begin
    early, late = blocks(every, settings, told=told)  # the validation days, whose errors calibrate; then those of the test
    known = {block: {} for block in ("early", "late")}  # parts of the blend are not fitted again
    spent = {}
    for name, forecaster in standard(LSTM(members=3)).items():
        if name not in names: continue
        rows, begin = [], processor()
        for which, block in (("late", late), ("early", early)):
            reuse = {"fit_part": lambda part, _, which=which: known[which][name_of(part)]} if name == "blend" else {}
            fitted = known[which][name] = clone(forecaster).fit(block.train, **reuse)
            if which == "late": spent[name] = processor() - begin
            asked = {"announced": told[told.days.isin(block.test.days)], "observed": block.test}
            rows += [ledger(name, kind, each, fitted.predict(each.blank)) for kind, each in asked.items()]
        if name == "blend": spent[name] = sum(spent[part] for part in forecaster.names)
        calibrated(pd.concat(rows), settings.split).to_parquet(folder / f"{name}.ledger.parquet")
        seconds = morning_seconds(known["late"][name], told[told.days.isin(late.test.days)])
        versions = {"python": platform.python_version(), "brest_ts": brest_ts.__version__}
        facts = {"versions": versions, "fit_seconds": features + spent[name], "forecast_seconds": seconds}
        (folder / f"{name}.json").write_text(json.dumps(facts))
        print(f"{name}: fit {spent[name]:.1f} s, {seconds:.2f} s a morning", file=sys.stderr)


if __name__ == "__main__": main(Path(sys.argv[1]), sys.argv[2:] or list(MODELS))
