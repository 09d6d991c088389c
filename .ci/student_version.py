"""Write the lessons as the wheel carries them: brest_ts/course, holes to fill, and in its solutions/ the same, solved.

    uv run python .ci/student_version.py

Each file is complete in itself, for it is copied without the rest of nbs/: pictures of the prose are attachments of
their cell, links out of the folder lead to the site, outputs are gone. Where there are holes, the lines that tell the
site what a figure shows are gone too: they would tell it before it is drawn.
"""
import base64, re, shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LESSONS, COURSE = ROOT / "nbs" / "tutorials", ROOT / "brest_ts" / "course"
SITE = "https://brest-ts.github.io/brest_ts/"  # as in _quarto.yml
TODO = "exercice à faire : remplacez cette ligne par votre code"


def unbroken(prose: str) -> str:
    """No line begins with « : » or « % », nor ends with an opening quotation mark: spaces that JupyterLab will not break."""
    parts = re.split(r"(```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]*\$)", prose, flags=re.S)  # code and formulas stay as they are
    parts[::2] = [re.sub(r"(?<=«) | (?=[:;?%»]|!(?!\[))", "\u00a0", part) for part in parts[::2]]
    return "".join(parts)


def self_contained(cell) -> None:
    """Pictures of the prose become attachments; links out of the folder lead to the site; spaces are French."""
    def attach(match: re.Match) -> str:
        picture = LESSONS / match[1]
        cell.setdefault("attachments", {})[picture.name] = {"image/png": base64.b64encode(picture.read_bytes()).decode()}
        return f"](attachment:{picture.name})"

    source = re.sub(r"\]\((\.\./[^)]+\.png)\)", attach, cell.source)
    page = r"(\]\(|href=\")\.\./((?:guides/)?)(?:\d+_)?(\w+)\.(?:ipynb|qmd)"  # the site leaves out a notebook's number
    cell.source = unbroken(re.sub(page, rf"\g<1>{SITE}\2\3.html", source))


def holed(source: str) -> str:
    """The code of a cell without its solution, nor what it says to the site."""
    source = re.sub(r"^#\|.*\n", "", source, flags=re.M)
    hole = rf'\1# À vous !\n\1raise NotImplementedError("{TODO}")'
    return re.sub(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", hole, source, flags=re.M | re.S)


def write(lesson: Path) -> None:
    """Both versions of a lesson."""
    book = nbformat.read(lesson, 4)
    for cell in book.cells:
        if cell.cell_type == "markdown": self_contained(cell)
        elif cell.cell_type == "code": cell.outputs, cell.execution_count = [], None
    nbformat.write(book, COURSE / "solutions" / lesson.name)
    for cell in book.cells:
        if cell.cell_type == "code": cell.source = holed(cell.source)
    nbformat.write(book, COURSE / lesson.name)


if __name__ == "__main__":
    shutil.rmtree(COURSE)
    (COURSE / "solutions").mkdir(parents=True)
    for lesson in sorted(LESSONS.glob("[0-9]*.ipynb")): write(lesson)
