"""Run lessons in a real JupyterLab, as a reader does, and keep one long picture of each.

    apt-get install chromium
    uv run --with playwright .ci/lessons_in_jupyterlab.py nbs/tutorials pictures          # all of them
    uv run --with playwright .ci/lessons_in_jupyterlab.py nbs/tutorials pictures 04 05    # some

By hand, not in CI: it needs Chromium (CHROMIUM, else /usr/bin/chromium) and takes some minutes. The lessons are a
temporary copy, run one at a time by Run > Run All Cells; the script fails if a cell raises or stays unrun, if a
picture or a widget is not shown, or if there are fewer figures than in the file. (The student's version stops, as it
must, at its first hole.)
"""
import os, secrets, shutil, socket, subprocess, sys, tempfile, time, urllib.request
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import nbformat
from PIL import Image
from playwright.sync_api import Page, sync_playwright

PATIENCE = 600  # seconds, for one lesson
SETTINGS = {  # no question about news; every cell drawn, even out of sight
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false, "doNotDisturbMode": true}',
    "notebook-extension/tracker": '{"windowingMode": "none"}',
}
STATE = """() => {
    const all = selector => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) ' + selector)]
    const text = selector => all(selector).map(node => node.innerText.trim())
    return {
        idle: text('.jp-Notebook-ExecutionIndicator').length > 0 && all('.jp-Notebook-ExecutionIndicator')[0].dataset.status === 'idle',
        unrun: all('.jp-CodeCell').filter(cell => !/\\d/.test(cell.querySelector('.jp-InputPrompt').innerText)).length,
        errors: text('.jp-OutputArea-output').filter(output => output.includes('Traceback (most recent call last)')),
        figures: all('.jp-RenderedImage img').length,
        broken: all('img').filter(image => image.complete && !image.naturalWidth).map(image => image.alt || image.src.slice(0, 80)),
        widgets: all('.jp-OutputArea-output').filter(node => /HBox\\(|displaying widget|Loading widget/.test(node.innerText)).length,
    }
}"""


@contextmanager
def jupyterlab(folder: Path):
    """A JupyterLab on this machine alone, serving `folder`; the address of its pages, and its token."""
    with socket.socket() as free: free.bind(("127.0.0.1", 0)); port = free.getsockname()[1]
    token, address = secrets.token_hex(16), f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as own:
        for name, content in SETTINGS.items():
            path = Path(own) / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        places = {"JUPYTERLAB_SETTINGS_DIR": f"{own}/settings", "JUPYTERLAB_WORKSPACES_DIR": f"{own}/workspaces"}
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip", "127.0.0.1", "--port", str(port),
                                   f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"],
                                  env=os.environ | places, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(240):
                try: urllib.request.urlopen(f"{address}/api?token={token}"); break
                except OSError: time.sleep(0.5)
            yield address, token
        finally:
            server.terminate()
            server.wait()


def run_all(page: Page) -> dict:
    """Run > Run All Cells; the notebook's state once nothing moves, or when patience is over."""
    page.locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(timeout=120_000)
    page.wait_for_timeout(5_000)  # the kernel says idle a little before it listens
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()
    end = time.monotonic() + PATIENCE
    while True:
        page.wait_for_timeout(1_000)
        state = page.evaluate(STATE)
        if time.monotonic() > end or state["idle"] and (not state["unrun"] or state["errors"]): return state


def long_picture(page: Page, path: Path) -> None:
    """The whole notebook, scrolled and pasted together."""
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer").first
    box, total = panel.bounding_box(), panel.evaluate("node => node.scrollHeight")
    width, height = int(box["width"]), int(box["height"])
    picture = Image.new("RGB", (width, total), "white")
    for top in range(0, total, height):
        panel.evaluate("(node, top) => { node.scrollTop = top }", top)
        page.wait_for_timeout(300)
        real = int(panel.evaluate("node => node.scrollTop"))
        picture.paste(Image.open(BytesIO(page.screenshot(clip=box))), (0, real))
    picture.quantize(256).save(path, optimize=True)


def visit(page: Page, address: str, token: str, lesson: Path, pictures: Path) -> list[str]:
    """Open a lesson, run it, photograph it; what went wrong."""
    outputs = [output for cell in nbformat.read(lesson, 4).cells for output in cell.get("outputs", [])]
    figures = sum("image/png" in output.get("data", {}) for output in outputs)
    page.goto(f"{address}/lab/tree/{lesson.parent.name}/{lesson.name}?reset&token={token}")
    start = time.monotonic()
    state = run_all(page)
    print(f"{lesson.name}: {time.monotonic() - start:.0f} s, {state['figures']} figures ({figures} in the file), "
          f"{state['unrun']} cells unrun, {len(state['errors'])} errors", flush=True)
    long_picture(page, pictures / f"{lesson.stem}.png")
    wrong = [f"raised: {error.splitlines()[-1]}" for error in state["errors"]]
    wrong += [f"{state['unrun']} cells unrun"] * bool(state["unrun"]) + [f"not shown: {image}" for image in state["broken"]]
    wrong += [f"{state['widgets']} widgets left"] * bool(state["widgets"])
    wrong += [f"{state['figures']} figures, {figures} expected"] * (state["figures"] < figures)
    for session in page.request.get(f"{address}/api/sessions?token={token}").json():
        page.request.delete(f"{address}/api/sessions/{session['id']}?token={token}")
    return [f"{lesson.name}: {reason}" for reason in wrong]


def main(lessons: Path, pictures: Path, *wanted: str) -> None:
    """Copy, serve, visit each lesson."""
    pictures.mkdir(parents=True, exist_ok=True)
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copytree(lessons, Path(scratch) / "lessons"))
        if (images := lessons.parent / "images").is_dir(): shutil.copytree(images, Path(scratch) / "images")
        with jupyterlab(Path(scratch)) as (address, token), sync_playwright() as tools:
            browser = tools.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"])
            for lesson in sorted(copy.glob("[0-9]*.ipynb")):
                if wanted and not lesson.name.startswith(wanted): continue
                page = browser.new_page(viewport={"width": 1400, "height": 1000}, locale="fr-FR")
                wrong += visit(page, address, token, lesson, pictures)
                page.close()
            browser.close()
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__": main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
