/**
 * What paper and the keyboard need of a page, beside what style sheets can do.
 */
(function (global) {
  "use strict";

  const { document } = global;

  // ---------------------------------------------------------------------------------------------
  // Paper: everything but code unfolded, dark ink on white, hints and solutions at the end. Figures go to their
  // starting values themselves.

  /** @type {(() => void)[]} what puts the page back as the reader had it */
  let undo = [];

  /** Puts the help of all questions into a section of its own, each under the question's name. */
  function gatherHelp() {
    const section = document.createElement("section");
    section.className = "printed-help";
    section.append(
      Object.assign(document.createElement("h2"), { textContent: "Hints and solutions" }),
    );
    for (const question of document.querySelectorAll("section.question")) {
      const help = [...question.querySelectorAll("details[data-help]")];
      if (!help.length) continue;
      const name = document.createElement("h3");
      name.textContent = question.querySelector(".question-head strong")?.textContent ?? "";
      section.append(name);
      for (const details of help) {
        const place = document.createComment("help");
        details.replaceWith(place);
        section.append(details);
        undo.push(() => place.replaceWith(details));
      }
    }
    if (section.children.length === 1) return;
    document.querySelector("article")?.append(section);
    undo.push(() => section.remove());
  }

  function toPaper() {
    if (undo.length) return;
    /** @type {NodeListOf<HTMLDetailsElement>} */
    const folded = document.querySelectorAll("article details");
    for (const details of folded) {
      const { open, hidden } = details;
      details.open = true;
      details.hidden = false;
      undo.push(() => Object.assign(details, { open, hidden }));
    }
    gatherHelp();
  }

  function fromPaper() {
    for (const back of undo) back();
    undo = [];
  }

  global.addEventListener("beforeprint", toPaper);
  global.addEventListener("afterprint", fromPaper);

  // ---------------------------------------------------------------------------------------------
  // The keyboard: what scrolls sideways can be reached, so that the arrow keys scroll it.

  const SCROLLERS =
    ".math-scroll, .question div.math, article pre, .cell_output > .output, .table-wrapper";

  function watchScrollers() {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        if (target.scrollWidth > target.clientWidth + 1) target.setAttribute("tabindex", "0");
        else target.removeAttribute("tabindex");
      }
    });
    for (const scroller of document.querySelectorAll(SCROLLERS)) observer.observe(scroller);
  }

  /**
   * Escape closes the drawers.
   * @param {KeyboardEvent} event
   */
  function closeDrawers({ key }) {
    if (key !== "Escape") return;
    /** @type {NodeListOf<HTMLInputElement>} */
    const open = document.querySelectorAll(".sidebar-toggle:checked");
    for (const drawer of open) {
      drawer.checked = false;
      drawer.focus();
    }
  }

  function main() {
    watchScrollers();
    document.addEventListener("keydown", closeDrawers);
    // A site that runs notebooks in the browser is not to be had from disk.
    if (global.location.protocol.startsWith("http")) {
      for (const item of document.querySelectorAll("[data-needs-server]")) {
        item.removeAttribute("hidden");
      }
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", main);
  else main();
})(globalThis);
