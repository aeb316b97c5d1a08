/**
 * A long page is laid out bit by bit, so that it hears the reader meanwhile.
 *
 * Until its turn comes, a block of the text is laid out only when it is near the window
 * (`content-visibility` in book.css, on pages that the head marks with `data-gradual`). When all have had
 * their turn, the page is like any other, and only then says that it has loaded.
 */
(function (global) {
  "use strict";

  const { document } = global;

  // Milliseconds without a pause: on a phone four times as slow nobody feels them.
  const BUDGET = 4;

  const blocks = [...document.querySelectorAll("[data-gradual] section section > :not(section)")];
  if (!blocks.length) return;

  /** What scripts and readers do when a page has loaded may need the place and size of anything in it. */
  const unfinished = document.body.appendChild(document.createElement("iframe"));
  unfinished.hidden = true;
  unfinished.contentDocument.open(); // a page has not loaded while a document in it is being written
  const finish = () => {
    unfinished.contentDocument.close();
    unfinished.remove();
  };

  function layOut() {
    const end = performance.now() + BUDGET;
    while (performance.now() < end) {
      const block = blocks.shift();
      if (!block) return finish();
      block.style.contentVisibility = "visible";
      block.getBoundingClientRect(); // now, not with all the others at the next frame
    }
    return setTimeout(layOut, 0);
  }
  setTimeout(layOut, 0);
})(globalThis);
