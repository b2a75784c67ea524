"""Documents that are made to know what stands in them: all of it is read, in order, and nothing that nobody sees.

The cases are those of the benchmark that compares with other readers. Fonts and programs that are missing leave some of them out.
"""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Benchmarks"))
import made_documents  # noqa: E402
import served  # noqa: E402

FAMILIES = {
    "docx": 30, "docx_parts": 15, "epub": 5, "mail": 15, "odf": 0, "odf_sheets_slides": 0, "old_office": 10, "pdf_damaged": 35,
    "pdf_fonts": 20, "pdf_hidden": 40, "pdf_layout": 25, "pdf_tables": 30, "pdf_text": 20, "pdf_turned": 10, "pptx": 15, "rtf": 0,
    "texts": 30, "web": 25, "xlsx": 20,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_document_is_read_as_people_see_it(family, tmp_path):
    cases, left_out = made_documents.make(tmp_path, family, seed=3)
    assert len(cases) >= FAMILIES[family], left_out
    if not cases:
        pytest.skip(f"nothing could be made: {left_out[:1]}")
    readings = made_documents.run_quern(served.EXECUTABLE, tmp_path, list(cases))
    wrong = {name: score.problems for name, case in cases.items() if not (score := made_documents.Score(case, readings[name])).all_right}
    assert not wrong, wrong
