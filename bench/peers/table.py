"""What everyone is given: a table of hours (load, observed weather, calendar on the local clock), the mornings to forecast, the weather that each was told."""
import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from bench.peers.exchange import CALENDAR, EXOGENOUS, FELT, WEATHER
from brest_ts.features import MAX_HORIZON, RECENT_DAYS, TARGET, calendar, inertia, issue_of, weather_told
from brest_ts.forecasters import raw_from_table
from brest_ts.ingestion import civil_span, find_place, flaws
from brest_ts.modelling import Windows, mornings
from brest_ts.places import RawData, announced_weather, load_raw
from brest_ts.tracking import Settings


def hours_of(raw: RawData) -> pd.DataFrame:
    """One row an hour (UTC): load (MW, NaN where fewer than half of its quarter-hours are usable) and what is known ahead."""
    verdict = flaws(raw.load)
    usable = raw.load.reindex(verdict.index).where(verdict.eq("ok")).resample("h")
    load = usable.mean().where(usable.count() >= 2).rename("load")
    weather = raw.weather[WEATHER].interpolate(limit_area="inside")
    felt = inertia(weather["temperature_2m"]).set_axis(FELT, axis=1)
    local = weather.index.tz_convert("Europe/Paris")
    day = local.tz_localize(None).normalize()
    known = calendar(pd.date_range(day[0], day[-1]), raw.place).loc[day].set_axis(weather.index)
    table = weather.join(felt).join(known.assign(hour=local.hour)[CALENDAR]).join(load)
    return table[["load", *EXOGENOUS]].rename_axis("start")


def coming_of(hours: pd.DataFrame, bulletins: pd.DataFrame, day: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """The weather of the days aimed at, and of the five that the archive lacks, as a morning was told it."""
    told = weather_told(hours[WEATHER], bulletins, issue_of(day), horizon)
    felt = inertia(told["temperature_2m"]).set_axis(FELT, axis=1)
    first, _ = civil_span(day - pd.Timedelta(days=RECENT_DAYS), day)
    return told.join(felt)[first:]


def raw_of(hours: pd.DataFrame, facts: dict) -> RawData:
    """The same hours, as brest_ts reads raw series."""
    table = hours.reset_index(names="time").rename(columns={"load": TARGET})
    return raw_from_table(table, facts["place"], facts["source"])


def windows_of(folder: Path) -> tuple[Settings, Windows]:
    """What brest_ts makes of the table: all its mornings."""
    settings = Settings(**json.loads((folder / "settings.json").read_text()))
    facts = json.loads((folder / "task.json").read_text())
    return settings, mornings(raw_of(pd.read_parquet(folder / "hours.parquet"), facts))


def write(folder: Path, settings: Settings, every: int = 1) -> dict:
    """Write the table, the mornings (one day in `every`) and the facts of a task; the facts."""
    raw, place = load_raw(settings.metropole, settings.start, settings.end, settings.source), find_place(settings.metropole)
    names = ("source", "start", "split", "end", "validation_days")
    facts = {"place": place.name, "latitude": place.latitude, "longitude": place.longitude} | {name: getattr(settings, name) for name in names}
    hours = hours_of(raw)
    hours.to_parquet(folder / "hours.parquet")
    after = pd.Timestamp(settings.end) + pd.Timedelta(days=MAX_HORIZON)
    bulletins = announced_weather(raw, settings.start, f"{after:%Y-%m-%d}")
    bulletins.to_parquet(folder / "bulletins.parquet")
    (folder / "task.json").write_text(json.dumps(facts))
    (folder / "settings.json").write_text(json.dumps(asdict(settings)))
    known = windows_of(folder)[1].days
    days = known[(known >= settings.split) & (known <= settings.end)][::every]
    told = {day: coming_of(hours, bulletins, day, settings.horizon) for day in days}
    pd.concat(told, names=["issued", "start"]).to_parquet(folder / "coming.parquet")
    spans = [civil_span(f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=settings.horizon - 1):%Y-%m-%d}") for day in days]
    pd.DataFrame(spans, columns=["start", "end"]).assign(issued=days).to_parquet(folder / "mornings.parquet")
    return facts | {"mornings": len(days), "every": every}
