"""What a reader of the site needs and nbdev does not do, on the notebooks that it processed. Quarto runs it before it renders (`_quarto.yml`).

- A table is plain HTML: said so, no page asks other hosts for the scripts of widgets.
- A name whose code is on the page is not presented twice: no signature (`args:VAR_POSITIONAL` for a class) above the lines that tell it, with its comments.
- A link to another page of the site is relative: the site can be read anywhere.
"""
import json
import re
from pathlib import Path

SITE = "https://brest-ts.github.io/brest_ts/"  # as in _quarto.yml
SIGNATURE = re.compile(r"```python\s*(?:def (\w+))(\(.*?)\s*```\n*", re.DOTALL)


def presented(shown: str, code: str) -> str:
    """What nbdev shows of a name, a class as a class, less the signature that the code of the page tells."""
    found = SIGNATURE.search(shown)
    if not found: return shown
    name, rest = found.groups()
    if re.search(rf"^(?:class|def) {name}\b", code, re.MULTILINE) or "args:VAR_POSITIONAL" in rest: return SIGNATURE.sub("", shown)
    return SIGNATURE.sub(lambda _: f"```python\n{'class' if name[0].isupper() else 'def'} {name}{rest}\n```\n\n", shown)


def relative(text: str, page: Path) -> str:
    """The links of nbdev: to a method, that of its class; to a private name, none."""
    text = re.sub(rf"\[([^\]]+)\]\({SITE}\w+\.html#_\w+\)", r"\1", text)
    text = re.sub(rf"(\]\({SITE}\w+\.html#\w+)\.\w+\)", r"\1)", text)
    return text.replace(f"]({SITE}", "](" + "../" * (len(page.parts) - 1))


def plain(data: dict, page: Path, documents: bool, code: str) -> dict:
    """An output, in Markdown where it was HTML: Quarto then foresees no widget in it."""
    if "text/html" in data: return {"text/markdown": ["```{=html}\n", *"".join(data["text/html"]).splitlines(True), "\n```"]}
    if not documents or "text/markdown" not in data: return data
    return {"text/markdown": relative(presented("".join(data["text/markdown"]), code), page).splitlines(True)}


for page in Path().rglob("*.ipynb"):
    notebook = json.loads(page.read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown": cell["source"] = relative(source, page).splitlines(True)
        for output in cell.get("outputs", []):
            if "data" in output: output["data"] = plain(output["data"], page, "show_doc(" in source, code)
    page.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
