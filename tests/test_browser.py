"""JupyterLab as a person uses it: open a notebook from the notebooks folder, run all cells, read the result."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pandas as pd
import pytest
from conftest import ROOT

from analysis import corpus, pages, quantities, study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ERROR = '.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]'
REQUIRED = os.environ.get("NEWS_ANALYSIS_BROWSER") == "required"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        not CHROMIUM and not REQUIRED, reason="no Chromium on this machine (Debian: apt install chromium)"
    ),
]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(project_copy, tmp_path_factory):
    """Address of a JupyterLab that serves a copy of the project, in which the notebooks may write."""
    port = _free_port()
    home = tmp_path_factory.mktemp("lab-home")
    log = (home / "lab.log").open("w")
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ip=127.0.0.1", "--IdentityProvider.token=", "--ServerApp.port_retries=0", "--LabApp.news_url="]
    server = subprocess.Popen(
        command,
        cwd=project_copy,
        stdout=log,
        stderr=log,
        env={**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home)},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, home / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait_for(address, server, log):
    for _ in range(240):
        assert server.poll() is None, f"JupyterLab ended before it answered:\n{log.read_text()}"
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.25)
        else:
            return
    pytest.fail(f"JupyterLab did not answer within a minute:\n{log.read_text()}")


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM, "this run requires a browser, and there is no Chromium on this machine"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--disable-sync",
        ]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield running
        running.close()


def run_all(browser, lab, name):
    """Open a notebook, run all its cells and return the page once every code cell has its number."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset", wait_until="domcontentloaded")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=90_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    # The status bar says idle a moment before the kernel's connection takes cells; cells sent before that are dropped.
    page.wait_for_timeout(2_000)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    # JupyterLab takes cells out of the page that are not in view, so only those in view can be asked for their number.
    prompts = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt")
    for _ in range(480):
        shown = prompts.all_text_contents()
        if page.locator(ERROR).count() or (shown and all(re.fullmatch(r"\[\d+\]:", text) for text in shown)):
            return page
        page.wait_for_timeout(250)
    pytest.fail(f"cells did not finish within two minutes: {shown}")


def test_notebooks_run_in_jupyterlab(browser, lab, project_copy):
    for name in ("1_corpus", "2_duplicates"):
        page = run_all(browser, lab, name)
        errors = page.locator(ERROR)
        assert errors.count() == 0, errors.first.inner_text()
        page.close()
    assert (project_copy / "data" / "tables" / "shared_passages.parquet").exists()


def test_topics_are_browsed_from_a_file_without_a_network(browser, tmp_path):
    """By keys alone: walk, search, clear. What reports contain stays text, and nothing is asked for."""
    import test_pages_topics as topics

    evil = topics.EVIL
    page = topics.browser(
        9, reports=topics.REPORTS, passages=topics.PASSAGES, documents=topics.documents(d0=evil, d1="x")
    )
    (tmp_path / "topics.html").write_text(page.html, encoding="utf-8")
    context = browser.new_context(offline=True)
    opened, asked, faults = context.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.goto((tmp_path / "topics.html").as_uri())
    current = opened.locator("nav [aria-current]")
    for key, expected in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        opened.keyboard.press(key)
        opened.wait_for_timeout(50)
        assert current.get_attribute("href") == f"#topic-{expected}"
    opened.keyboard.press("/")
    opened.keyboard.type("STORM harbour")
    assert opened.locator("#told").text_content() == "1 of 9 topics"
    assert opened.locator("main > section:visible").count() == 1
    opened.keyboard.press("Escape")
    assert opened.locator("main > section:visible").count() == 9
    opened.locator("summary").first.click()
    assert evil in opened.locator("details[open]").first.text_content()
    assert opened.title() == "Topics"
    assert (asked, faults) == ([(tmp_path / "topics.html").as_uri()], [])
    # In a frame, as a notebook shows it, a link must not load the notebook into the frame.
    (tmp_path / "notebook.html").write_text(page._repr_html_(), encoding="utf-8")
    opened.goto((tmp_path / "notebook.html").as_uri())
    frame = opened.frames[1]
    frame.locator("nav a").nth(2).click()
    assert frame.locator("nav [aria-current]").get_attribute("href") == "#topic-2"
    assert frame.url == "about:srcdoc"
    context.close()


# ---- Quantities: reports, the page, the form


