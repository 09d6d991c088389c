"""Run the first cells of each lesson, and all that it imports later, as a reader does who has installed the wheel only.

    WHEEL/bin/python .ci/first_cells.py LESSONS    LESSONS was made by `brest-ts course`
"""
import ast
import json
import sys
from pathlib import Path


def imports(source: str) -> str:
    """The import statements of a cell; nothing of a cell that is not plain Python."""
    try: body = ast.parse(source).body
    except SyntaxError: return ""
    return "\n".join(ast.unparse(each) for each in body if isinstance(each, (ast.Import, ast.ImportFrom)))


for lesson in sorted(Path(sys.argv[1]).glob("[0-9]*.ipynb")):
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert "find_spec" in sources[0], f"{lesson.name} does not begin with the cell that installs brest_ts"
    for source in sources[:2] + [imports(each) for each in sources[2:]]: exec(source, {})
    print(f"{lesson.name}: its first cells run")
