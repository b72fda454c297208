"""The page's part of a panel in a page by itself, with a panel of this process as its kernel."""

from typing import Any

from playwright.sync_api import Page

from helpers.live import Panel
from helpers.live.panel import HERE

ADDRESS = "http://panel.test/"
SHOWN = (
    "controls",
    "presets",
    "predictions",
    "size",
    "sentence",
    "lines",
    "printed",
    "problem",
    "pointable",
    "answered",
)

# Renders the panel, keeps what it sends, and hands on what its kernel answers.
START = """async ([state, sources]) => {
    const { default: widget } = await import('/panel.js');
    const heard = new Set();
    const cells = sources?.map(source => ({ type: 'markdown', sharedModel: { source } }));
    const model = {
        get: name => state[name],
        send: message => sent.push(message),
        on: (_, hear) => heard.add(hear),
        off: (_, hear) => heard.delete(hear),
        widget_manager: { kernel: { id: 'k1' }, context: cells && { model: { cells } } },
    };
    window.sent = [];
    window.change = ({ png, ...more }) => {
        Object.assign(state, more, { png: new Uint8Array(png) });
        heard.forEach(hear => hear());
    };
    Object.assign(state, { png: new Uint8Array(state.png) });
    window.leave = widget.render({ model, el: document.querySelector('#view') });
}"""


def mount(page: Page, panel: Panel, html: str, sources: list[str] | None = None) -> None:
    """Open a page with `html` and render the panel in its `#view`."""
    style, script = ((HERE / f"panel.{kind}").read_text() for kind in ("css", "js"))
    body = f"<!doctype html><style>{style}</style>{html}"
    page.route(ADDRESS, lambda route: route.fulfill(content_type="text/html", body=body))
    page.route(f"{ADDRESS}panel.js", lambda route: route.fulfill(content_type="text/javascript", body=script))
    page.goto(ADDRESS)
    page.evaluate(START, [state_of(panel), sources])


def state_of(panel: Panel) -> dict[str, Any]:
    """Return what a page shows of a panel."""
    return panel.get_state(SHOWN) | {"png": list(panel.png)}


def answer(page: Page, panel: Panel) -> list[dict[str, Any]]:
    """Let the panel answer all that its page has sent, and return that."""
    messages = page.evaluate("() => sent.splice(0)")
    for message in messages:
        panel._handle_custom_msg(message, [])
    page.evaluate("state => change(state)", state_of(panel))
    return messages
