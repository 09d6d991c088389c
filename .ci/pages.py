"""What a reader of the site needs and nbdev does not do, on the notebooks that it processed. Quarto runs it before it renders (`_quarto.yml`).

- A table is plain HTML: said so, no page asks other hosts for the scripts of widgets.
- A class is presented as a class, and without the arguments of `object` (`args:VAR_POSITIONAL`) where its fields or its code follow.
- A link to another page of the site is relative: the site can be read anywhere.
"""
import json
import re
from pathlib import Path

SITE = "https://brest-ts.github.io/brest_ts/"  # as in _quarto.yml
SIGNATURE = re.compile(r"```python\n\s*def (\w+)\((.*?)\n\)(.*?):.*?```\n*", re.DOTALL)


def presented(shown: str) -> str:
    """What nbdev shows of a name, a class as a class."""
    name = SIGNATURE.search(shown)
    if not name or not re.search(rf"^#+ {name[1]}$", shown, re.MULTILINE) or not name[1][:1].isupper(): return shown
    if "VAR_POSITIONAL" in name[2]: return SIGNATURE.sub("", shown)
    return shown.replace(f"def {name[1]}(", f"class {name[1]}(", 1)


def relative(text: str, page: Path) -> str:
    return text.replace(f"]({SITE}", "](" + "../" * (len(page.parts) - 1))


def plain(data: dict) -> dict:
    """An output whose HTML is markdown to Quarto, which then foresees no widget in it."""
    if "text/html" not in data: return data
    return {"text/markdown": ["```{=html}\n", *"".join(data["text/html"]).splitlines(True), "\n```"]}


for page in Path().rglob("*.ipynb"):
    notebook = json.loads(page.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown": cell["source"] = relative("".join(cell["source"]), page)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "show_doc" in "".join(cell["source"]) and "text/markdown" in data:
                data = {"text/markdown": relative(presented("".join(data["text/markdown"])), page)}
            if "data" in output: output["data"] = plain(data)
    page.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
