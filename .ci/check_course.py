"""Run each lesson from end to end, and prove its exercises: with a hole left open its test must fail, with the solution it must pass.

    python .ci/check_course.py TEACHER_FOLDER STUDENT_FOLDER

Lessons run at once, a process each, on as many cores as there are.
"""
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
from execnb.shell import CaptureShell


def check(path: Path, student: Path) -> list[str]:
    """What is wrong with a lesson."""
    solved, open_ = (nbformat.read(each, 4).cells for each in (path, student))
    holes = [i for i, cell in enumerate(solved) if cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source]
    shell, proven, wrong = CaptureShell(path=path.parent), 0, []
    if len(solved) != len(open_) or len(holes) < 3: wrong.append(f"{path.name}: {len(holes)} holes")

    def fails(source: str) -> bool:
        if "WARNING" in str(shell.run(source)): wrong.append(f"{path.name}: a warning among the outputs of {source[:60]!r}")
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
    print(f"{path.name}: {len(solved)} cells, {proven} exercises fail when open and pass when solved", flush=True)
    return wrong


if __name__ == "__main__":
    teacher, student = map(Path, sys.argv[1:3])
    lessons = sorted(teacher.glob("[0-9]*.ipynb"))
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), max_tasks_per_child=1) as pool:
        found = list(pool.map(check, lessons, [student / lesson.name for lesson in lessons]))
    sys.exit("\n".join(line for wrong in found for line in wrong) or 0)
