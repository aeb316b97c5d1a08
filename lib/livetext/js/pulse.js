/**
 * Nudges: a wire is pressed, and what changes by it is shown from gate to gate; it is let go, and the
 * gradient runs back. Changes are the tape's own, replayed with the nudge.
 */

/** Milliseconds from one gate to the next; as in views.css. */
const PACE = 300;

/**
 * @param {Element} element
 * @param {PulseSpec | undefined} spec
 * @param {number} digits
 * @param {FigureModel} model
 * @returns {View}
 */
function pulseView(element, spec, digits, model) {
  if (!spec) return () => false;
  const { nudge, loss, wires, turns, cost } = spec;
  const svg = find(element, "svg");
  const box = find(element, ".live-pulse");
  const select = /** @type {HTMLSelectElement} */ (find(box, "select"));
  const button = /** @type {HTMLButtonElement} */ (find(box, "button"));
  const [said, passes] = all(box, "[role=status]");
  const groups = all(svg, ".live-wire, [data-artist=wire]");
  const words = all(svg, ".live-words"); // of a network's wires
  const places = all(svg, "text [data-quantity]").filter(
    (e) => (e.dataset.quantity ?? "") in turns,
  );
  const last = Math.max(...wires.map((wire) => wire.turn));
  /** @type {FigureState} */
  let state;
  /** What is pressed. @type {number | null} */
  let pressed = null;
  let start = 0;

  function clear() {
    if (!svg.classList.contains("live-forward")) return;
    pressed = null;
    svg.classList.remove("live-forward", "live-back");
    for (const mark of all(svg, ".live-delta, .live-gradient")) mark.remove();
    for (const group of groups) group.classList.remove("live-reached");
    say(said, "");
    if (passes) say(passes, "");
  }

  /** @param {number} value  @param {number} [more]  decimals */
  const text = (value, more = 2) => formatNumber(value, digits + more).text;

  /** @param {number} i  the wire's number */
  function forward(i) {
    clear();
    pressed = i;
    start = performance.now();
    select.value = String(i);
    const { value, label, turn: first } = wires[i];
    const after = model.nudged(state.settings, value, nudge);
    /** @param {string} name */
    const delta = (name) => after[name] - state.values[name];
    for (const place of places) {
      const { quantity = "" } = place.dataset;
      const change = delta(quantity);
      if (change === 0) continue;
      const around = /** @type {Element} */ (place.closest("text"));
      const mark = /** @type {SVGTextElement} */ (around.cloneNode());
      mark.classList.add("live-delta");
      mark.setAttribute("dy", `${parseFloat(around.getAttribute("dy") ?? "0") - 1.1}em`);
      mark.style.setProperty("--live-turn", String(turns[quantity] - first));
      mark.textContent = `${change > 0 ? "+" : ""}${text(change)}`;
      around.after(mark);
    }
    groups.forEach((group, k) => {
      const { value: own, source = own, turn } = wires[k];
      group.classList.toggle("live-reached", k === i || delta(source) !== 0);
      group.style.setProperty("--live-turn", String(turn - first));
    });
    svg.classList.add("live-forward");
    const change = delta(loss);
    const ratio = text(change / nudge, 1);
    say(said, `ΔL/Δ${label} = ${text(change)}/${nudge} ≈ ${ratio}`);
  }

  function back() {
    if (pressed === null) return;
    const { gradient, label, turn: first } = wires[pressed];
    // The gradient runs back when the nudge has arrived.
    const wait = Math.max(0, last - first + 1.5 - (performance.now() - start) / PACE);
    groups.forEach((group, k) => {
      const { gradient: own = "", turn } = wires[k];
      const after = String(last - turn + wait);
      group.style.setProperty("--live-return", after);
      words[k]?.style.setProperty("--live-return", after);
      const weight = words[k]?.querySelector("text:has([data-quantity])");
      if (!weight) return;
      const mark = /** @type {SVGElement} */ (weight.cloneNode());
      mark.setAttribute("class", "live-gradient");
      mark.textContent = text(state.values[own ?? ""], 1);
      words[k].append(mark);
    });
    svg.classList.add("live-back");
    say(said, `${said.textContent}; ∂L/∂${label} ≈ ${text(state.values[gradient ?? ""], 1)}`);
    if (passes) say(passes, cost);
    pressed = null;
  }

  groups.forEach((group, i) => {
    if (!wires[i].gradient || group.querySelector(".live-press")) return;
    const grip = /** @type {SVGElement} */ (find(group, "path").cloneNode());
    grip.setAttribute("class", "live-press");
    grip.removeAttribute("style");
    group.append(grip);
    group.dataset.pulse = wires[i].value;
  });
  svg.addEventListener("pointerdown", (event) => {
    const group = /** @type {Element} */ (event.target).closest("[data-pulse]");
    if (group) forward(groups.indexOf(/** @type {HTMLElement} */ (group)));
  });
  button.addEventListener("pointerdown", () => forward(Number(select.value)));
  button.addEventListener("click", () => {
    if (pressed === null) forward(Number(select.value)); // by a key
    back();
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
    element.addEventListener(kind, back);
  }
  select.disabled = button.disabled = false;
  return (now) => {
    state = now;
    clear();
    return false;
  };
}
