/**
 * Before and after: what stood there when a hand took hold, beside what stands there now, and the way
 * back.
 */

/** Milliseconds for which "before" stays to be compared with when the hand has let go. */
const LINGER = 1500;

/**
 * One taking hold, from which a step back returns.
 * @typedef {Object} Hold
 * @property {string[]} names  of the sliders that it moves
 * @property {Values} settings
 * @property {Values} values
 * @property {HTMLElement[]} sources  the numbers under the hand
 * @property {boolean} keyed  by the keyboard
 * @property {boolean} moved
 * @property {() => void} haunt  shows where the artists were
 */

/**
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 * @param {Record<string, Control>} byName
 * @param {{settings: Values, values: () => Values}} state
 * @param {AbortSignal} signal
 */
function keepPast(figure, spec, byName, { settings, values }, signal) {
  const effect = spec.effect && (spec.iteration ? `${spec.effect}_k` : spec.effect);
  const told = find(figure, ".live-told");
  /** @type {Hold[]} */
  const holds = [];
  /** @type {Hold | null} */
  let held = null;
  let timer = 0;

  function forget() {
    clearTimeout(timer);
    timer = 0;
    for (const ghost of all(figure, "[data-ghost]")) ghost.remove();
    for (const number of all(figure, "[data-before]")) delete number.dataset.before;
    say(told, "");
  }
  forget();
  signal.addEventListener("abort", () => clearTimeout(timer));

  /**
   * @param {string[]} names
   * @param {{number?: HTMLElement, keyed?: boolean}} [how]  the number that is scrubbed
   */
  function begin(names, { number, keyed = false } = {}) {
    const last = holds[holds.length - 1];
    if (keyed && (timer || held) && last?.keyed && last.names[0] === names[0]) {
      clearTimeout(timer); // one key after the other is one going
      held = last;
      return;
    }
    forget();
    const sources = names.flatMap((name) =>
      all(figure, `.live-slider [data-quantity="${name}"]`).concat(number ?? []),
    );
    held = {
      names,
      settings: { ...settings },
      values: values(),
      sources,
      keyed,
      moved: false,
      haunt: ghostsOf(figure),
    };
  }

  /** Tells of a state that has just been shown. */
  function shown() {
    if (!held) return;
    const { names, sources, settings: before, values: old } = held;
    if (!held.moved) {
      if (names.every((name) => before[name] === settings[name])) return;
      held.moved = true;
      holds.push(held);
      held.haunt();
    }
    /**
     * @param {string} name
     * @param {number} digits
     */
    const change = (name, digits) =>
      [old, values()].map((at) => formatNumber(at[name], digits).text).join(" → ");
    const words = names.flatMap((name) => {
      const control = byName[name];
      // An entry of an array has none; and of several, some may stay.
      if (!control || (names.length > 1 && old[name] === values()[name])) return [];
      const text =
        control instanceof HTMLSelectElement
          ? [old, values()].map((at) => control.options[at[name]].text).join(" → ")
          : change(name, Number(control.dataset.digits));
      for (const number of sources) {
        if (number.dataset.quantity === name) number.dataset.before = text;
      }
      return `${control.labels?.[0].textContent} ${text}`;
    });
    if (effect) {
      const text = change(effect, spec.digits);
      words.push(`${spec.effectLabel} ${text}`);
      const number = figure.querySelector(`.live-line [data-quantity="${effect}"]`);
      number?.setAttribute("data-before", text);
    }
    say(told, words.join(", "));
  }

  function end() {
    if (held?.moved) timer = setTimeout(forget, LINGER);
    else if (held) forget();
    held = null;
  }

  /** The way back from the last hold: what its sliders were. */
  function back() {
    forget();
    held = null;
    const last = holds.pop();
    return last && Object.fromEntries(last.names.map((name) => [name, last.settings[name]]));
  }

  return { begin, shown, end, back, any: () => holds.length > 0 };
}

/**
 * Copies of what moves in the pictures, as it is now; they are shown when they are called for.
 * @param {HTMLElement} figure
 */
function ghostsOf(figure) {
  const artists = all(figure, "svg [data-artist]").filter(
    (artist) => !artist.querySelector("text"),
  );
  const ghosts = artists.map((artist) => {
    const ghost = /** @type {HTMLElement} */ (artist.cloneNode(true));
    for (const name of ["artist", "handle", "lights", "lit"]) delete ghost.dataset[name];
    for (const part of all(ghost, ".live-grip, defs")) part.remove(); // no id twice
    ghost.dataset.ghost = "";
    ghost.setAttribute("aria-hidden", "true");
    return ghost;
  });
  return () => ghosts.forEach((ghost, i) => artists[i].before(ghost));
}
