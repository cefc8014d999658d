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

import pytest

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
