"""Pages: whole documents that fetch nothing, escape what reports contain, and are saved like figures."""

import json

import pytest

from analysis import pages, provenance, tables
from analysis.provenance import Run


def test_a_page_is_one_document_that_may_fetch_nothing():
    page = pages.document("A <b> title", "<p>12 dead</p>", style="p{color:red}", script="let a = 1")
    assert page.html.startswith("<!doctype html>")
    assert "<title>A &lt;b&gt; title</title>" in page.html
    assert "<h1>A &lt;b&gt; title</h1>" in page.html
    assert "default-src 'none'" in page.html
    assert "<p>12 dead</p>" in page.html
    assert "<script>let a = 1</script>" in page.html
    assert "<script>" not in pages.document("A title", "").html


def test_a_notebook_shows_a_page_in_a_frame_of_its_own():
    shown = pages.document("A title", '<p title="x">12 dead</p>', height=300)._repr_html_()
    assert shown.startswith('<iframe title="A title" srcdoc="&lt;!doctype html&gt;')
    assert 'sandbox="allow-scripts allow-downloads"' in shown
    assert "height:300px" in shown
    assert "<p" not in shown


def test_a_part_of_a_page_is_refused():
    with pytest.raises(tables.TableError, match="needs a whole document from <!doctype html> on; found '<p>12 dead'"):
        tables.Page("A title", "<p>12 dead")


def test_a_page_is_saved_with_a_note_of_what_it_was_made_from(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(provenance.ROOT, raising=False)
    run = Run(tmp_path, "4_quantities", {"vague": "none"})
    page = pages.document("Naïve", "<p>12 dead</p>")
    written = provenance.save(page, "page-quantities", run)
    assert [path.as_posix() for path in written] == ["figures/page-quantities.html", "figures/page-quantities.json"]
    assert (tmp_path / written[0]).read_bytes() == page.html.encode("utf-8")
    note = json.loads((tmp_path / written[1]).read_text(encoding="utf-8"))
    assert note["figures/page-quantities.html"]["notebook"] == "4_quantities"
    assert provenance.stale(tmp_path).empty
