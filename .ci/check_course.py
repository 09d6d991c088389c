"""Run each lesson, and prove its exercises: with a hole left open its test must fail, with the solution it must pass.

    python .ci/check_course.py TEACHER_FOLDER STUDENT_FOLDER
"""
import sys
from pathlib import Path

import nbformat
from execnb.shell import CaptureShell

teacher, student = map(Path, sys.argv[1:3])
wrong = []
for path in sorted(teacher.glob("[0-9]*.ipynb")):
    solved, open_ = (nbformat.read(folder / path.name, 4).cells for folder in (teacher, student))
    shell, proven, holes = CaptureShell(path=path.parent), 0, [i for i, (a, b) in enumerate(zip(solved, open_)) if a.cell_type == "code" and a.source != b.source]
    if len(solved) != len(open_) or len(holes) < 3: wrong.append(f"{path.name}: {len(holes)} holes")

    def fails(source: str) -> bool:
        shell.run(source)
        return bool(shell.exc)

    for i, cell in enumerate(solved):
        if cell.cell_type != "code": continue
        if i in holes:
            test = next(later.source for later in solved[i + 1 :] if later.cell_type == "code")
            if "# Vérification" not in test: wrong.append(f"{path.name}: no test after the hole {cell.id}")
            fails(open_[i].source)
            if fails(test): proven += 1
            else: wrong.append(f"{path.name}: the hole {cell.id} can be left open")
        if fails(cell.source): wrong.append(f"{path.name}: {cell.id}: {shell.exc}")
    print(f"{path.name}: {len(solved)} cells, {proven} exercises fail when open and pass when solved")
sys.exit("\n".join(wrong) or 0)
