"""Check the site's configuration against the files: every notebook is in the sidebar, every entry exists, all were processed.

    python .ci/check_site.py CHECKOUT     after nbdev_proc_nbs there
"""
import sys
from pathlib import Path

import yaml


def entries(contents: list) -> list[str]:
    """The files named in a sidebar, sections opened."""
    return [file for item in contents for file in (entries(item["contents"]) if isinstance(item, dict) else [item])]


root = Path(sys.argv[1])
listed = entries(yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))["website"]["sidebar"]["contents"])
written = sorted(path.relative_to(root / "nbs").as_posix() for path in (root / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
unprocessed = [file for file in written if not (root / "_proc" / file).exists()]
if sorted(listed) != written or unprocessed:
    sys.exit(f"in the sidebar only: {set(listed) - set(written)}; on disk only: {set(written) - set(listed)}; not processed: {unprocessed}")
print(f"{len(written)} notebooks, all in the sidebar, all processed")
