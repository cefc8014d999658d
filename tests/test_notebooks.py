"""The notebooks: thin, honest about what they read and write, and right in all the ways people run them."""

import ast
import json
import re
import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from conftest import ROOT

from analysis import provenance, study

NAMES = [notebook.name for notebook in study.NOTEBOOKS]
# One process for all that look at the shared runs, so that they are made once.
pytestmark = [pytest.mark.notebooks, pytest.mark.xdist_group("notebooks")]


def source(name):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def code_cells(name):
    return [cell for cell in source(name).cells if cell.cell_type == "code"]


# ---- as they stand in git


@pytest.mark.parametrize("record", study.NOTEBOOKS, ids=NAMES)
def test_parameters_cell_and_model_agree(record):
    study.agree(record, ROOT / "notebooks" / f"{record.name}.ipynb")


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_stripped_and_the_kernel_is_plain(name):
    notebook = source(name)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not [cell for cell in code_cells(name) if cell.outputs or cell.execution_count]
    assert len(code_cells(name)) <= 12 + 1, "a dozen code cells and the parameters"


@pytest.mark.parametrize("name", NAMES)
def test_cells_call_the_library_and_hold_no_program(name):
    wanting = (
        ast.FunctionDef,
        ast.ClassDef,
        ast.For,
        ast.While,
        ast.If,
        ast.IfExp,
        ast.Lambda,
        ast.Try,
        ast.comprehension,
    )
    for cell in code_cells(name):
        if "parameters" not in cell.metadata.get("tags", []):
            tree = ast.parse(re.sub(r"(?m)^%.*$", "", cell.source))
            assert not [node for node in ast.walk(tree) if isinstance(node, wanting)], cell.source
            assert not re.search(r"""["'](?:\.{0,2}/|[A-Za-z]:\\)""", cell.source), f"a path in {cell.source}"


@pytest.mark.parametrize("record", study.NOTEBOOKS, ids=NAMES)
def test_what_a_notebook_says_it_reads_and_writes_is_what_it_does(record):
    code = "\n".join(cell.source for cell in code_cells(record.name))
    assert set(re.findall(r'provenance\.load\("(\w+)"', code)) <= set(record.reads)
    saved = re.findall(r'provenance\.save\(\s*\w+,\s*"([\w-]+)"', code)
    assert {name for name in saved if not name.startswith(("fig-", "page-"))} == set(record.writes)
    for inputs in re.findall(r"made_from=\[([^\]]*)\]", code):
        assert set(re.findall(r'"(\w+)"', inputs)) <= {*record.reads, *record.writes}
    head = source(record.name).cells[0].source
    assert all(f"`{table}`" in head for table in record.writes), "the title cell names what is written"


# ---- run on the seed reports


def table(seed_run, name):
    return pd.read_parquet(seed_run / "data" / "tables" / f"{name}.parquet")


def said(seed_run, name):
    """All Markdown that the executed notebook computed."""
    executed = nbformat.read(seed_run / "runs" / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output["data"]["text/markdown"] for output in outputs if "text/markdown" in output.get("data", {}))


def test_every_notebook_ran_whole(seed_run):
    for name in NAMES:
        executed = nbformat.read(seed_run / "runs" / f"{name}.ipynb", as_version=4)
        cells = [cell for cell in executed.cells if cell.cell_type == "code" and cell.source.strip()]
        assert all(cell.execution_count for cell in cells)
        assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert provenance.stale(seed_run).empty


def test_no_output_names_a_folder_of_this_machine(seed_run):
    folders = {str(ROOT), sys.prefix, str(seed_run), "site-packages", "ipykernel_"}
    for name in NAMES:
        executed = nbformat.read(seed_run / "runs" / f"{name}.ipynb", as_version=4)
        outputs = json.dumps([cell.outputs for cell in executed.cells if cell.cell_type == "code"])
        assert not [folder for folder in folders if folder in outputs], name


def test_seed_topics_are_asked_what_a_reviewer_asks(seed_run):
    words = said(seed_run, "3_topics")
    assert "5 reports show what the steps do, and are too few to study topics with." in words
    assert "0 topics of 4 are larger or smaller as printed than as written" in words, "no report is a copy"
    audited, raw = table(seed_run, "topic_audit"), table(seed_run, "topic_coherence")
    assert len(audited) == 4
    assert (raw["agreement"] == 1).all(), "without copies the weighed fit is the raw one"
    assert table(seed_run, "topic_trends").empty, "two days are no time"
    assert table(seed_run, "topic_stability").empty
    page = (seed_run / "figures" / "page-topics.html").read_text(encoding="utf-8")
    assert page.count("<section ") == 4
    assert "https://" not in re.sub(r"<p dir=.*?</p>|<blockquote>.*?</blockquote>", "", page, flags=re.DOTALL)


