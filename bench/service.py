"""A local service that answers like éCO2mix and Open-Meteo, with the simulated city: the answers are made before they are timed."""
import functools
import io
import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pandas as pd

from brest_ts.simulation import simulate

VARIABLES = ("BREST_TS_ODRE_URL", "BREST_TS_ARCHIVE_URL", "BREST_TS_FORECAST_URL")


@functools.cache
def city():
    return simulate("2020-01-01", "2026-01-08")


@functools.cache
def export(kind: str, start: str, end: str, columns: str) -> bytes:
    """The load of a span, as éCO2mix exports it; every column when none is chosen."""
    load = city().load
    load = load[(load["date_heure"] >= start) & (load["date_heure"] < end)]
    local = load["date_heure"].dt.tz_convert("Europe/Paris")
    whole = load.assign(nature="Données temps réel", date=local.dt.strftime("%Y-%m-%d"), heures=local.dt.strftime("%H:%M"), production=None, echanges_physiques=None)
    chosen = whole[columns.split(",")] if columns else whole
    if kind == "json": return chosen.assign(date_heure=load["date_heure"].dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")).to_json(orient="records", force_ascii=False).encode()
    into = io.BytesIO()
    chosen.assign(consommation=pd.to_numeric(chosen["consommation"], errors="coerce")).to_parquet(into, index=False)
    return into.getvalue()


@functools.cache
def weather(start: str, end: str) -> bytes:
    """The hourly weather of a span of days in UTC, as Open-Meteo gives it."""
    hours = city().weather.reindex(pd.date_range(start, pd.Timestamp(end) + pd.Timedelta(hours=23), freq="h", tz="UTC"))
    columns = {name: [None if pd.isna(value) else value for value in hours[name]] for name in hours}
    units = {"temperature_2m": "°C", "relative_humidity_2m": "%", "wind_speed_10m": "km/h", "shortwave_radiation": "W/m²"}
    return json.dumps({"latitude": 48.39, "longitude": -4.49, "hourly_units": units, "hourly": {"time": list(hours.index.strftime("%Y-%m-%dT%H:%M")), **columns}}).encode()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urlsplit(self.path)
        params = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if "exports" in asked.path: body = export(asked.path.rsplit("/", 1)[1], *re.findall(r"'(\d{4}-[^']+)'", params["where"]), params.get("select", ""))
        else: body = weather(params["start_date"], params["end_date"])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args): pass


@contextmanager
def serving():
    """The environment that sends brest_ts to this service, until the block ends."""
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield dict.fromkeys(VARIABLES, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
