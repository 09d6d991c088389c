# The student's version of the lessons: solutions out, holes in, with nbgrader's own tool; no outputs; and each file
# complete in itself, for it is copied without the rest of nbs/.
#   uv run jupyter nbconvert --config .ci/student_version.py nbs/tutorials/[0-9]*.ipynb
import base64, re
from pathlib import Path

from nbconvert.preprocessors import Preprocessor

SITE = "https://brest-ts.github.io/brest_ts/"  # as in _quarto.yml


class SelfContained(Preprocessor):
    """Pictures of the prose become attachments of their cell; links out of the folder lead to the site."""

    def preprocess_cell(self, cell, resources, index):
        def attach(match: re.Match) -> str:
            picture = Path(resources["metadata"]["path"]) / match[1]
            cell.setdefault("attachments", {})[picture.name] = {"image/png": base64.b64encode(picture.read_bytes()).decode()}
            return f"](attachment:{picture.name})"

        if cell.cell_type == "markdown":
            source = re.sub(r"\]\((\.\./[^)]+\.png)\)", attach, cell.source)
            cell.source = re.sub(r"\]\(\.\./([^)]+)\.ipynb\)", rf"]({SITE}\1.html)", source)
        return cell, resources


c = get_config()  # noqa: F821
c.NbConvertApp.export_format = "notebook"
c.FilesWriter.build_directory = "brest_ts/course"
c.Exporter.preprocessors = ["nbgrader.preprocessors.ClearSolutions", "nbconvert.preprocessors.ClearOutputPreprocessor", SelfContained]
c.ClearSolutions.enforce_metadata = False
c.ClearSolutions.code_stub = {"python": "# À vous !\nraise NotImplementedError"}
