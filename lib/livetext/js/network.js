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
  const wires = all(element, ".live-wire").map((wire) => {
    const { weight = "", gradient = "", source = "" } = wire.dataset;
    const [line, halo] = [find(wire, ".live-weight"), find(wire, ".live-halo")];
    const part = find(wire, ".live-part");
    return changed([weight, gradient, source], ([w, dw, a]) => {
      line.setAttribute("style", wireLook(w, scale));
      if (halo) halo.style.strokeWidth = (16 * share(dw, gradientScale)).toFixed(2);
      if (part) say(part, formatNumber(w * a, digits).text);
    });
  });
  const places = all(element, "[data-to]");
  if (pick) {
    const show = changed(pick, (to) => {
      for (const place of places) {
        place.classList.toggle("live-picked", place.dataset.to === to.join(" "));
      }
    });
    wires.push(show);
  }
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
