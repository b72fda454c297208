"""The panels for those who do not see well, use no mouse, or sit at a projector: in a real JupyterLab in Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import lab
from tests.onpage import check, control_of, having, in_use, one_of_each, panels, press

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("opened")]

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SIZES = {"desk": (1280, 900), "projector": (1024, 768), "zoom": (640, 450)}  # zoom: 1280×900 at 200 %
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
PROBLEM = "ValueError: kernel_size is 7; allowed is at most 5\nin the line: layer = LocallyConnected2d(1, 1, 5, 7)"

# What of a panel does not stand out enough by the formula of WCAG 2: texts, borders, and the ring around the focus.
PALE = """panel => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const over = (below, colour, opacity = 1) => {
        for (const [alpha, style] of [[1, `rgb(${below})`], [opacity, colour]]) {
            Object.assign(canvas, { globalAlpha: alpha, fillStyle: style });
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const known = new Map([[null, [255, 255, 255]]]);
    const behind = node => {
        if (!known.has(node)) known.set(node, over(behind(node.parentElement), getComputedStyle(node).backgroundColor));
        return known.get(node);
    };
    const opacity = node => node ? opacity(node.parentElement) * getComputedStyle(node).opacity : 1;
    const light = colour => {
        const [r, g, b] = colour.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (below, colour, opacity) => {
        const [dark, bright] = [below, over(below, colour, opacity)].map(light).sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const found = [];
    const demand = (node, what, number, least) => {
        if (!(number >= least)) found.push(`${node.className} ${node.textContent.slice(0, 30)}: ${what} ${number}`);
    };
    const written = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    for (const node of panel.querySelectorAll(':not(option)')) {
        if (!node.checkVisibility()) continue;
        const [inside, outside, style] = [behind(node), behind(node.parentElement), getComputedStyle(node)];
        const text = written(node) || node.matches('select');
        if (text) demand(node, 'text', ratio(inside, style.color, opacity(node)), 4.5);
        if (node.matches('button, select')) demand(node, 'border', ratio(outside, style.borderTopColor), 3);
    }
    const focused = document.activeElement;
    if (!panel.contains(focused)) return found;
    const { outlineStyle, outlineColor, outlineWidth, outlineOffset } = getComputedStyle(focused);
    const ring = outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
    const [box, area] = [focused, panel.closest('.jp-OutputArea-output')].map(node => node.getBoundingClientRect());
    demand(focused, 'ring', ring, 2);
    demand(focused, 'contrast of the ring', ratio(behind(focused.parentElement), outlineColor), 3);
    const room = Math.min(box.left - area.left, area.right - box.right);
    demand(focused, 'room for the ring', room, ring + parseFloat(outlineOffset));
    return found;
}"""

# What of a panel is wider than the place it has, or sticks out of the output area.
TOO_WIDE = """panel => {
    const area = panel.closest('.jp-OutputArea-output');
    const { left, right } = area.getBoundingClientRect();
    const name = node => `${node.className}: ${node.textContent.slice(0, 30)}`;
    const cut = select => {
        const whole = select.cloneNode(true);
        whole.style.cssText = 'position: absolute; width: max-content';
        select.parentElement.append(whole);
        const width = whole.offsetWidth;
        whole.remove();
        return width > select.offsetWidth;
    };
    const nodes = [...panel.querySelectorAll(':not(option)')].filter(node => node.checkVisibility());
    const ancestors = [];
    for (let node = panel; node !== area.parentElement; node = node.parentElement) ancestors.push(node);
    return [...nodes, ...ancestors].filter(node => {
        const box = node.getBoundingClientRect();
        const out = box.left < left - 0.5 || box.right > right + 0.5;
        const over = node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1;
        return out || over || node.matches('select') && cut(node);
    }).map(name);
}"""


# Colours depend on the theme alone and widths on the size alone, so each is met once.
@pytest.fixture(scope="module", params=[("light", "desk"), ("dark", "projector"), ("light", "zoom")], ids="-".join)
def seen(request, on_desk):
    """Return a notebook in one of JupyterLab's themes and in a window of some size."""
    show_as(on_desk.page, *request.param)
    yield on_desk
    show_as(on_desk.page, "light", "desk")


def show_as(page, theme, size):
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", THEMES[theme])
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=THEMES[theme])
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))


