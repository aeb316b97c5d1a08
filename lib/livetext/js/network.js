/**
 * A network's wires and units: the twin of livetext/figures/network.py.
 */

/**
 * A wire as wide as its weight is large, in the colour of its sign.
 * @param {number} weight
 * @param {number} scale
 */
function wireLook(weight, scale) {
  const [sign, dash] = weight < 0 ? ["negative", "; stroke-dasharray: 6 3"] : ["positive", ""];
  return `stroke: var(--live-${sign}); stroke-width: ${(0.8 + 5.2 * share(weight, scale)).toFixed(2)}${dash}`;
}

/**
 * @param {Element} element
 * @param {ViewSpecs["network"]} spec
 * @param {FigureModel} model
 * @returns {View}
 */
function networkView(element, { pick, scale, gradientScale, digits, pulse }, model) {
  const nudge = pulseView(element, pulse, digits, model);
  const words = all(element, ".live-words");
  const wires = all(element, ".live-wire").map((wire, i) => {
    const { weight = "", gradient = "", source = "", delta = "" } = wire.dataset;
    const [line, halo] = ["weight", "halo"].map((name) => find(wire, `.live-${name}`));
    const [part, wish] = ["part", "wish"].map((name) => find(words[i], `.live-${name}`));
    return changed([weight, gradient, source, delta], ([w, dw, a, d]) => {
      line.setAttribute("style", wireLook(w, scale));
      if (halo) halo.style.strokeWidth = (16 * share(dw, gradientScale)).toFixed(2);
      if (part) say(part, formatNumber(w * a, digits).text);
      if (wish) say(wish, formatNumber(w * d, digits + 1).text);
    });
  });
  const places = all(element, "[data-to]");
  const rows = all(/** @type {Element} */ (element.closest("figure")), ".live-slider");
  const show = changed(pick, (numbers) => {
    const now = numbers.join(" ");
    const own = new Set();
    for (const place of places) {
      const { to, from, weight } = place.dataset;
      place.classList.toggle("live-picked", to === now);
      place.classList.toggle("live-wished", from === now);
      if (to === now || from === now) own.add(weight);
    }
    // On a phone, the sliders of the picked unit's wires.
    for (const row of rows) {
      const { name } = /** @type {Control} */ (find(row, "input, select"));
      row.toggleAttribute("data-picked", own.has(name));
    }
  });
  if (pick.length) wires.push(show);
  return (state) => {
    for (const update of wires) update(state.values);
    return nudge(state);
  };
}

/**
 * Shows some quantities when one of them is another than it was.
 * @param {string[]} names
 * @param {(numbers: number[]) => void} show
 */
function changed(names, show) {
  /** @type {number[]} */
  let last = [];
  /** @param {Values} values */
  return (values) => {
    const now = names.map((name) => values[name]);
    if (last.length && now.every((value, i) => Object.is(value, last[i]))) return;
    last = now;
    show(now);
  };
}
