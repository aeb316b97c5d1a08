/**
 * The buttons of a figure: Reset; where it counts steps, also Back, Step, and one that plays and pauses;
 * for a phone, one that shows all sliders and one that turns to the next picture.
 */

/** Most updates between two frames of a figure that plays as fast as frames come, where a page is late. */
const CATCH_UP = 5;

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
  const buttons = /** @type {HTMLButtonElement[]} */ (all(figure, "button[data-action]"));
  const playButton = buttons.find((button) => button.dataset.action === "play");
  const pictures = all(figure, "[data-picture]");
  let timer = 0;
  let turned = 0;

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

  /** @param {boolean} playing */
  function showPlaying(playing) {
    figure.toggleAttribute("data-playing", playing);
    if (playButton) say(playButton, playing ? "Pause" : "Play");
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    showPlaying(false);
  }

  /** @param {number} to */
  function turnTo(to) {
    turned = to % pictures.length;
    pictures.forEach((picture, i) => picture.classList.toggle("live-turned", i === turned));
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
    leap() {
      pause();
      moveTo(now() + (spec.iteration?.leap ?? 0));
    },
    more() {
      figure.toggleAttribute("data-more");
    },
    turn() {
      turnTo(turned + 1);
    },
    play() {
      if (timer) return pause();
      if (reducedMotion()) return moveTo(Infinity);
      if (atEnd()) moveTo(0);
      showPlaying(true);
      const quick = spec.interval < 50;
      let last = performance.now();
      timer = setInterval(() => {
        if (!figure.isConnected) return pause();
        const due = quick ? Math.round((performance.now() - last) / spec.interval) : 1;
        last = performance.now();
        moveTo(now() + Math.max(1, Math.min(CATCH_UP, due)));
        if (!atEnd()) return;
        pause();
        tell();
      }, spec.interval);
    },
  };
  for (const button of buttons) {
    const { action = "" } = button.dataset;
    button.disabled = false;
    const press = () => {
      actions[action]();
      if (action === "more")
        button.setAttribute("aria-expanded", String(figure.hasAttribute("data-more")));
      else if (action === "turn") say(button, `Picture ${turned + 1} of ${pictures.length}`);
      else if (!timer) tell(); // not at every step of a figure that plays
    };
    button.addEventListener("click", press, { signal });
  }
  turnTo(0);
  const sight = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting && timer) pause();
  });
  sight.observe(figure);
  signal.addEventListener("abort", () => sight.disconnect());
  pause();
  signal.addEventListener("abort", pause);
  return pause;
}
