"""Every file with its hash and its origin; what was changed is refused; equal results are equal bytes."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from analysis import provenance
from analysis.provenance import ProvenanceError, Run


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project's folder with two seed reports, and the working directory in it."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a.txt").write_text("one")
    (tmp_path / "seeds/b.txt").write_text("two")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(provenance.ROOT, raising=False)
    return tmp_path


@pytest.fixture
def run(project):
    return Run(project, "1_corpus", {"corpus": "seeds"})


def documents():
    return pd.DataFrame(
        {
            "document_id": pd.Series(["a", "b,\n“c”"], dtype="str"),
            "speaker_start": pd.Series([3, None], dtype="Int64"),
            "published": pd.to_datetime(pd.Series(["2023-10-07 06:30", None]), utc=True).astype("datetime64[us, UTC]"),
            "low": [0.1 + 0.2, np.nan],
            "high": [np.inf, -np.inf],
            "approximate": [True, False],
            "start": [0, 7],
        }
    )


def picture():
    figure = Figure(figsize=(89 / 25.4, 60 / 25.4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1, 2], [17, 35, 20.5], marker="o", label="killed")
    axes.fill_between([0, 1, 2], [10, 20, 10], hatch="//", alpha=0.5)
    axes.set(xlabel="reports", ylabel="$n$")
    axes.legend()
    return figure


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# ---- Tables


def test_a_table_comes_back_with_its_kinds(run):
    written = provenance.save(documents(), "documents", run, made_from=["seeds"])
    assert [path.as_posix() for path in written] == [
        "data/tables/documents.parquet",
        "data/tables/documents.csv",
    ]
    pd.testing.assert_frame_equal(provenance.load("documents", run), documents(), check_exact=True)
    pd.testing.assert_frame_equal(provenance.load("documents", run.output), documents(), check_exact=True)


def test_an_empty_table_comes_back_with_its_kinds(run):
    provenance.save(documents().head(0), "documents", run)
    pd.testing.assert_frame_equal(provenance.load("documents", run), documents().head(0))


def test_the_csv_is_for_people(run):
    provenance.save(documents(), "documents", run)
    assert (run.output / "data/tables/documents.csv").read_bytes().decode() == (
        "document_id,speaker_start,published,low,high,approximate,start\n"
        "a,3,2023-10-07 06:30:00+00:00,0.30000000000000004,inf,True,0\n"
        '"b,\n“c”",,,,-inf,False,7\n'
    )


def test_a_long_table_has_no_csv_and_its_former_one_is_removed(run):
    short, long = pd.DataFrame({"x": range(10_000)}), pd.DataFrame({"x": range(10_001)})
    assert len(provenance.save(short, "pairs", run)) == 2
    assert [p.suffix for p in provenance.save(long, "pairs", run)] == [".parquet"]
    assert not (run.output / "data/tables/pairs.csv").exists()
    assert list(provenance.read_manifest(run.output)) == ["data/tables/pairs.parquet"]
    assert len(provenance.load("pairs", run)) == 10_001


def test_the_manifest_states_origin_without_clock_or_machine(run, project):
    provenance.save(documents(), "documents", run, made_from=["seeds"])
    provenance.save(documents(), "pairs", Run(project, "2_duplicates", {"threshold": 0.25}), made_from=["documents"])
    text = (project / "data/manifest.json").read_text()
    manifest = json.loads(text)
    pairs = manifest["data/tables/pairs.parquet"]
    assert set(pairs) == {"sha256", "made_from", "notebook", "parameters", "code", "versions"}
    assert pairs["made_from"] == {
        "data/tables/documents.parquet": provenance.path_sha256(project / "data/tables/documents.parquet")
    }
    assert pairs["parameters"] == {"threshold": 0.25}
    assert pairs["notebook"] == "2_duplicates"
    assert set(pairs["versions"]) == {"python", *provenance.PACKAGES}
    assert manifest["data/tables/documents.csv"]["made_from"] == {"seeds": provenance.path_sha256(project / "seeds")}
    assert str(project) not in text
    assert text.endswith("}\n")
    assert text == json.dumps(manifest, indent=2, sort_keys=True) + "\n"


def test_saving_again_leaves_the_same_bytes(run):
    provenance.save(documents(), "documents", run, made_from=["seeds"])
    before = contents(run.output)
    provenance.save(documents(), "documents", run, made_from=["seeds"])
    assert contents(run.output) == before


def test_the_order_of_saving_does_not_matter(project):
    def both(folder, names):
        for name in names:
            provenance.save(documents(), name, Run(project / folder, "1_corpus"))
        return contents(project / folder)

    assert both("one", ["documents", "passages"]) == both("two", ["passages", "documents"])


def test_inputs_by_path_are_named_alike_on_every_machine(run, project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "reports.csv"
    elsewhere.write_text("x")
    made_from = [project / "seeds", "seeds/a.txt", elsewhere, project]
    assert set(provenance.inputs(made_from, project / "out", {})) == {"seeds", "seeds/a.txt", "reports.csv", "."}


def test_the_hash_of_a_folder_is_of_its_names_and_contents(project):
    expected = "".join(f"{n} {provenance.sha256(t)}\n" for n, t in [("a.txt", b"one"), ("b.txt", b"two")]).encode()
    assert provenance.path_sha256(project / "seeds") == provenance.sha256(expected)
    (project / "seeds/.DS_Store").write_text("looked at")
    assert provenance.path_sha256(project / "seeds") == provenance.sha256(expected)
    (project / "seeds/b.txt").rename(project / "seeds/c.txt")
    assert provenance.path_sha256(project / "seeds") != provenance.sha256(expected)


# ---- Refusals on the way in


@pytest.mark.parametrize("name", ["../documents", "a/b", "", "a b", ".hidden", 7])
def test_names_that_could_leave_the_folder_are_refused(run, name):
    with pytest.raises(ProvenanceError, match="expects letters, digits, _ and -"):
        provenance.save(documents(), name, run)


def test_an_input_nobody_saved_is_refused(run):
    provenance.save(documents(), "documents", run)
    with pytest.raises(ProvenanceError, match=r"\(documents\) or paths that exist; found 'dokuments'"):
        provenance.save(documents(), "pairs", run, made_from=["dokuments"])
    with pytest.raises(ProvenanceError, match=r"found 7\. Save the table first"):
        provenance.save(documents(), "pairs", run, made_from=[7])
    assert not (run.output / "data/tables/pairs.parquet").exists()


def test_made_from_is_a_list(run):
    with pytest.raises(ProvenanceError, match=r"expects a list of names, found 'seeds'; write \['seeds'\]"):
        provenance.save(documents(), "documents", run, made_from="seeds")


def test_a_name_belongs_to_the_notebook_that_used_it_first(run, project):
    provenance.save(picture(), "fig-claims", run)
    before = contents(project)
    with pytest.raises(ProvenanceError, match=r"figures/fig-claims\.pdf is written by 1_corpus; 6_figures cannot"):
        provenance.save(picture(), "fig-claims", Run(project, "6_figures"))
    assert contents(project) == before


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.DataFrame({"x": ["a", 1]}, dtype=object), "a column of more than one kind"),
        (pd.DataFrame({"x": ["a", "b"]}, dtype=object), r"x \(object becomes str\)"),
        (pd.DataFrame({"x": [1]}, index=pd.Index([5], name="document_id")), r"index that would be lost.*reset_index"),
        (pd.DataFrame({"x": [1]}, index=["a"]), "index that would be lost"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "columns with different names"),
        (pd.DataFrame([[1]]), "all text"),
    ],
)
def test_tables_that_would_not_come_back_as_they_are_are_refused(run, table, words):
    with pytest.raises(ProvenanceError, match=words):
        provenance.save(table, "documents", run)
    assert provenance.read_manifest(run.output) == {}


def test_rows_that_were_selected_keep_no_numbers(run):
    provenance.save(documents()[lambda rows: rows["start"] > 0], "documents", run)
    assert list(provenance.load("documents", run).index) == [0]


def test_only_tables_and_figures_are_saved(run):
    with pytest.raises(
        ProvenanceError, match=r"expects a pandas\.DataFrame or a matplotlib Figure for 'x', found list"
    ):
        provenance.save([1], "x", run)


def test_parameters_are_what_json_can_hold(project):
    with pytest.raises(ProvenanceError, match="parameters of 1_corpus expect what JSON can hold"):
        provenance.save(documents(), "documents", Run(project, "1_corpus", {"corpus": Path("x")}))
    with pytest.raises(ProvenanceError, match="what JSON can hold"):
        provenance.save(documents(), "documents", Run(project, "1_corpus", {"threshold": float("nan")}))


# ---- Refusals on the way out


def test_a_changed_table_is_refused(run):
    parquet = run.output / provenance.save(documents(), "documents", run)[0]
    expected = provenance.path_sha256(parquet)[:12]
    content = bytearray(parquet.read_bytes())
    content[40] ^= 1
    parquet.write_bytes(content)
    words = f"documents.parquet was changed after it was written .expected sha256 {expected}…, found .*"
    with pytest.raises(ProvenanceError, match=words + "Run it again: analysis run 1_corpus --force"):
        provenance.load("documents", run)


def test_a_missing_table_is_refused(run):
    (run.output / provenance.save(documents(), "documents", run)[0]).unlink()
    with pytest.raises(ProvenanceError, match=r"is in data/manifest\.json but not on disk .* analysis run 1_corpus"):
        provenance.load("documents", run)


def test_a_table_nobody_saved_is_refused_with_the_nearest(run):
    with pytest.raises(ProvenanceError, match=r"Tables there: none\. Run the notebook that writes it"):
        provenance.load("pairs", run)
    provenance.save(documents(), "documents", run)
    with pytest.raises(ProvenanceError, match="Did you mean documents"):
        provenance.load("document", run)
    with pytest.raises(ProvenanceError, match=r"2_duplicates writes it\. Run it first: analysis run 2_duplicates"):
        provenance.load("pairs", run, made_by="2_duplicates")


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"sha256": ""}}'])
def test_a_damaged_manifest_is_refused(run, text):
    (run.output / "data").mkdir()
    (run.output / "data/manifest.json").write_text(text)
    with pytest.raises(ProvenanceError, match=r"delete it and run the notebooks again: analysis run --force"):
        provenance.load("pairs", run)


# ---- Figures


def test_a_figure_is_saved_at_its_own_size(run):
    written = provenance.save(picture(), "fig-claims", run)
    assert [p.name for p in written] == [f"fig-claims.{kind}" for kind in ("pdf", "svg", "png", "json")]
    with Image.open(run.output / "figures/fig-claims.png") as image:
        assert image.size == (1051, 708)  # 89 mm and 60 mm at 300 dots per inch
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    pdf = (run.output / "figures/fig-claims.pdf").read_bytes()
    assert b"/MediaBox [ 0 0 252.28" in pdf  # 89 mm in points
    assert b"/FontFile2" in pdf  # TrueType, so text stays text


def test_what_a_reader_set_in_matplotlib_does_not_reach_the_files(run, project):
    provenance.save(picture(), "fig-claims", run)
    before = contents(project)
    reader = {
        "savefig.bbox": "tight",
        "savefig.dpi": 50,
        "pdf.fonttype": 3,
        "svg.fonttype": "none",
        "svg.hashsalt": "x",
    }
    with mpl.rc_context({**reader, "savefig.transparent": True, "savefig.facecolor": "red"}):
        provenance.save(picture(), "fig-claims", run)
    assert contents(project) == before


def test_one_figure_saved_twice_is_the_same(run, project):
    figure = picture()
    provenance.save(figure, "fig-claims", run)
    before = contents(project)
    provenance.save(figure, "fig-claims", run)
    assert contents(project) == before


def test_a_figure_has_the_same_bytes_in_another_process(run, project):
    provenance.save(picture(), "fig-claims", run)
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_provenance import picture, provenance, Run\nfrom pathlib import Path\n"
        "provenance.save(picture(), 'fig-claims', Run(Path('other'), '1_corpus', {'corpus': 'seeds'}))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    for kind in ("pdf", "svg", "png"):
        name = f"figures/fig-claims.{kind}"
        assert (project / "other" / name).read_bytes() == (project / name).read_bytes()


def test_the_sidecar_is_the_manifest_entry(run, project):
    provenance.save(documents(), "documents", run)
    provenance.save(picture(), "fig-claims", run, made_from=["documents"])
    manifest = provenance.read_manifest(project)
    names = [f"figures/fig-claims.{kind}" for kind in ("pdf", "svg", "png")]
    sidecar = json.loads((project / "figures/fig-claims.json").read_text())
    assert sidecar == {name: manifest[name] for name in names}
    assert manifest["figures/fig-claims.json"]["sha256"] == provenance.path_sha256(project / "figures/fig-claims.json")


# ---- Together or not at all


@pytest.mark.parametrize("failing", ["documents.parquet", "documents.csv", "manifest.json"])
def test_a_failed_save_leaves_everything_as_it_was(run, project, monkeypatch, failing):
    provenance.save(documents(), "documents", run)
    before = contents(project)
    replace = Path.replace

    def full_disk(self, target):
        # Only the first try fails, so that putting the old bytes back can be seen to work.
        if Path(target).name == failing and not failed:
            failed.append(target)
            raise OSError("No space left on device")
        return replace(self, target)

    failed = []
    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        provenance.save(documents().head(1), "documents", run)
    assert contents(project) == before
    assert failed


def test_a_first_save_that_fails_leaves_nothing(run, project, monkeypatch):
    monkeypatch.setattr(provenance.files.os, "fsync", lambda number: (_ for _ in ()).throw(OSError("No space left")))
    with pytest.raises(OSError, match="No space left"):
        provenance.save(documents(), "documents", run)
    assert not [name for name in contents(project) if name.startswith("data") and not name.endswith(".lock")]


def _save_some(folder, names):
    for name in names:
        provenance.save(pd.DataFrame({"x": [1.0]}), name, Run(Path(folder), "1_corpus"))


def test_two_processes_save_at_once(project):
    context = multiprocessing.get_context("spawn")
    names = [[f"{letter}{number}" for number in range(15)] for letter in "ab"]
    writers = [context.Process(target=_save_some, args=(str(project), some)) for some in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    stems = {Path(file).stem for file in provenance.read_manifest(project)}
    assert stems == {name for some in names for name in some}
    assert provenance.stale(project).empty


def test_a_lock_that_is_not_let_go_is_named(project):
    with (
        provenance.lock(project / "data/.lock"),
        pytest.raises(ProvenanceError, match=r"Another process holds .*\.lock \(waited 0\.1 seconds.*try again"),
        provenance.lock(project / "data/.lock", seconds=0.1),
    ):
        pass
    with provenance.lock(project / "data/.lock", seconds=0):
        pass


# ---- What no longer agrees


@pytest.fixture
def chain(run, project):
    """Documents from the seeds, pairs from documents, a figure from pairs."""
    provenance.save(documents(), "documents", run, made_from=["seeds"])
    provenance.save(documents(), "pairs", Run(project, "2_duplicates"), made_from=["documents"])
    provenance.save(picture(), "fig-pairs", Run(project, "6_figures"), made_from=["pairs"])
    return project


def why(output, **options):
    return provenance.stale(output, **options).groupby("file")["why"].agg(list).to_dict()


def test_nothing_is_stale_after_saving(chain):
    found = provenance.stale(chain)
    assert list(found.columns) == ["file", "why"]
    assert found.empty
    assert provenance.stale(chain / "nothing here").empty


def test_what_was_changed_by_hand_or_lost_is_stale(chain):
    (chain / "data/tables/pairs.csv").write_text("x\n")
    (chain / "figures/fig-pairs.svg").unlink()
    assert why(chain) == {
        "data/tables/pairs.csv": ["the file was changed after it was written"],
        "figures/fig-pairs.svg": ["the file is missing"],
    }


def test_what_was_made_from_something_stale_is_stale_too(chain):
    (chain / "seeds/a.txt").write_text("three")
    found = why(chain)
    assert found["data/tables/documents.csv"] == ["its input seeds was changed since"]
    assert found["data/tables/pairs.parquet"] == ["its input data/tables/documents.parquet is out of date itself"]
    assert found["figures/fig-pairs.png"] == ["its input data/tables/pairs.parquet is out of date itself"]
    assert len(found) == 8


def test_a_table_written_again_makes_its_readers_stale(chain, run):
    provenance.save(documents().head(1), "documents", run, made_from=["seeds"])
    found = why(chain)
    assert found["data/tables/pairs.parquet"] == ["its input data/tables/documents.parquet was written again since"]
    assert "data/tables/documents.parquet" not in found


def test_other_code_and_other_versions_make_stale(chain, monkeypatch):
    monkeypatch.setattr(provenance.hashes, "code_sha256", lambda: "other")
    monkeypatch.setattr(provenance.environment, "versions", lambda: dict.fromkeys(["python", *provenance.PACKAGES], ""))
    found = why(chain)["data/tables/documents.parquet"]
    assert found[0] == "the code of the package was changed since"
    assert f"numpy was {np.__version__}, is absent" in found


def test_inputs_from_outside_are_compared_when_given(project, tmp_path_factory):
    reports = tmp_path_factory.mktemp("elsewhere") / "reports.csv"
    reports.write_text("x")
    provenance.save(documents(), "documents", Run(project, "1_corpus"), made_from=[reports])
    assert (
        "is gone, or outside of output and project: not compared; name it"
        in why(project)["data/tables/documents.csv"][0]
    )
    assert why(project, outside=[reports]) == {}
    reports.write_text("y")
    assert why(project, outside=[reports])["data/tables/documents.csv"] == ["its input reports.csv was changed since"]


def test_the_code_is_hashed_as_it_is_on_disk(tmp_path, monkeypatch):
    for folder in ("lexicon", "pages"):
        (tmp_path / folder).mkdir()
    for name in ("provenance.py", "corpus.py", "lexicon/units.csv", "pages/quantities.js", "notes.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(provenance.hashes, "PACKAGE", tmp_path)
    first = provenance.code_sha256()
    (tmp_path / "notes.txt").write_text("not code")
    assert provenance.code_sha256() == first
    (tmp_path / "lexicon/units.csv").write_text("changed")
    second = provenance.code_sha256()
    (tmp_path / "corpus.py").write_text("changed")
    third = provenance.code_sha256()
    (tmp_path / "pages/quantities.js").write_text("changed")
    assert len({first, second, third, provenance.code_sha256()}) == 4


def test_a_package_that_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr(provenance.environment, "PACKAGES", ("no-such-package",))
    assert provenance.versions()["no-such-package"] == ""


def test_the_project_is_found_from_below_and_as_the_runner_says(project, monkeypatch):
    (project / "notebooks").mkdir()
    monkeypatch.chdir(project / "notebooks")
    assert provenance.project_root() == project
    monkeypatch.setenv(provenance.ROOT, "/somewhere")
    assert provenance.project_root() == Path("/somewhere")


def test_without_a_project_the_working_directory_is_the_place(tmp_path, monkeypatch):
    monkeypatch.delenv(provenance.ROOT, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(provenance.paths, "PACKAGE", tmp_path)
    assert provenance.project_root() == tmp_path


def test_importing_provenance_loads_no_heavy_package():
    script = "import sys, analysis.provenance; print({'pandas', 'matplotlib', 'pyarrow'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "set()\n"