def test_names_of_topics_are_carried_through_and_those_of_another_fit_are_refused(seed_run, copy_of, tmp_path):
    output = copy_of(seed_run)
    names = table(seed_run, "topic_names").assign(name=["War", "", "Aid", ""])
    names.to_csv(tmp_path / "names.csv", index=False)
    given = {"names": str(tmp_path / "names.csv")}
    study.run(["3_topics"], parameters=given, output=output, folder=ROOT / "notebooks")
    assert "**0 · War** (" in said(output, "3_topics")
    assert "2 · Aid" in (output / "figures" / "page-topics.html").read_text(encoding="utf-8")
    with pytest.raises(study.NotebookFailed, match=r"names\.csv was written for other topics"):
        study.run(["3_topics"], parameters=given | {"n_topics": 3}, output=output, folder=ROOT / "notebooks")


def test_seed_similarities(seed_run):
    scores = table(seed_run, "similarities").set_index(["a", "b"])["score"].sort_values(ascending=False)
    assert scores.head(2).round(2).to_dict() == {("000", "002"): 0.31, ("002", "004"): 0.30}
    assert scores[[("003" in pair) for pair in scores.index]].max() < 0.20
    assert table(seed_run, "pairs").empty, "no pair is a near-copy"
    words = said(seed_run, "2_duplicates")
    assert "000 and 002 at 0.31, then 002 and 004 at 0.30" in words
    assert "Farthest from all others: **003**, whose highest score is 0.19." in words
    assert "Among reports published close together it is in no pair." in words


def test_the_forecast_counts_what_is_then_found(seed_run):
    """Five reports are counted whole, so the forecast at the floor is the table of similarities."""
    executed = nbformat.read(seed_run / "runs" / "2_duplicates.ipynb", as_version=4)
    (cell,) = [cell for cell in executed.cells if cell.cell_type == "code" and "duplicates.forecast(" in cell.source]
    shown = cell.outputs[0]["data"]["text/plain"].splitlines()
    assert shown[0].split() == ["threshold", "n_pairs", "gigabytes"], "minutes are of the clock"
    scores = table(seed_run, "similarities")["score"]
    for line in shown[1:]:
        _, threshold, n_pairs, _ = line.split()
        assert int(n_pairs) == (scores >= float(threshold)).sum()
    assert (seed_run / "figures" / "fig-thresholds.svg").exists()


def test_seed_shared_passages(seed_run):
    shared = table(seed_run, "shared_passages")
    counts = shared.groupby(["a", "b"])["n_words"].agg(["size", "sum"])
    assert counts.to_dict("index") == {("000", "002"): {"size": 1, "sum": 17}, ("002", "004"): {"size": 5, "sum": 62}}
    assert shared.loc[shared["a"] == "000", "quoted"].all()
    assert not shared.loc[shared["a"] == "002", "quoted"].any()
    words = said(seed_run, "2_duplicates")
    assert "002 and 004 share 5 passages, 62 words." in words
    assert "000 and 002 share 1 passage, 17 words, a quotation." in words
    assert "So the highest cosine is not the copy" in words


def test_seed_killed(seed_run):
    claims = table(seed_run, "claims").set_index("claim_id")
    killed = claims.loc["people-killed-35000"]
    assert (killed["n_documents"], killed["n_independent"], killed["n_speakers"]) == (4, 3, 1)
    assert (killed["low"], killed["agreement"]) == (35000, "same")
    readings = table(seed_run, "claim_quantities").merge(table(seed_run, "quantities"), on=["document_id", "start"])
    readings = readings[readings["claim_id"] == "people-killed-35000"]
    assert set(readings["speaker_name"]) == {"Gaza's health ministry"}
    assert readings.set_index("document_id")["speaker"]["001"] == "local health authorities"


def test_seed_hostages_are_one_claim_with_its_readings(seed_run):
    readings = table(seed_run, "claim_quantities").merge(table(seed_run, "quantities"), on=["document_id", "start"])
    taken = readings[(readings["event"] == "taken hostage") & (readings["low"] == 250)]
    assert len(set(taken["claim_id"])) == 1
    assert taken.set_index("document_id")["bound"].to_dict() == {"001": "exact", "002": "more than", "004": "more than"}
    assert "“more than 250” (× 2) and “around 250”" in said(seed_run, "5_claims")


def test_one_report_with_three_tolls_makes_three_claims(seed_run):
    readings = table(seed_run, "claim_quantities").merge(table(seed_run, "quantities"), on=["document_id", "start"])
    tolls = readings[(readings["document_id"] == "004") & (readings["event"] == "killed") & (readings["low"] < 100)]
    assert tolls.groupby("low")["claim_id"].nunique().to_dict() == {17: 1, 30: 1, 31: 1}
    assert tolls["claim_id"].nunique() == 3
    assert "not a conflict resolved here" in said(seed_run, "5_claims")


def test_offsets_slice_to_the_surface_and_the_speaker(seed_run):
    texts = table(seed_run, "documents").set_index("document_id")["text"]
    for row in table(seed_run, "quantities").itertuples():
        text = texts[row.document_id]
        assert text[row.start : row.end] == row.surface
        if row.speaker:
            assert text[row.speaker_start : row.speaker_end] == row.speaker


def outputs_of(output, name):
    """All outputs of an executed notebook."""
    executed = nbformat.read(output / "runs" / f"{name}.ipynb", as_version=4)
    return [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]


