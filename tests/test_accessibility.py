"""The panels for those who do not see well, use no mouse, or sit at a projector: in a real JupyterLab in Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import lab
from tests.onpage import panels, press, wait_for_sentence

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SIZES = {"desk": (1280, 900), "projector": (1024, 768), "zoom": (640, 450)}  # zoom: 1280×900 at 200 %
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
PROBLEM = "ValueError: kernel_size is 7; allowed is at most 5\nin the line: layer = LocallyConnected2d(1, 1, 5, 7)"

# Each text of a panel with its contrast to what is behind it, by the formula of WCAG 2; and the same for borders.
CONTRAST = """panel => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const over = (below, colour, opacity = 1) => {
        canvas.globalAlpha = 1;
        canvas.fillStyle = `rgb(${below})`;
        canvas.fillRect(0, 0, 1, 1);
        canvas.globalAlpha = opacity;
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const white = [255, 255, 255];
    const behind = node => node ? over(behind(node.parentElement), getComputedStyle(node).backgroundColor) : white;
    const opacity = node => node ? opacity(node.parentElement) * getComputedStyle(node).opacity : 1;
    const light = colour => {
        const [r, g, b] = colour.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    const name = node => `${node.className}: ${node.textContent.slice(0, 30)}`;
    const visible = [...panel.querySelectorAll(':not(option)')].filter(node => node.checkVisibility());
    const written = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    const texts = visible.filter(node => written(node) || node.matches('select')).map(node => {
        const below = behind(node);
        return [name(node), ratio(below, over(below, getComputedStyle(node).color, opacity(node)))];
    });
    const borders = visible.filter(node => node.matches('button, select')).map(node => {
        const outside = behind(node.parentElement);
        return [name(node), ratio(outside, over(outside, getComputedStyle(node).borderTopColor))];
    });
    const focused = document.activeElement;
    const { outlineStyle, outlineColor, outlineWidth, outlineOffset } = getComputedStyle(focused);
    const around = behind(focused.parentElement);
    const ring = outlineStyle === 'none' ? 0 : parseFloat(outlineWidth);
    const reach = ring + parseFloat(outlineOffset);
    const [box, area] = [focused, panel.closest('.jp-OutputArea-output')].map(node => node.getBoundingClientRect());
    const ringFits = box.left - reach >= area.left && box.right + reach <= area.right;
    return { texts, borders, ring, ringFits, ringContrast: ratio(around, over(around, outlineColor)) };
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
def seen(request, opened):
    """Return an opened notebook in one of JupyterLab's themes and in a window of some size."""
    theme, size = request.param
    lab.change_theme(opened.page, THEMES[theme])
    opened.page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    yield opened
    lab.change_theme(opened.page, THEMES["light"])
    opened.page.set_viewport_size(dict(zip(("width", "height"), SIZES["desk"], strict=True)))


def in_view(opened):
    """Yield each panel and what it has to show, after scrolling to it: Chromium lays out what is in view only."""
    for panel, expect in panels(opened):
        lab.bring_into_view(opened.page, panel)
        yield panel, expect


def controls_of(panel):
    return panel.locator("input, select, button").all()


def problem_shown(panel, text):
    """Show or clear a problem, as a panel does when a move cannot be shown."""
    panel.evaluate(
        """(panel, text) => {
            panel.classList.toggle('owmu-has-problem', text !== '');
            panel.querySelector('.owmu-problem').textContent = text;
        }""",
        text,
    )


def test_axe_finds_nothing(seen):
    found = Axe().run(seen.page, context=".owmu-panel", options=AXE).response
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert {"color-contrast", "label"} & {one["id"] for one in found["passes"]}
    for panel, _ in panels(seen):  # that axe has looked at each panel
        assert panel.locator(".owmu-sentence").get_attribute("id") in str(found["passes"])


def test_text_and_borders_stand_out(seen):
    for panel, _ in in_view(seen):
        problem_shown(panel, PROBLEM)
        contrast = panel.evaluate(CONTRAST)
        problem_shown(panel, "")
        assert any(name.startswith("owmu-problem") for name, _ in contrast["texts"])
        assert [(name, ratio) for name, ratio in contrast["texts"] if ratio < 4.5] == []
        assert [(name, ratio) for name, ratio in contrast["borders"] if ratio < 3] == []


def test_the_focus_goes_through_all_controls_in_order_and_shows(seen):
    for panel, _ in in_view(seen):
        controls = controls_of(panel)
        controls[0].press("Shift")
        for number, control in enumerate(controls):
            if number:
                seen.page.keyboard.press("Tab")
            assert control.evaluate("node => node === document.activeElement && node.matches(':focus-visible')")
            contrast = panel.evaluate(CONTRAST)
            assert contrast["ring"] >= 2
            assert contrast["ringContrast"] >= 3
            assert contrast["ringFits"]


def test_nothing_is_cut_off_and_a_slider_moves(seen):
    for panel, _ in in_view(seen):
        problem_shown(panel, PROBLEM)
        too_wide = panel.evaluate(TOO_WIDE)
        problem_shown(panel, "")
        assert too_wide == []
    panel, expect = next(one for one in panels(seen) if one[0].locator("input").count())
    slider = panel.locator("input").first
    for key in ("Home", "End", "ArrowLeft"):
        press(seen, slider, key)
        wait_for_sentence(seen, panel, expect)


def test_every_control_is_called_what_it_shows(opened):
    for panel, _ in in_view(opened):
        rows, buttons = panel.locator(".owmu-row").all(), panel.locator("button").all()
        for row in rows:
            role = "combobox" if row.locator("select").count() else "slider"
            assert panel.get_by_role(role, name=row.locator("label").inner_text(), exact=True).count() == 1
        for button in buttons:
            assert panel.get_by_role("button", name=button.inner_text(), exact=True).count() == 1
        assert len(controls_of(panel)) == len(rows) + len(buttons)
        bars = panel.locator("progress").count()
        assert panel.get_by_role("progressbar", name="progress of the run", exact=True).count() == bars
        sentence = panel.locator(".owmu-sentence").inner_text()
        assert panel.get_by_role("img", name=sentence, exact=True).count() == 1


def test_the_sentence_is_announced_when_it_changes(opened):
    for panel, expect in panels(opened):
        assert panel.locator("[role='alert']").get_attribute("class") == "owmu-problem"
        region = panel.locator(".owmu-sentence")
        assert region.get_attribute("aria-live") == "polite"
        assert all(said.get_attribute("aria-live") == "polite" for said in panel.locator(".owmu-said").all())
        node, said = region.element_handle(), set()
        for key in ("Home", "End"):
            press(opened, panel.locator("input, select").first, key)
            wait_for_sentence(opened, panel, expect)
            said.add(node.text_content())
        assert len(said) == 2 or len(panel.locator("progress").all()) == 1  # before a run there is nothing to say
        assert node.evaluate("node => node.isConnected && node.ariaLive === 'polite'")
