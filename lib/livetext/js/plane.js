/**
 * The plane of two inputs: a tape's answers on a grid, their border, and a cloud of examples.
 */

/**
 * Where the logits are 0; the twin of plane.py's `border_path`.
 * @param {Float64Array} logits  from the lowest row up
 * @param {Float64Array} across  in units of the picture
 * @param {Float64Array} up
 */
function borderPath(logits, across, up) {
  const columns = across.length;
  let path = "";
  for (let row = 0; row + 1 < up.length; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const a = logits[at] > 0;
      const same = logits[at + 1] > 0 === a && logits[at + columns] > 0 === a;
      if (same && logits[at + columns + 1] > 0 === a) continue;
      const corners = [at, at + 1, at + columns + 1, at + columns];
      let pen = "M";
      for (let k = 0; k < 4; k++) {
        const [from, to] = [corners[k], corners[(k + 1) % 4]];
        if (logits[from] > 0 === logits[to] > 0) continue;
        const part = logits[from] / (logits[from] - logits[to]);
        const [c0, c1] = [from % columns, to % columns];
        const [r0, r1] = [(from - c0) / columns, (to - c1) / columns];
        const x = across[c0] + (across[c1] - across[c0]) * part;
        const y = up[r0] + (up[r1] - up[r0]) * part;
        path += `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
        pen = pen === "M" ? "L" : "M";
      }
    }
  }
  return path;
}

/**
 * The answers as colours, those of the signs, in the theme of now.
 * @param {HTMLCanvasElement} canvas  as large as the picture
 * @param {ViewSpecs["plane"]} spec
 * @returns {(logits: Float64Array, anew?: boolean) => void}
 */
function answersOn(canvas, { size: [columns, rows], box }) {
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  const [context, whole] = [small, canvas].map(
    (each) => /** @type {CanvasRenderingContext2D} */ (each.getContext("2d")),
  );
  const pixels = context.createImageData(columns, rows);
  /** @type {number[][]} */
  let tints = [];
  let read = -Infinity;
  return (logits, anew = false) => {
    // Asking for a colour has the browser lay out what has moved: not at every step of a figure that plays.
    const now = performance.now();
    if (anew || now - read > 500) {
      read = now;
      // Text and outline have these colours, so that the theme alone decides them.
      const { color, outlineColor } = getComputedStyle(canvas);
      tints = [outlineColor, color].map((text) => (text.match(/\d+/g) ?? []).map(Number));
    }
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const z = logits[(rows - 1 - row) * columns + column];
        const i = 4 * (row * columns + column);
        const tint = tints[Number(z > 0)];
        pixels.data[i] = tint[0];
        pixels.data[i + 1] = tint[1];
        pixels.data[i + 2] = tint[2];
        const sure = 2 / (1 + Math.exp(-Math.abs(z))) - 1;
        pixels.data[i + 3] = sure === sure ? 40 + 130 * sure : 0;
      }
    }
    context.putImageData(pixels, 0, 0);
    whole.clearRect(0, 0, canvas.width, canvas.height);
    whole.drawImage(small, ...box);
  };
}

/**
 * @param {Element} element
 * @param {ViewSpecs["plane"]} spec
 * @param {FigureModel} model
 * @returns {View}
 */
function planeView(element, spec, model) {
  const plot = plotView(element, { ...spec, kind: "plot" }, model);
  const { axes, tape, size, output, feeds, examples, weights, pick, added } = spec;
  const { beside, besideBy } = spec;
  const [columns, rows] = size;
  const machine = replayer(tape);
  const grid = [centres(axes.xlim, columns, false), centres(axes.ylim, rows, false)];
  for (let i = 0; i < columns * rows; i++) {
    machine.inputs.x[i] = grid[0][i % columns];
    machine.inputs.x[columns * rows + i] = grid[1][Math.floor(i / columns)];
  }
  const [across, up] = [axes.x, axes.y].map(([scale, offset], axis) =>
    grid[axis].map((value) => scale * value + offset),
  );
  const canvas = /** @type {HTMLCanvasElement} */ (find(element, "canvas"));
  const paint = answersOn(canvas, spec);
  const borders = all(element, '[data-artist="border"] path');
  const dots = all(element, '[data-artist="examples"] [data-pick]');
  find(element, ".live-still").setAttribute("hidden", "");
  // The style sheet has a transition from the colours of one theme to those of another.
  canvas.ontransitionend = () => paint(machine.outputs[output], true);
  const fixed = Object.keys(machine.inputs).filter((name) => !(name in feeds) && name !== "x");
  /** @type {(() => void)[]} */
  let steps = [];
  let before = "";
  const placed = new Float64Array(2 * dots.length).fill(NaN);
  const box = find(element, ".live-plane-box");
  const own = added && mountAdded(box, added, axes, pick);
  return (state) => {
    const now = fixed.map((name) => state.settings[name]).join();
    if (now !== before) {
      for (const name of fixed) machine.inputs[name][0] = state.settings[name];
      steps = machine.lean([output], Object.keys(feeds));
    }
    before = now;
    if (borders.length > 1) {
      const shown = state.settings[besideBy] > 0;
      for (const name in beside) machine.inputs[name].set(state.arrays[beside[name]]);
      if (shown) runAll(steps);
      const path = shown ? borderPath(machine.outputs[output], across, up) : "";
      borders[0].setAttribute("d", path);
    }
    for (const name in feeds) machine.inputs[name].set(state.arrays[feeds[name]]);
    runAll(steps);
    paint(machine.outputs[output]);
    borders[borders.length - 1].setAttribute("d", borderPath(machine.outputs[output], across, up));
    own?.(state.settings);
    const { [examples]: x, [weights]: weight } = state.arrays;
    // No ring stands around nothing.
    box.toggleAttribute("data-nobody", !weight[state.settings[pick] - 1]);
    for (let i = 0; i < dots.length; i++) {
      dots[i].toggleAttribute("hidden", !weight[i]);
      const [u, v] = [x[i], x[dots.length + i]];
      if (u === placed[2 * i] && v === placed[2 * i + 1]) continue;
      placed[2 * i] = u;
      placed[2 * i + 1] = v;
      const [left, top] = [axes.x[0] * u + axes.x[1], axes.y[0] * v + axes.y[1]];
      dots[i].setAttribute("transform", `translate(${hundredth(left)} ${hundredth(top)})`);
    }
    return plot(state);
  };
}
