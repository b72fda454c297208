"""Pages to print: A4, with boxes to tick and lines to write on."""

from html import escape

CSS = """
  @page { size: A4; margin: 13mm 15mm; }
  body { max-width: 180mm; margin: 0 auto; color: #1a1a1a; font: 11.5pt/1.3 "Helvetica Neue", Arial, sans-serif; }
  h1 { margin: 0 0 2mm; font-size: 18pt; }
  h2 { margin: 6mm 0 1mm; font-size: 14pt; }
  p { margin: 0 0 2mm; }
  ol { margin: 3mm 0; padding-left: 7mm; }
  li, section { break-inside: avoid; }
  li { padding: 1.2mm 0 1.6mm; border-bottom: 0.3mm solid #767676; }
  .answer { display: inline-block; width: 112mm; vertical-align: top; }
  .claim { display: inline-block; width: 100mm; }
  .box { display: inline-block; margin-right: 4mm; white-space: nowrap; }
  .box::before { content: "☐"; margin-right: 1mm; font-size: 14pt; line-height: 1; }
  .line { display: inline-block; width: 26mm; border-bottom: 0.3mm solid #1a1a1a; }
  table { width: 100%; border-collapse: collapse; }
  th, td { height: 6.5mm; padding: 0 2mm; border: 0.3mm solid #767676; text-align: left; font-weight: normal; }
  th { font-weight: bold; }
"""


def format_page(title: str, body: str) -> str:
    """Return a page of HTML with a title, which is plain text, and a body, which is HTML.

    A `li` and a `section` of it are never broken. Spans of the class `answer` are as wide as each other, a `box` is one
    to tick, and a `line` one to write on.
    """
    head = f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{CSS}</style>'
    return f'<!doctype html>\n<html lang="en">\n{head}\n<h1>{escape(title)}</h1>\n{body}\n</html>\n'
