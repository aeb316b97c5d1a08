/**
 * A figure alone: `embed/NAME.html?w=0.1&theme=dark` shows it with those sliders; the arrow keys step it.
 */
(function (global) {
  "use strict";

  const { document } = global;
  const { livetext } = /** @type {any} */ (global);
  const settings = new URLSearchParams(global.location.search);
  const root = document.documentElement;
  root.dataset.theme = settings.get("theme") ?? "";
  settings.delete("theme");
  const figure = document.querySelector("figure.live");
  if ([...settings].length) livetext.settle(figure, settings);

  /** @type {Record<string, string>} */
  const ACTIONS = { ArrowRight: "step", ArrowLeft: "back" };
  document.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    const { target } = event;
    const own = target instanceof Element && target.matches("input, select");
    if (held || own || event.defaultPrevented) return;
    const button = figure?.querySelector(`button[data-action="${ACTIONS[event.key]}"]`);
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault(); // nothing scrolls
    button.click();
  });

  // The book opens at what is shown here.
  const home = document.querySelector(".embed-from a");
  home?.addEventListener("click", () => {
    const [page] = (home.getAttribute("href") ?? "").split("?");
    home.setAttribute("href", page + livetext.settingsOf(figure));
  });
})(globalThis);
