"""Make the pictures of MLflow's interface that lesson 5 shows, from small simulated runs.

    apt-get install chromium
    uv run --with playwright .ci/screenshots.py

Chromium is the system's own (CHROMIUM, else /usr/bin/chromium). The runs, their server and their folder are
temporary; what stays is nbs/images/mlflow_*.png.
"""
import json, os, re, tempfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

os.environ |= {"LOGNAME": "lesson", "TF_CPP_MIN_LOG_LEVEL": "3"}

import mlflow
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from brest_ts.forecasters import LSTM
from brest_ts.server import EXPERIMENT, local_server
from brest_ts.tracking import Settings, connected, model_name, run_training

IMAGES = Path(__file__).resolve().parents[1] / "nbs" / "images"
BASE = Settings(source="simulation", start="2022-01-01", split="2024-01-01", end="2024-12-31", horizon=1, window_size=14, points=1)
RECIPE = dict(units=16, hidden=16, dropout=0.2, epochs=16, batch_size=64)
RATES = {"prudent": 1e-3, "moyen": 4e-3, "hardi": 16e-3}
HIDDEN, SHOWN = ("Dataset", "Source", "Models"), ("Description", "val_loss", "mape")


def train(uri: str) -> dict[str, str]:
    """Three runs that differ in their learning rate, each a candidate for the registry; their ids."""
    runs = {name: run_training(BASE, LSTM(**RECIPE, learning_rate=rate), uri, promoting=True).run_id for name, rate in RATES.items()}
    for name, run_id in runs.items(): mlflow.MlflowClient().update_run(run_id, name=name)
    return runs


def choose_columns(page: Page) -> None:
    """Fold the list of experiments; show the columns that the lesson speaks of."""
    page.locator("[data-component-id='mlflow.experiment_list_view.hide_button']").click()
    page.get_by_role("button", name="Columns").click()
    for name in HIDDEN + SHOWN:
        page.get_by_placeholder("Search columns").fill(name)
        page.locator("[class*='tree-treenode']").filter(has_text=re.compile(rf"^\s*{name}\s*$")).locator("[class*='tree-checkbox']").first.click()
    page.keyboard.press("Escape")
    page.mouse.click(600, 485)  # below the rows


def fold_charts(page: Page) -> None:
    """Leave the tables of what differs."""
    page.get_by_text("Visualizations").click()


def dismiss_news(page: Page) -> None:
    """Close the announcement that covers a first visit to the registry."""
    page.get_by_role("button", name="Try it now").click()


def shoot(page: Page, address: str, sign: str, name: str, height: int = 720, before=lambda page: None) -> None:
    """Open a page, wait for the text that says it is there, save its picture with at most 128 colours."""
    page.set_viewport_size({"width": 1280, "height": height})
    page.goto("about:blank")  # the interface only reads its address when it starts
    page.goto(address, wait_until="networkidle")
    page.get_by_text(sign).first.wait_for(timeout=30_000)
    before(page)
    page.mouse.move(640, 5)  # nothing under the pointer
    page.wait_for_timeout(2_500)  # charts draw themselves slowly
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(IMAGES / f"mlflow_{name}.png", optimize=True)
    print(f"mlflow_{name}.png", f"{(IMAGES / f'mlflow_{name}.png').stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Runs, server, browser, pictures."""
    with tempfile.TemporaryDirectory() as folder, local_server(Path(folder) / "mlflow") as server, connected(server):
        runs = train(server.uri)
        number = mlflow.get_experiment_by_name(EXPERIMENT).experiment_id
        there, model = f"{server.uri}/#/experiments/{number}", model_name("Brest")
        compared = f"runs={quote(json.dumps(list(runs.values())))}&experiments={quote(json.dumps([number]))}"
        with sync_playwright() as tools:
            browser = tools.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
            page = browser.new_page(locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
            shoot(page, there, "prudent", "runs", 540, choose_columns)
            shoot(page, f"{server.uri}/#/compare-runs?{compared}", "prudent", "comparer", 960, fold_charts)
            shoot(page, f"{there}/runs/{runs['moyen']}", "Registered models", "run", 1060)
            shoot(page, f"{there}/runs/{runs['moyen']}/artifacts/forecast.png", "forecast.png", "artefacts", 860)
            shoot(page, f"{server.uri}/#/models/{model}", "champion", "registre", 660, dismiss_news)
            holder = mlflow.MlflowClient().get_model_version_by_alias(model, "champion").version
            shoot(page, f"{server.uri}/#/models/{model}/versions/{holder}", "champion", "version", 560)
            browser.close()


if __name__ == "__main__": main()
