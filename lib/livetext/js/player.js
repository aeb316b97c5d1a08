/**
 * The buttons of a figure: Reset; where it counts steps, also Back, Play, Pause and Step.
 */

/** @returns {boolean} */
const reducedMotion = () => window.matchMedia?.("(prefers-reduced-motion: reduce)").matches;

/**
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 * @param {HTMLInputElement | undefined} counter  the slider that it moves: of the updates of an
 *   iteration, or of the steps of a graph
 * @param {{now: () => number, change: (values: Values) => void, effect: () => string}} state
 *   the counter's value, what moves sliders, and what they lead to, in words
 * @param {AbortSignal} signal
 * @returns {() => void}  pauses
 */
function mountButtons(figure, spec, counter, { now, change, effect }, signal) {
  const label = counter && find(/** @type {Element} */ (counter.closest(".live-slider")), "label");
  const last = Number(counter?.max);
  let timer = 0;

  /** @param {number} k */
  function moveTo(k) {
    if (counter) change({ [counter.name]: Math.max(Number(counter.min), Math.min(last, k)) });
  }
  const atEnd = () => now() >= last;

  const said =
    figure.querySelector(".live-said") ?? figure.appendChild(document.createElement("p"));
  said.className = "live-said";
  said.setAttribute("role", "status");
  said.textContent = "";

  /** For those who do not see what a button did. A slider says it itself. */
  function tell() {
    const where = label ? `${label.textContent} ${now()} of ${last}` : "At the start";
    said.textContent = `${where}${effect()}`;
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    figure.removeAttribute("data-playing");
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    reset() {
      pause();
      change(spec.start);
    },
    step() {
      pause();
      moveTo(now() + 1);
    },
    back() {
      pause();
      moveTo(now() - 1);
    },
    pause,
    play() {
      pause();
      if (reducedMotion()) {
        moveTo(Infinity);
        return tell();
      }
      if (atEnd()) moveTo(0);
      figure.setAttribute("data-playing", "");
      timer = setInterval(() => {
        if (!figure.isConnected) return pause();
        moveTo(now() + 1);
        if (!atEnd()) return;
        pause();
        tell();
      }, spec.interval);
    },
  };
  for (const button of /** @type {HTMLButtonElement[]} */ (all(figure, "button[data-action]"))) {
    const { action = "" } = button.dataset;
    button.disabled = false;
    const press = () => {
      actions[action]();
      if (action !== "play") tell(); // not at every step of a figure that plays
    };
    button.addEventListener("click", press, { signal });
  }
  pause();
  signal.addEventListener("abort", pause);
  return pause;
}
