"""A whole HTML document around a body: letters, style, and the promise that nothing is fetched."""

from html import escape

from analysis import tables

# The browser itself holds the page to it: no address is asked for anything.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root{--ink:#222;--faint:#595959;--line:#d9d9d9;--pale:#f4f4f4;--blue:#0072b2}
*{box-sizing:border-box}
body{margin:0;padding:12px;font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
color:var(--ink);background:#fff}
h1{font-size:18px;margin:0 0 8px}
h2{font-size:15px;margin:16px 0 4px}
table{border-collapse:collapse;font-size:13px}
th,td{text-align:left;vertical-align:top;padding:3px 8px;border-bottom:1px solid var(--line)}
:focus-visible{outline:2px solid var(--blue)}
"""


def document(title, body, *, style="", script="", height=480):
    """Return a ``tables.Page`` of a title, a body and what it needs.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        HTML in which all that comes from a report is escaped already.
    style, script : str
        CSS and JavaScript of our own; no text of a report.
    height : int
        Pixels that a notebook gives the page.
    """
    end = f"<script>{script}</script>" if script else ""
    html = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n{end}</body></html>\n"
    )
    return tables.Page(title, html, height)