@pytest.fixture(scope="module")
def before_quantities(project_copy):
    """What notebook 4 reads, in the folder that JupyterLab serves."""
    if not (project_copy / "data" / "tables" / "clusters.parquet").exists():
        study.run(["1", "2"], output=project_copy, folder=ROOT / "notebooks")


def below(page, found):
    """Scroll a notebook down until something is in view; JupyterLab keeps only what is in view in the page."""
    page.mouse.move(700, 600)
    for _ in range(80):
        if found.count():
            found.first.scroll_into_view_if_needed()
            return found.first
        page.mouse.wheel(0, 1200)
        page.wait_for_timeout(150)
    return pytest.fail("it is not in the notebook")


def test_a_case_is_corrected_in_the_form_and_the_next_run_honours_it(browser, lab, project_copy, before_quantities):
    file = project_copy / "data" / "corrections.csv"
    page = run_all(browser, lab, "4_quantities")
    save = below(page, page.get_by_role("button", name="Save correction"))
    assert page.locator(ERROR).count() == 0
    page.get_by_label("low", exact=True).fill("123456")
    page.get_by_label("bound", exact=True).select_option("exact")
    page.get_by_label("your initials", exact=True).fill("AB")
    page.get_by_label("your initials", exact=True).press("Tab")
    save.click()
    page.get_by_text("✓ corrected:").wait_for(timeout=20_000)
    (row,) = quantities.read_corrections(file).to_dict("records")
    assert (row["decision"], row["low"], row["high"], row["by"]) == ("correct", "123456", "123456", "AB")
    page.get_by_role("button", name="Right as read").click()
    page.get_by_text("✓ right as read:").wait_for(timeout=20_000)
    page.get_by_role("button", name="Undo last").click()
    page.get_by_text("The last decision is taken back.").wait_for(timeout=20_000)
    assert quantities.read_corrections(file).to_dict("records") == [row]

    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    stated = project_copy / "data" / "tables" / "quantities.parquet"
    for _ in range(120):
        found = pd.read_parquet(stated).set_index(["document_id", "start"])["low"]
        if found[(row["document_id"], row["start"])] == 123456:
            break
        page.wait_for_timeout(250)
    assert found[(row["document_id"], row["start"])] == 123456
    page.mouse.move(700, 600)
    page.mouse.wheel(0, -100_000)
    page.locator(".jp-OutputArea strong", has_text="1 correction").wait_for(timeout=20_000)
    page.close()
    file.unlink()


REPORTS = {
    "007": "Medics said at least 12 people were killed on Monday. <script>document.title = 'run'</script>",
    "008": "Ninety homes burned for three hours, <b>officials</b> said.",
    "009": "قتل 1,300 شخص في حلب",
}


def reports():
    documents = corpus.from_frame(pd.DataFrame({"document_id": list(REPORTS), "text": list(REPORTS.values())}))
    return quantities.extract(corpus.split(documents)), documents


def test_reports_are_marked_in_a_notebook_that_is_not_trusted(browser, lab, project_copy):
    output = nbformat.v4.new_output("display_data", {"text/html": pages.marked(*reports())})
    cell = nbformat.v4.new_code_cell("pages.marked(stated, documents)", outputs=[output], execution_count=1)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=kernel)
    nbformat.write(notebook, project_copy / "notebooks" / "untrusted.ipynb")
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab}/lab/tree/notebooks/untrusted.ipynb?reset", wait_until="domcontentloaded")
    mark = page.locator(".jp-OutputArea mark", has_text="12").first
    mark.wait_for(timeout=90_000)
    assert "what happened: killed" in mark.get_attribute("title")
    look = mark.evaluate("mark => [getComputedStyle(mark).fontWeight, getComputedStyle(mark).borderBottomStyle]")
    assert look == ["700", "solid"]
    shown = page.locator(".jp-OutputArea").first.inner_text()
    assert "<script>document.title = 'run'</script>" in shown
    assert "<b>officials</b> said." in shown
    assert page.title() != "run"
    page.locator(".jp-OutputArea summary").first.click()
    page.get_by_text("who says so: Medics").first.wait_for()
    page.close()


@pytest.fixture
def offline(browser, tmp_path):
    """The page of quantities, opened from its file with the network off; errors of its script fail the test."""
    found, documents = reports()
    path = tmp_path / "page-quantities.html"
    path.write_text(pages.quantities(found, documents).html, encoding="utf-8")
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True, accept_downloads=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert errors == []