def test_the_record_of_the_quantities_shows_reports_and_cases_and_holds_no_widget(seed_run):
    shown = outputs_of(seed_run, "4_quantities")
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" not in kinds
    html = "".join(output["data"]["text/html"] for output in shown if "text/html" in output.get("data", {}))
    assert html.count("<mark") > 45, "every quantity, in its report"
    assert "5 reports with 45 quantities: all are shown." in html
    assert "In JupyterLab, with ipywidgets, a form stands here." in html
    assert html.count("to check: ") > 20
    page = (seed_run / "figures/page-quantities.html").read_text(encoding="utf-8")
    assert page.count('<mark class="') >= 45
    note = json.loads((seed_run / "figures/page-quantities.json").read_text(encoding="utf-8"))
    assert note["figures/page-quantities.html"]["notebook"] == "4_quantities"


def test_corrections_are_applied_and_reach_the_claims(seed_run, copy_of):
    output = copy_of(seed_run)
    stated = table(output, "quantities").set_index(["document_id", "surface"])
    start, end = stated.loc[("001", "35,000"), ["start", "end"]]
    lines = [
        "document_id;start;end;surface;decision;low",
        f'1;{start};{end};"35,000";correct;53000',
        "1;0;3;Xyz;reject;",
    ]
    (output / "data/corrections.csv").write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    (found,) = study.status(output, notebooks=["4"], parameters={}, folder=ROOT / "notebooks")
    assert found.why == ("its input data/corrections.csv is there now, and was not",)
    study.run(["4", "5"], output=output, folder=ROOT / "notebooks")
    assert table(output, "quantities").set_index(["document_id", "surface"])["low"][("001", "35,000")] == 53000
    assert table(output, "corrections_applied")["outcome"].tolist() == ["no longer matches", "applied"]
    assert "“The” stands there now" in said(output, "4_quantities")
    assert 53000 in table(output, "claims")["low"].tolist()
    entry = provenance.read_manifest(output)["data/tables/quantities.parquet"]
    assert entry["made_from"]["data/corrections.csv"] == provenance.path_sha256(output / "data/corrections.csv")


def generated(output, *folders):
    found = [path for folder in folders for path in (output / folder).rglob("*") if path.is_file()]
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in found if path.suffix != ".log"}


def test_two_runs_give_the_same_bytes(seed_run, tmp_path):
    """Of the first notebook, which alone reads the reports; the next test is of all that follow."""
    study.run(["1_corpus"], parameters={}, output=tmp_path, folder=ROOT / "notebooks")
    second = generated(tmp_path, "data/tables", "figures", "runs")
    first = generated(seed_run, "data/tables", "figures", "runs")
    assert len(second) > 3
    assert [name for name in second if first.get(name) != second[name]] == []


def test_shuffled_input_gives_the_same_tables_figures_and_records(seed_run, shuffled_run):
    """What differs names its inputs: the record of the first notebook, and the notes beside tables and figures."""
    first, second = (generated(output, "data/tables", "figures", "runs") for output in (seed_run, shuffled_run))
    assert sorted(first) == sorted(second)
    different = [name for name in first if first[name] != second[name] and not name.endswith(".json")]
    assert different == ["runs/1_corpus.ipynb"]


# ---- the other ways to run them


def papermill(tmp_path, *options):
    command = [sys.executable, "-m", "papermill", str(ROOT / "notebooks" / "2_duplicates.ipynb"), "out.ipynb", *options]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)


def test_plain_papermill(seed_run, tmp_path, copy_of):
    output = copy_of(seed_run)
    ran = papermill(tmp_path, "-p", "threshold", "0.3", "-p", "output", str(output))
    assert ran.returncode == 0, ran.stderr
    pairs = pd.read_parquet(output / "data" / "tables" / "pairs.parquet")
    assert pairs[["a", "b"]].to_numpy().tolist() == [["000", "002"], ["002", "004"]]
    chains = table(output, "chaining")  # 002 is the only dated one of the three, so it represents the others
    assert chains[["representative", "n_documents", "n_pairs"]].to_numpy().tolist() == [["002", 3, 2]]
    manifest = json.loads((output / "data" / "manifest.json").read_text())
    assert manifest["data/tables/pairs.parquet"]["parameters"]["threshold"] == 0.3


def test_a_cluster_of_the_complete_method_has_no_chain(seed_run, tmp_path, copy_of):
    output = copy_of(seed_run)
    ran = papermill(tmp_path, "-p", "threshold", "0.3", "-p", "cluster_method", "complete", "-p", "output", str(output))
    assert ran.returncode == 0, ran.stderr
    clusters = table(output, "clusters").set_index("document_id")["representative"]
    assert clusters[["000", "002", "004"]].tolist() == ["002", "002", "004"]
    assert table(output, "chaining").empty


def test_plain_papermill_with_a_misspelled_parameter_fails(seed_run, tmp_path, copy_of):
    ran = papermill(tmp_path, "-p", "treshold", "0.3", "-p", "output", str(copy_of(seed_run)))
    assert ran.returncode == 1
    assert "does not know the parameter 'treshold'. Did you mean threshold?" in ran.stderr
