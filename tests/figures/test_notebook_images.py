"""The stored notebooks show their figures where nothing runs: on GitHub, and before they are trusted.

GitHub's own viewer cannot be had here. What stands in for it is bleach with the elements and attributes
that GitHub's sanitiser publicly allows; that images with their data in the address stay is known from
notebooks that show them there.
"""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import bleach
import nbformat
import pytest
from bs4 import BeautifulSoup

from livetext.notebook_images import as_images, as_inline
from support.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
PICTURE = '<p>a</p><svg viewBox="0 0 72 36" aria-label="&lt;b&gt; &amp; ŷ"><g><path d="M0 0L9 9"/></g></svg>'

# https://github.com/gjtorikian/html-pipeline, the parts that our markup comes near to.
ALLOWED = set(
    re.findall(
        r"\w+",
        "a b br caption code dd details div dl dt em figcaption figure h2 h3 i img li ol p pre small "
        "span strong sub summary sup table tbody td th thead tr ul var",
    )
)
ATTRIBUTES = {
    "*": ["alt", "aria-label", "id", "role", "title"],
    "a": ["href"],
    "img": ["src", "width"],
}
PROTOCOLS = {"data", "http", "https"}


def outputs(path: Path) -> list[str]:
    """What a viewer without widgets takes of each output with markup."""
    cells = nbformat.read(path, as_version=4).cells
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
    return [bundle["text/html"] for bundle in data if "text/html" in bundle]


def sanitised(html: str) -> BeautifulSoup:
    without_scripts = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    clean = bleach.clean(
        without_scripts, tags=ALLOWED, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True
    )
    return BeautifulSoup(clean, "html.parser")


def test_book_gets_back_what_the_notebook_stored() -> None:
    stored = as_images(PICTURE * 2)
    assert "<svg" not in stored and stored.count("<img") == 2
    assert as_inline(stored) == PICTURE * 2
    assert 'alt="&lt;b&gt; &amp; ŷ" width="96"' in stored


def test_picture_without_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="a picture needs an aria-label and a viewBox"):
        as_images('<svg viewBox="0 0 1 1"></svg>')


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_sanitised_outputs_keep_every_picture_and_caption(path: Path) -> None:
    for html in outputs(path):
        assert "<svg" not in html
        drawn = as_inline(html).count("<svg ")
        seen = sanitised(html)
        images = seen.find_all("img")
        assert len(images) == drawn
        for image in images:
            assert len(str(image["alt"])) > 10 and int(str(image["width"])) > 100
            svg = ElementTree.fromstring(b64decode(str(image["src"]).partition("base64,")[2]))
            assert svg.tag == "{http://www.w3.org/2000/svg}svg"
        if "<figure" in html:
            assert seen.figcaption and len(seen.figcaption.text) > 20


def test_images_are_drawn_by_a_browser(browser: Browser) -> None:
    """An SVG on its own is XML: one unknown prefix or entity, and there is a broken image."""
    page = browser.new_page()
    every = "".join(html for path in CHAPTERS for html in outputs(path) if "still-svg" in html)
    page.set_content("".join(str(image) for image in sanitised(every).find_all("img")))
    sizes = page.locator("img").evaluate_all(
        "all => Promise.all(all.map((e) => e.decode().then(() => e.naturalWidth * e.naturalHeight)))"
    )
    page.close()
    assert len(sizes) > 25 and min(sizes) > 1000
