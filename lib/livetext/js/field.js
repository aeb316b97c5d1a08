/**
 * Fields: a quantity over two inputs, replayed on a grid. No frame waits for it: what takes longer than
 * `SLICE` goes on later, unless the figure has moved on, and a coarse grid stands there meanwhile.
 */

/** Milliseconds. */
const SLICE = 5;

/**
 * The middle of each cell between limits, as the axis counts; the twin of field.py's.
 * @param {[number, number]} limits
 * @param {number} count
 * @param {boolean} log
 */
function centres(limits, count, log) {
  const [low, high] = log ? limits.map(Math.log10) : limits;
  return Float64Array.from({ length: count }, (_, i) => {
    const middle = low + ((high - low) * (i + 0.5)) / count;
    return log ? 10 ** middle : middle;
  });
}

/**
 * @param {Machine} machine
 * @param {(settings: Values) => void} set
 * @param {FieldSpec} spec
 * @param {Axes} axes
 * @returns {FieldReplay}
 */
function fieldReplay(machine, set, { x, y, quantity, size }, { xlim, ylim, xlog, log }) {
  const { steps, inputs } = machine.part([quantity]);
  const others = inputs.filter((name) => name !== x && name !== y);
  const out = machine.outputs[quantity];
  /** @type {number[] | null} */
  let before = null;
  let job = 0;

  /**
   * @param {number} columns
   * @param {number} rows
   * @returns {(settings: Values, until: number) => Float64Array | null}  goes on; null if not done
   */
  function grid(columns, rows) {
    const [across, up] = [centres(xlim, columns, Boolean(xlog)), centres(ylim, rows, log)];
    const values = new Float64Array(columns * rows);
    let i = 0;
    return (settings, until) => {
      set(settings);
      while (i < values.length) {
        machine.inputs[x][0] = across[i % columns];
        machine.inputs[y][0] = up[rows - 1 - Math.floor(i / columns)];
        runAll(steps);
        values[i++] = out[0];
        if (i % 16 === 0 && performance.now() > until) return null;
      }
      return values;
    };
  }

  return (settings, show) => {
    set(settings);
    const now = others.map((name) => machine.inputs[name][0]);
    if (before && sameNumbers(now, before)) return;
    before = now;
    const own = ++job;
    const [columns, rows] = size;
    const fine = grid(columns, rows);
    const goOn = () => {
      if (own !== job) return true;
      const values = fine(settings, performance.now() + SLICE);
      if (values) show(values, columns);
      else setTimeout(goOn);
      return Boolean(values);
    };
    if (goOn()) return;
    const coarse = grid(columns / 4, rows / 4)(settings, Infinity);
    if (coarse) show(coarse, columns / 4);
  };
}

/**
 * Shows numbers as an image with a grey pixel for each; the twin of field.py's `shares` and `image`.
 * @param {Element} group
 * @param {FieldSpec} spec
 * @returns {(values: Float64Array, columns: number) => void}
 */
function fieldImage(group, { scale, scaleLog }) {
  const image = find(group, "image");
  const canvas = document.createElement("canvas");
  const [low, high] = scaleLog ? scale.map(Math.log10) : scale;
  return (values, columns) => {
    canvas.width = columns;
    canvas.height = values.length / columns;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const pixels = context.createImageData(canvas.width, canvas.height);
    values.forEach((value, i) => {
      const size = ((scaleLog ? Math.log10(value) : value) - low) / (high - low);
      const grey = Math.floor(255 * Math.max(0, Math.min(1, size)) + 0.5);
      pixels.data.set([grey, grey, grey, size === size ? 255 : 0], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
    image.setAttribute("href", canvas.toDataURL());
  };
}