def surfaces(page):
    return page.locator("#table tbody tr td:nth-child(3)").all_inner_texts()


def test_the_page_sorts_and_filters_with_the_network_off(offline):
    page = offline
    assert page.title() == "Quantities in their reports", "no script of a report was run"
    assert surfaces(page) == ["12", "Ninety", "three", "1,300"]
    page.get_by_role("button", name="low").click()
    assert surfaces(page) == ["three", "12", "Ninety", "1,300"]
    page.get_by_role("button", name="low").click()
    assert surfaces(page) == ["1,300", "Ninety", "12", "three"]
    assert page.locator("th[data-name=low]").get_attribute("aria-sort") == "descending"
    for wanted, left in (
        (">12", ["1,300", "Ninety"]),
        ("10..90", ["Ninety", "12"]),
        ("=3", ["three"]),
        ("<=12", ["12", "three"]),
    ):
        page.locator("#filter-low").fill(wanted)
        assert surfaces(page) == left, wanted
    page.locator("#filter-low").fill("many")
    assert page.locator("#filter-low").get_attribute("aria-invalid") == "true"
    assert len(surfaces(page)) == 4
    page.locator("#filter-low").fill("")
    page.locator("#filter-speaker").select_option(label="(none)")
    assert "12" not in surfaces(page)
    page.get_by_role("button", name="Clear").click()
    page.locator("#search").fill("BURN")
    assert page.locator("#count").inner_text() == "No quantity passes these filters."
    page.locator("#search").fill("homes")
    assert surfaces(page) == ["Ninety"]
    assert page.locator("#count").inner_text() == "Rows 1 to 1 of 1"


def test_a_row_leads_to_its_place_and_what_is_pointed_at_is_told(offline):
    page = offline
    page.locator("#table tbody a", has_text="008").first.click()
    assert page.evaluate("document.activeElement.textContent") == "Ninety"
    assert "“Ninety”: 90" in page.locator("#card").inner_text()
    assert page.locator("#card").inner_text().startswith("008")
    page.keyboard.press("Tab")
    assert "“three”: 3" in page.locator("#card").inner_text(), "the next number is reached with the keyboard"
    page.locator("#q0").hover()
    assert "12 or more" in page.locator("#card").inner_text()
    assert page.locator(".who.chosen").inner_text() == "Medics", "its speaker is shown beside it"
    page.locator("#report").select_option(label="009 (1)")
    assert page.locator("article:visible").count() == 1
    assert surfaces(page) == ["1,300"]
    assert page.locator("article:visible .text").evaluate("text => getComputedStyle(text).unicodeBidi") == "plaintext"
    assert "<script>" in page.locator("article").first.evaluate("article => article.textContent")


def test_rows_that_pass_are_a_file_of_corrections(offline, tmp_path):
    offline.locator("#search").fill("killed")
    with offline.expect_download() as download:
        offline.get_by_role("button", name="CSV of these rows").click()
    download.value.save_as(tmp_path / "sheet.csv")
    (row,) = quantities.read_corrections(tmp_path / "sheet.csv").to_dict("records")
    assert (row["document_id"], row["surface"], row["decision"], row["high"]) == ("007", "12", "", "inf")
    new, applied = quantities.correct(reports()[0], quantities.read_corrections(tmp_path / "sheet.csv"), reports()[1])
    assert applied["outcome"].tolist() == ["not decided"]
    assert len(new) == 4


def test_a_page_of_ten_thousand_rows_answers_at_once(browser, tmp_path):
    texts = [" ".join(f"They saw {number} boats." for number in range(10, 50)) for _ in range(263)]
    ids = [f"{number:03}" for number in range(263)]
    documents = corpus.from_frame(pd.DataFrame({"document_id": ids, "text": texts}))
    found = quantities.extract(corpus.split(documents))
    path = tmp_path / "page.html"
    path.write_text(pages.quantities(found, documents).html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(path.as_uri())
    assert page.locator("#count").inner_text() == "Rows 1 to 100 of 10,520"
    page.evaluate("state.filters.low = '>48'")
    timed = "() => { const began = performance.now(); update(); return performance.now() - began }"
    assert min(page.evaluate(timed) for _ in range(3)) < 1000, "milliseconds"
    assert page.locator("#count").inner_text() == "Rows 1 to 100 of 263"
    page.close()
