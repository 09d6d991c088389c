"""Check the site against the files: every page is in the sidebar and was processed, no dead link, no figure without alternative text.

    python .ci/check_site.py CHECKOUT     after nbdev_proc_nbs there
"""
import re
import sys
from pathlib import Path

import nbformat
import yaml


def entries(contents: list) -> list[str]:
    """The files named in a sidebar, sections opened."""
    return [file for item in contents for file in (entries(item["contents"]) if isinstance(item, dict) else [item])]


def texts(page: Path) -> list[str]:
    """The prose of a page, piece by piece."""
    if page.suffix == ".qmd": return [page.read_text(encoding="utf-8")]
    return [cell.source for cell in nbformat.read(page, 4).cells if cell.cell_type == "markdown"]


def faults(page: Path) -> list[str]:
    """Dead links, and images or figures that say nothing to who can't see them."""
    found = []
    for text in texts(page):
        for mark, label, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)\s]+)", text):
            file = target.partition("#")[0]
            if file.startswith(SITE) and file.removeprefix(SITE) not in PUBLISHED: found.append(f"no such page of the site: {target}")
            if file and not re.match(r"\w+:", file) and not (page.parent / file).exists(): found.append(f"dead link {target}")
            if mark and not label: found.append(f"no alternative text for {target}")
        found += [f"a badge names no file: {file}" for file in re.findall(r"(?:blob/main/|labpath=)([^)\s]+)", text) if not (root / file).exists()]
    cells = nbformat.read(page, 4).cells if page.suffix == ".ipynb" else []
    for cell in cells:
        drawn = any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        if drawn and not ("#| fig-alt:" in cell.source and "#| fig-cap:" in cell.source): found.append(f"no caption or alternative text: {cell.source.splitlines()[0]}")
    badges = {kind: sum(kind in text for text in texts(page)) for kind in ("colab.research", "mybinder")}
    if page.parent.name == "tutorials" and set(badges.values()) != {1}: found.append(f"badges: {badges}")
    return [f"{page.name}: {fault}" for fault in found]


root = Path(sys.argv[1])
SITE = "https://brest-ts.github.io/brest_ts/"  # as in _quarto.yml
PUBLISHED = {"", *(re.sub(r"(^|/)\d+_", r"\1", page.relative_to(root / "nbs").with_suffix(".html").as_posix()) for page in (root / "nbs").rglob("*.*"))}
website = yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))["website"]
listed = entries(website["sidebar"]["contents"])
pages = sorted(path for suffix in ("ipynb", "qmd") for path in (root / "nbs").rglob(f"*.{suffix}") if ".ipynb_checkpoints" not in path.parts and not path.name.startswith("_"))  # "_": a draft, that nbdev leaves out too
written = [page.relative_to(root / "nbs").as_posix() for page in pages]
wrong = [f"in the sidebar only: {file}" for file in sorted(set(listed) - set(written))] + [f"not in the sidebar: {file}" for file in sorted(set(written) - set(listed))]
wrong += [f"not processed: {file}" for file in written if not (root / "_proc" / file).exists()]
wrong += [f"missing: {file}" for file in [website["favicon"], website["image"], *(item["href"] for item in website["navbar"]["left"])] if not (root / "nbs" / file).exists()]
wrong += [fault for page in pages for fault in faults(page)]
if wrong: sys.exit("\n".join(wrong))
print(f"{len(written)} pages: all in the sidebar, all processed, no dead link, every figure has its caption and alternative text")
