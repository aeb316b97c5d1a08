/**
 * What paper and the keyboard need of a page, beside what style sheets can do.
 */
(function (global) {
  "use strict";

  const { document } = global;

  // ---------------------------------------------------------------------------------------------
  // Paper: everything unfolded, dark ink on white. Figures go to their starting values themselves.

  /** @type {(() => void)[]} what puts the page back as the reader had it */
  let undo = [];

  function toPaper() {
    if (undo.length) return;
    const root = document.documentElement;
    const { theme } = root.dataset;
    root.dataset.theme = "light";
    undo.push(() => { root.dataset.theme = theme; });
    for (const details of document.querySelectorAll("details")) {
      const { open, hidden } = details;
      details.open = true;
      details.hidden = false;
      undo.push(() => Object.assign(details, { open, hidden }));
    }
  }

  function fromPaper() {
    for (const back of undo) back();
    undo = [];
  }

  global.addEventListener("beforeprint", toPaper);
  global.addEventListener("afterprint", fromPaper);

  // ---------------------------------------------------------------------------------------------
  // The keyboard: what scrolls sideways can be reached, so that the arrow keys scroll it.

  const SCROLLERS = ".math-scroll, .question div.math, .bd-article pre, .cell_output > .output, .pst-scrollable-table-container";

  function watchScrollers() {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
        else target.removeAttribute("tabindex");
      }
    });
    for (const scroller of document.querySelectorAll(SCROLLERS)) observer.observe(scroller);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watchScrollers);
  else watchScrollers();
})(globalThis);