def in_view(opened, found):
    """Yield each of the panels after scrolling to it: Chromium lays out what is in view only."""
    for panel, _ in found:
        lab.bring_into_view(opened.page, panel)
        yield panel


def show_problem(panel, text):
    """Show or clear a problem, as a panel does when a move cannot be shown."""
    panel.evaluate(
        """(panel, text) => {
            panel.classList.toggle('owmu-has-problem', text !== '');
            panel.querySelector('.owmu-problem').textContent = text;
        }""",
        text,
    )


def test_axe_finds_nothing(seen):
    seen.page.evaluate(Axe().axe_script)
    for panel in in_view(seen, one_of_each(seen)):
        found = panel.evaluate("(panel, options) => axe.run(panel, options)", AXE)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert {"button-name", "target-size"} <= {one["id"] for one in found["passes"]}  # it sees no text here


def test_text_and_borders_stand_out_and_the_focus_shows_on_each_control_in_order(seen):
    for panel in in_view(seen, one_of_each(seen)):
        show_problem(panel, PROBLEM)
        assert panel.locator(".owmu-problem").is_visible()
        assert panel.evaluate(PALE) == []
        show_problem(panel, "")
        for place, control in enumerate(panel.locator("input, select, button").all()):
            control.press("Shift") if place == 0 else seen.page.keyboard.press("Tab")
            assert control.evaluate("node => node === document.activeElement && node.matches(':focus-visible')")
            assert panel.evaluate(PALE) == []


def test_nothing_is_cut_off_and_a_slider_moves(seen):
    for panel in in_view(seen, panels(seen)):
        show_problem(panel, PROBLEM)
        too_wide = panel.evaluate(TOO_WIDE)
        show_problem(panel, "")
        assert too_wide == []
    for panel, twin, (name, *_) in in_use(seen, "slider"):
        for key in ("Home", "End"):
            press(seen, control_of(panel, name), key)
            check(seen, panel, twin)


def test_every_control_is_called_what_it_shows(opened):
    for panel in in_view(opened, panels(opened)):
        rows, buttons = panel.locator(".owmu-row").all(), panel.locator("button").all_inner_texts()
        for row in rows:
            role = "combobox" if row.locator("select").count() else "slider"
            assert panel.get_by_role(role, name=row.locator("label").inner_text(), exact=True).count() == 1
        for text in buttons:
            assert panel.get_by_role("button", name=text, exact=True).count() == buttons.count(text)
        assert panel.locator("input, select, button").count() == len(rows) + len(buttons)
        bars = panel.locator("progress").count()
        assert panel.get_by_role("progressbar", name="progress of the run", exact=True).count() == bars
        sentence = panel.locator(".owmu-sentence").inner_text()
        assert panel.get_by_role("img", name=sentence, exact=True).count() == 1


def test_the_sentence_is_announced_when_it_changes(opened):
    for panel, _ in panels(opened):
        assert panel.locator("[role='alert']").get_attribute("class") == "owmu-problem"
        verdicts = panel.locator(".owmu-predict .owmu-said")
        assert panel.locator(".owmu-predict .owmu-said[aria-live='polite']").count() == verdicts.count() > 0
        assert panel.locator(".owmu-sentence").get_attribute("aria-live") == "polite"
    told = []
    for panel, twin, (name, *_) in having(opened, "slider"):
        node, said = panel.locator(".owmu-sentence").element_handle(), set()
        for key in ("Home", "End"):
            press(opened, control_of(panel, name), key)
            check(opened, panel, twin)
            said.add(node.text_content())
        assert node.evaluate("node => node.isConnected && node.ariaLive === 'polite'")
        told.append(len(said))
    assert 2 in told
