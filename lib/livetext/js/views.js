/**
 * The views of a figure: each takes an element and its data, and returns what shows a state in it.
 */

/**
 * @type {{[K in keyof ViewSpecs]: (element: Element, spec: ViewSpecs[K], model: FigureModel) => View}}
 */
const VIEWS = {
  plot: plotView,
  // Every number in the lines is a quantity, which the figure itself keeps up to date.
  lines: () => () => false,
  graph(element, spec, model) {
    const pulse = pulseView(element, spec.pulse, spec.digits ?? 0, model);
    const steps = stepsView(element, spec);
    return (state) => pulse(state) || steps(state);
  },
  flow(element, spec, model) {
    const steps = stepsView(element, spec);
    const middle = spec.middle && viewOf(find(element, ".live-middle"), spec.middle, model);
    const wayBack = wayBackView(element, spec);
    return (state) => {
      middle?.(state);
      wayBack(state);
      return steps(state);
    };
  },
  network: networkView,
  bench: (element, spec) => (bench ? bench.view : stepsView)(element, spec),
  // What a page loads only where it has them.
  plane: (element, spec, model) => plane?.planeView(element, spec, model) ?? (() => false),
  wires: (element, spec) => plane?.wiresView(element, spec) ?? (() => false),
  pixels: (element, spec) => plane?.pixelsView(element, spec) ?? (() => false),
  image: imageView,
  bits: bitsView,
  matrices(element, { matrices }) {
    const updates = all(element, "table").map((table, i) => matrixView(table, matrices[i]));
    return (state) => {
      for (const update of updates) update(state);
      return false;
    };
  },
};

/**
 * @template {keyof ViewSpecs} K
 * @param {Element} element
 * @param {ViewSpecs[K] & {kind: K}} spec
 * @param {FigureModel} model
 */
const viewOf = (element, spec, model) => VIEWS[spec.kind](element, spec, model);

/**
 * Hides what belongs to a later step than the counter's, and marks the current one.
 * @param {Element} element
 * @param {{counter: string}} spec
 * @returns {View}
 */
function stepsView(element, { counter }) {
  const parts = all(element, "[data-step]");
  return ({ settings }) => {
    const now = settings[counter];
    for (const part of parts) {
      const step = Number(part.dataset.step);
      part.classList.toggle("live-later", step > now);
      part.classList.toggle("live-now", step === now);
    }
    return false;
  };
}

/**
 * The way from a flow's last stage to its first: a click on it takes on what it carries.
 * @param {Element} element
 * @param {ViewSpecs["flow"]} spec
 * @returns {(state: FigureState) => void}
 */
function wayBackView(element, { counter, carry = {} }) {
  const way = find(element, ".live-again");
  const figure = /** @type {Element} */ (element.closest("figure"));
  const grids = Object.keys(carry).map((name) =>
    gridOf(/** @type {HTMLInputElement} */ (find(figure, `.live-controls [name="${name}"]`))),
  );
  return ({ values }) => {
    const picks = Object.entries(carry).map(([name, quantity], i) => {
      const { index, value, last } = grids[i];
      return `${name}=${value(Math.max(0, Math.min(last, index(values[quantity]))))}`;
    });
    if (way) way.dataset.pick = [`${counter}=1`, ...picks].join(" ");
  };
}

/**
 * The colours of a matrix's cells, and the row and column that are picked out.
 * @param {Element} table
 * @param {MatrixSpec} spec
 */
function matrixView(table, { row, column, scale, mirror }) {
  const cells = all(table, "td").map((cell) => ({
    cell,
    quantity: find(cell, "[data-quantity]").dataset.quantity ?? "",
    row: Number(cell.dataset.row),
    column: Number(cell.dataset.column),
    look: "",
    last: /** @type {number | null} */ (null),
    off: cell.style.getPropertyValue("--live-off"),
  }));
  let picked = "";
  /** @param {FigureState} state */
  return ({ values }) => {
    if (mirror) table.classList.toggle("live-mirrored", values[mirror] === 1);
    for (const item of cells) {
      const value = values[item.quantity];
      if (!scale || Object.is(value, item.last)) continue;
      item.last = value;
      const look = heat(value, scale) + (item.off && `; --live-off: ${item.off}`);
      if (look !== item.look) item.cell.setAttribute("style", look);
      item.look = look;
    }
    const now = `${values[row]} ${values[column]}`;
    if (now === picked) return;
    picked = now;
    for (const item of cells) {
      item.cell.classList.toggle("live-row", item.row === values[row]);
      item.cell.classList.toggle("live-column", item.column === values[column]);
    }
  };
}

/**
 * The twin of view.py's `share`.
 * @param {number} value
 * @param {number} scale
 */
const share = (value, scale) => (value === value ? Math.min(Math.abs(value) / scale, 1) : 0);

/**
 * The twin of matrices.py's `heat`.
 * @param {number} value
 * @param {number} scale
 */
function heat(value, scale) {
  const tint = value < 0 ? "negative" : "positive";
  return `--live-heat: ${(100 * share(value, scale)).toFixed(0)}%; --live-tint: var(--live-${tint})`;
}

/**
 * Shows, of a line's wordings, the one for the chosen option.
 * @param {HTMLElement} element
 */
function caseView(element) {
  const { case: quantity = "", option } = element.dataset;
  /** @param {Values} values */
  return (values) => {
    // An attribute, which parts of an SVG know as well.
    element.toggleAttribute("hidden", values[quantity] !== Number(option));
  };
}
