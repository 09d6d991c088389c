# The student's version of the lessons, with nbgrader's own tool: solutions out, holes in, no outputs.
#   uv run jupyter nbconvert --config .ci/student_version.py nbs/tutorials/[0-9]*.ipynb
c = get_config()  # noqa: F821
c.NbConvertApp.export_format = "notebook"
c.FilesWriter.build_directory = "brest_ts/course"
c.Exporter.preprocessors = ["nbgrader.preprocessors.ClearSolutions", "nbconvert.preprocessors.ClearOutputPreprocessor"]
c.ClearSolutions.enforce_metadata = False
c.ClearSolutions.code_stub = {"python": "# À vous !\nraise NotImplementedError"}
