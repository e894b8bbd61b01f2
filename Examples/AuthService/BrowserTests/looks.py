"""What a page that looks right has in common with every other: found by asking the browser, and by its picture."""

import io

from PIL import Image

OVERFLOW = """
    const wide = document.documentElement.clientWidth;
    const problems = [];
    if (document.documentElement.scrollWidth > wide) problems.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const e of document.querySelectorAll("body *")) {
        if (e.closest(".hidden") || e.closest("svg") || e.closest("thead")?.offsetWidth === 1) continue;
        const box = e.getBoundingClientRect();
        if (box.width && (box.left < -1 || box.right > wide + 1)) problems.push(`${e.tagName} ${e.className} leaves the page`);
        if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).overflowX !== "visible")
            problems.push(`${e.tagName} ${e.className} cuts its content`);
    }
    return problems;
"""

CONTROLS = """
    const problems = [];
    const wide = document.documentElement.clientWidth, high = document.documentElement.scrollHeight;
    for (const e of document.querySelectorAll("a, button, input:not([type=hidden]), select")) {
        if (e.matches(".skip")) continue;
        const box = (e.closest("label") ?? e).getBoundingClientRect();
        const name = e.textContent.trim() || e.name;
        if (box.width < 24 || box.height < 24) problems.push(`${name} is too small: ${box.width} by ${box.height}`);
        if (box.left < 0 || box.right > wide || box.bottom + scrollY > high) problems.push(`${name} is out of reach`);
        const x = box.left + box.width / 2, y = box.top + box.height / 2;
        e.scrollIntoView({block: "center"});
        const now = (e.closest("label") ?? e).getBoundingClientRect();
        const top = document.elementFromPoint(now.left + now.width / 2, now.top + now.height / 2);
        if (!top || !(e.contains(top) || (e.closest("label") ?? e).contains(top))) problems.push(`${name} is covered`);
    }
    scrollTo(0, 0);
    return problems;
"""

OVERLAP = """
    const boxes = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim() || parent.closest(".hidden, .skip, option, svg")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects())
            if (box.width > 1 && box.height > 1 && getComputedStyle(parent.closest("thead") ?? parent).clipPath === "none")
                boxes.push({text: node.data.trim(), node, box});
    }
    const problems = [];
    for (let i = 0; i < boxes.length; i++)
        for (let j = i + 1; j < boxes.length; j++) {
            const a = boxes[i].box, b = boxes[j].box;
            if (boxes[i].node === boxes[j].node) continue;
            const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (x > 1 && y > 4) problems.push(`${boxes[i].text} and ${boxes[j].text} overlap`);
        }
    return problems;
"""

# Buttons that read "Revok e": only what is too long for any line may be cut.
BROKEN_WORDS = """
    const problems = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.parentElement.closest(".hidden, option, svg")) continue;
        for (const word of node.data.matchAll(/[^\\s]+/g)) {
            const range = document.createRange();
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (lines.size > 1 && word[0].length < 24 && !word[0].includes("-")) problems.push(`${word[0]} is broken`);
        }
    }
    return problems;
"""

CONTRAST = """
    function rgba(text) {
        const numbers = text.match(/[\\d.]+/g).map(Number);
        if (text.startsWith("color(")) return [numbers[0] * 255, numbers[1] * 255, numbers[2] * 255, numbers[3] ?? 1];
        return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
    }
    function over(top, bottom) { return [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1); }
    function background(e) {
        const layers = [];
        for (; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    }
    function luminance(c) {
        const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
    function ratio(a, b) {
        const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
        return (x + 0.05) / (y + 0.05);
    }
    const problems = [];
    for (const e of document.querySelectorAll("body, body *")) {
        if (e.closest(".hidden, svg, option")) continue;
        const style = getComputedStyle(e), behind = background(e);
        const hasText = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.matches("input, select");
        if (hasText) {
            const size = parseFloat(style.fontSize), bold = parseInt(style.fontWeight) >= 700;
            const least = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
            const found = ratio(over(rgba(style.color), behind), behind);
            if (found < least) problems.push(`${e.tagName} ${e.textContent.trim().slice(0, 30)}: text ${found.toFixed(2)}`);
        }
        if (e.matches("input:not([type=hidden], [type=radio]), select")) {
            const found = ratio(rgba(style.borderTopColor), background(e.parentElement));
            if (found < 3) problems.push(`${e.name}: edge ${found.toFixed(2)}`);
        }
    }
    return problems;
"""

NAMED = {
    "button", "link", "textbox", "combobox", "radio", "checkbox", "table", "navigation", "columnheader", "rowheader",
    "listbox", "menuitem", "group", "region", "form",
}


def problems(browser):
    """All that is wrong with the page as it is shown now."""
    found = []
    for script in (OVERFLOW, CONTROLS, OVERLAP, BROKEN_WORDS, CONTRAST):
        found += browser.js(script)
    return found + accessibility_problems(browser)


def accessibility_tree(browser):
    """(role, name) of each node that assistive technology gets."""
    browser.driver.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in nodes if not node["ignored"]
    ]


def accessibility_problems(browser):
    tree = accessibility_tree(browser)
    roles = [role for role, _ in tree]
    found = [f"a {role} has no name" for role, name in tree if role in NAMED and not name and role != "form"]
    for landmark in ("banner", "main", "contentinfo"):
        if roles.count(landmark) != 1:
            found.append(f"{roles.count(landmark)} {landmark} landmarks")
    if len(browser.find_all("h1")) != 1:
        found.append("not one h1")
    levels = [int(e.tag_name[1]) for e in browser.find_all("h1, h2, h3, h4")]
    if levels[:1] != [1] or any(after > before + 1 for before, after in zip(levels, levels[1:])):
        found.append(f"headings skip a level: {levels}")
    buttons = [name for role, name in tree if role == "button"]
    for name in {name for name in buttons if buttons.count(name) > 1}:
        found.append(f"two buttons are called {name!r}")
    if not browser.driver.title or browser.js("return document.documentElement.lang") != "en":
        found.append("no title or no language")
    return found


def picture(browser):
    """The whole page as PNG."""
    import base64
    size = browser.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    shot = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {
        "format": "png", "captureBeyondViewport": True,
        "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}})
    return base64.b64decode(shot["data"])


def picture_problems(png, dark):
    image = Image.open(io.BytesIO(png)).convert("RGB")
    colors = image.getcolors(maxcolors=image.width * image.height)
    count, (red, green, blue) = max(colors)
    found = []
    if len(colors) < 30:
        found.append(f"only {len(colors)} colours: a page without its text?")
    if count > 0.985 * image.width * image.height:
        found.append("almost one colour: blank?")
    brightness = (red + green + blue) / 3
    if dark != (brightness < 96):
        found.append(f"the most common colour, {red},{green},{blue}, is not {'dark' if dark else 'light'}")
    return found
