/**
 * Live figures: replays a figure's tape whenever a slider moves, and moves what its views show.
 *
 * One classic script, so that it also loads from disk, where browsers refuse module files. The
 * Jupyter widget runs the same text with an `export` added. There are no derivative rules here:
 * the tape holds every gradient as primitives, as `backprop.autodiff` recorded it.
 */
(function (global) {
  "use strict";

  /**
   * @typedef {{op: string, args?: number[], shape?: number[], name?: string, value?: any,
   *   axis?: number[], axes?: number[], indices?: number[]}} Line  one operation of a tape
   * @typedef {{inputs: Object<string, any>, nodes: Line[], outputs: Object<string, number>}} Tape
   * @typedef {Object<string, number>} Values  every shown quantity by name
   */

  // ---------------------------------------------------------------------------------------------
  // The primitives: the same names and values as backprop/autodiff/primitives.py.

  const sigmoid = (z) => {
    const e = Math.exp(-Math.abs(z));
    return (z >= 0 ? 1 : e) / (1 + e);
  };

  /** NumPy takes these powers by multiplication, division or a root; so do we, to the last bit. */
  const power = (a, n) => (n === 2 ? a * a : n === 1 ? a : n === -1 ? 1 / a : n === 0.5 ? Math.sqrt(a) : a ** n);

  /** Primitives that act entry by entry, on arguments stretched to the result's shape. */
  const ENTRYWISE = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
    neg: (a) => -a,
    power,
    exp: Math.exp,
    log: Math.log,
    sqrt: Math.sqrt,
    sin: Math.sin,
    cos: Math.cos,
    tanh: Math.tanh,
    sigmoid,
    softplus: (z) => (z !== z ? z : Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))),
    greater: (a, b) => (a > b ? 1 : 0),
    equal: (a, b) => (a === b ? 1 : 0),
    where: (condition, a, b) => (condition !== 0 ? a : b),
    maximum: Math.max,
    relu: (z) => Math.max(z, 0),
  };

  /**
   * Primitives that only move or combine entries along axes. Each returns a function that fills
   * `out` from the arguments' arrays; where entries come from is worked out once, beforehand.
   */
  const AXIS_BOUND = {
    sum: (line, [a], shapes) => reduce(line, a, shapes, 0, (x, y) => x + y),
    max: (line, [a], shapes) => reduce(line, a, shapes, -Infinity, Math.max),
    broadcast_to: (line, [a], shapes) => gather(a, stretched(shapes[0], line.shape)),
    reshape: (line, [a]) => gather(a, null),
    transpose: (line, [a], shapes) => {
      const from = strides(shapes[0]);
      return gather(a, positions(line.shape || [], line.axes.map((axis) => from[axis])));
    },
    take: (line, [a]) => gather(a, line.indices),
    put: (line, [a]) => (out) => {
      out.fill(0);
      line.indices.forEach((to, i) => { out[to] += a[i]; });
    },
    matmul: (line, [a, b], shapes) => (out) => {
      const [rows, inner] = shapes[0];
      const columns = shapes[1][1];
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let total = 0;
          for (let k = 0; k < inner; k++) total += a[i * inner + k] * b[k * columns + j];
          out[i * columns + j] = total;
        }
      }
    },
  };

  const count = (shape) => shape.reduce((n, length) => n * length, 1);

  /** How far apart neighbours along each axis lie, in a flat array. */
  function strides(shape) {
    const steps = new Array(shape.length);
    let step = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      steps[axis] = step;
      step *= shape[axis];
    }
    return steps;
  }

  /** For every entry of an array of `shape`, in order: the sum of its indices times `steps`. */
  function positions(shape, steps) {
    const flat = new Int32Array(count(shape));
    const index = new Array(shape.length).fill(0);
    for (let i = 0; i < flat.length; i++) {
      flat[i] = index.reduce((sum, at, axis) => sum + at * steps[axis], 0);
      for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
    }
    return flat;
  }

  /** Where each entry of `shape` comes from, if an array of shape `from` is stretched to it. */
  function stretched(from, shape) {
    const extra = shape.length - from.length;
    const own = strides(from);
    return positions(shape, shape.map((_, axis) => (axis < extra || from[axis - extra] === 1 ? 0 : own[axis - extra])));
  }

  function gather(a, from) {
    return (out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[from ? from[i] : i];
    };
  }

  function reduce(line, a, shapes, start, combine) {
    const to = stretched(shapes[0].map((n, axis) => (line.axis.includes(axis) ? 1 : n)), shapes[0]);
    return (out) => {
      out.fill(start);
      for (let i = 0; i < a.length; i++) out[to[i]] = combine(out[to[i]], a[i]);
    };
  }

  function entrywise(f, args, shapes, shape) {
    const [a, b, c] = args;
    if (count(shape) === 1) {
      if (args.length === 1) return (out) => { out[0] = f(a[0]); };
      if (args.length === 2) return (out) => { out[0] = f(a[0], b[0]); };
      return (out) => { out[0] = f(a[0], b[0], c[0]); };
    }
    const from = shapes.map((s) => stretched(s, shape));
    return (out) => {
      for (let i = 0; i < out.length; i++) out[i] = f(...args.map((array, k) => array[from[k][i]]));
    };
  }

  // ---------------------------------------------------------------------------------------------
  // Replaying a tape.

  /** Every value of a JSON list of lists, in order; "inf", "-inf" and "nan" are strings there. */
  function flatten(value) {
    if (Array.isArray(value)) return value.flatMap(flatten);
    return [typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value];
  }

  /**
   * A tape made ready to run: one Float64Array per line, and one function per line that fills it.
   * @param {Tape} tape
   */
  function replayer(tape) {
    const arrays = [];
    const inputs = {};
    /** @type {Object<number, () => void>} by line; inputs and constants have nothing to do */
    const program = {};
    tape.nodes.forEach((line, i) => {
      const shape = line.shape || [];
      const out = new Float64Array(count(shape));
      arrays.push(out);
      if (line.op === "const") {
        out.set(flatten(line.value));
      } else if (line.op === "input") {
        inputs[line.name] = out;
        out.set(flatten(tape.inputs[line.name]));
      } else {
        const args = line.args.map((a) => arrays[a]);
        const shapes = line.args.map((a) => tape.nodes[a].shape || []);
        const fill = Object.hasOwn(ENTRYWISE, line.op)
          ? entrywise(ENTRYWISE[line.op], args, shapes, shape)
          : AXIS_BOUND[line.op](line, args, shapes);
        program[i] = () => fill(out);
      }
    });
    const all = Object.values(program);
    const outputs = {};
    for (const [name, i] of Object.entries(tape.outputs)) outputs[name] = arrays[i];

    /** The part of the tape that some outputs need, and the inputs that these depend on. */
    function part(names) {
      const wanted = new Set(names.filter((name) => name in tape.outputs).map((name) => tape.outputs[name]));
      for (let i = tape.nodes.length - 1; i >= 0; i--) if (wanted.has(i)) (tape.nodes[i].args || []).forEach((a) => wanted.add(a));
      const lines = [...wanted].sort((i, j) => i - j);
      return {
        steps: lines.map((i) => program[i]).filter(Boolean),
        inputs: lines.filter((i) => tape.nodes[i].op === "input").map((i) => tape.nodes[i].name),
      };
    }

    return { inputs, outputs, part, run: () => run(all) };
  }

  function run(steps) {
    for (let i = 0; i < steps.length; i++) steps[i]();
  }

  /**
   * Every number of a tape by the name that a page shows it by, `loss`, `delta[0]`, `W[1,2]`, with the
   * machine's array that holds it and its place there; without the inputs that `settings` names.
   */
  function entriesOf(tape, machine, settings = {}) {
    const entries = (name, array, shape = []) => {
      if (!shape.length) return [[name, array, 0]];
      const steps = strides(shape);
      return Array.from({ length: count(shape) }, (_, i) => [
        `${name}[${shape.map((n, axis) => Math.floor(i / steps[axis]) % n).join(",")}]`, array, i,
      ]);
    };
    return [
      ...tape.nodes
        .filter((line) => line.op === "input" && !(line.name in settings))
        .flatMap((line) => entries(line.name, machine.inputs[line.name], line.shape)),
      ...Object.entries(tape.outputs)
        .flatMap(([name, i]) => entries(name, machine.outputs[name], tape.nodes[i].shape)),
    ];
  }

  /**
   * One replay, for tests and readers: `{name: flat array}` of every output.
   * @param {Tape} tape
   * @param {Object<string, any>} settings
   */
  function runTape(tape, settings) {
    const machine = replayer(tape);
    for (const [name, value] of Object.entries(settings)) machine.inputs[name].set(flatten(value));
    machine.run();
    return Object.fromEntries(Object.entries(machine.outputs).map(([name, out]) => [name, Array.from(out)]));
  }

  // ---------------------------------------------------------------------------------------------
  // Numbers in words: the twin of livetext/number_format.py.

  const MARK = 700; // milliseconds for which a changed number stays marked

  const FEWEST = 6; // decimals at most, where a number is to be told in full

  const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

  /**
   * @param {number} value
   * @param {number | null} digits  decimals; null for the fewest that tell all of it, else three significant digits
   * @returns {{text: string, exact: boolean}}
   */
  function formatNumber(value, digits) {
    if (digits === null) {
      for (let n = 0; n <= FEWEST; n++) {
        const shown = formatNumber(value, n);
        if (shown.exact && !shown.text.includes("×")) return shown;
      }
      let enough = 4;
      while (enough <= FEWEST && Math.abs(value) < 10 ** (2 - enough)) enough++;
      return formatNumber(value, enough <= FEWEST ? enough : 0);
    }
    if (Number.isNaN(value)) return { text: "undefined", exact: true };
    const sign = value < 0 ? "−" : "";
    const size = Math.abs(value);
    if (size === Infinity) return { text: `${sign}∞`, exact: true };
    const close = (shown, scale) => Math.abs(shown - size) <= 1e-12 * scale && (shown > 0 || size === 0);
    if (size === 0 || (size >= 0.5 * 10 ** -digits && size < 1e6)) {
      const shown = size.toFixed(digits);
      return { text: sign + shown, exact: close(Number(shown), Math.max(1, size)) };
    }
    const [mantissa, exponent] = size.toExponential(2).split("e");
    const raised = String(Number(exponent)).replace(/./g, (character) => SUPERSCRIPTS[character]);
    return { text: `${sign}${mantissa}×10${raised}`, exact: close(Number(`${mantissa}e${exponent}`), size) };
  }

  // ---------------------------------------------------------------------------------------------
  // The state of a figure: slider values in, every quantity out.

  /**
   * @param {any} spec  the figure's data, written by livetext/figures/figure.py
   */
  function model(spec) {
    const machine = replayer(spec.tape);
    const traced = Object.fromEntries(Object.entries(machine.inputs).map(([name, input]) => [name, input.slice()]));
    const entries = entriesOf(spec.tape, machine, spec.start);

    /** @param {Values} settings */
    function set(settings) {
      for (const name in machine.inputs) {
        if (name in settings) machine.inputs[name][0] = settings[name];
        else machine.inputs[name].set(traced[name]); // a sweep or an update may have moved it
      }
    }

    /** All quantities at these settings; with an iteration, also `name_k` after k updates. */
    function quantities(settings) {
      set(settings);
      machine.run();
      /** @type {Values} */
      const values = { ...settings };
      for (const [name, out, i] of entries) values[name] = out[i];
      return values;
    }

    /** One `Values` for each of the steps 0 … k. */
    function history(settings) {
      const { update, counter } = spec.iteration;
      const rows = [quantities(settings)];
      for (let k = 1; k <= settings[counter]; k++) {
        const before = rows[k - 1];
        const next = { ...settings };
        for (const [input, output] of Object.entries(update)) next[input] = before[output];
        rows.push(quantities(next));
      }
      return rows;
    }

    /**
     * x and y quantities along a sweep of one input, all else as set. Kept until another input that
     * they depend on has moved: most drags leave most curves where they are.
     */
    function sweeper({ input, from, to, samples, x, y }) {
      const { steps, inputs } = machine.part([x, y]);
      const others = inputs.filter((name) => name !== input);
      const [xs, ys] = [x, y].map((name) => machine.outputs[name] || machine.inputs[name]);
      let before = null;
      let points = null;
      return (settings) => {
        set(settings);
        const now = others.map((name) => machine.inputs[name][0]);
        if (before && now.every((value, i) => value === before[i])) return points;
        before = now;
        points = new Float64Array(2 * samples);
        for (let i = 0; i < samples; i++) {
          machine.inputs[input][0] = from + ((to - from) * i) / (samples - 1);
          run(steps);
          points[2 * i] = xs[0];
          points[2 * i + 1] = ys[0];
        }
        return points;
      };
    }

    function evaluate(settings) {
      const values = quantities(settings);
      if (!spec.iteration) return { settings, values, rows: null };
      const rows = history(settings);
      const last = rows[rows.length - 1];
      for (const name in last) if (name !== spec.iteration.counter) values[`${name}_k`] = last[name];
      return { settings, values, rows };
    }

    return { evaluate, sweeper };
  }

  /** What a reader must be told in words: a divergence, a number that is lost, or else a point outside the picture. */
  function statusOf(spec, state, outside) {
    if (spec.iteration) {
      const { watch, limit } = spec.iteration;
      const step = state.rows.findIndex((row) => !(Math.abs(row[watch]) <= limit));
      if (step >= 0) {
        const far = Number.isFinite(state.rows[step][watch]);
        const how = far ? `it has passed ${limit.toLocaleString("en")}` : "it is no longer a finite number";
        return `Here the ${watch} diverged at step ${step}: ${how}.`;
      }
    }
    const lost = Object.keys(state.values).filter((name) => !Number.isFinite(state.values[name]));
    if (lost.length) return `Here there is no finite number for ${lost.join(", ")}.`;
    return outside ? "Here the point lies outside the picture." : "";
  }

  // ---------------------------------------------------------------------------------------------
  // Views: functions that take an element and what it shows, and return `(state) => void`.

  const resolve = (quantity, values) => (typeof quantity === "number" ? quantity : values[quantity]);

  /** Points in data coordinates, as [x0, y0, x1, y1, …], for each kind of moving artist. */
  const POINTS = {
    points: ({ x, y }) => ({ values }) => x.flatMap((_, i) => [resolve(x[i], values), resolve(y[i], values)]),
    curve(artist, { sweeper }) {
      const sweep = sweeper(artist);
      return ({ settings }) => sweep(settings);
    },
    tangent: ({ x, y, slope, from, to }) => ({ values }) =>
      [from, to].flatMap((at) => [at, values[y] + values[slope] * (at - values[x])]),
    history: ({ x, y, stairs }) => ({ rows }) => {
      const points = [];
      rows.forEach((row, k) => {
        const at = x === null ? k : row[x];
        if (stairs && k) points.push(at, rows[k - 1][y]);
        points.push(at, row[y]);
      });
      return points;
    },
  };

  // Beyond this many points from the picture's corner, renderers lose precision.
  const FAR = 1e5;
  const clamp = (v) => Math.max(-FAR, Math.min(FAR, v));
  const round = (v) => Math.round(v * 100) / 100;

  /** @param {{x: number[], y: number[], log: boolean}} axes  pixel = scale · value + offset */
  function projector({ x, y, log }) {
    return (points) => {
      const pixels = new Float64Array(points.length);
      for (let i = 0; i < points.length; i += 2) {
        const height = log ? Math.log10(points[i + 1]) : points[i + 1];
        pixels[i] = clamp(x[0] * points[i] + x[1]);
        pixels[i + 1] = clamp(y[0] * height + y[1]);
      }
      return pixels;
    };
  }

  /** SVG path data; a point that is not a number lifts the pen. */
  function pathData(pixels) {
    let data = "";
    let pen = "M";
    for (let i = 0; i < pixels.length; i += 2) {
      if (pixels[i] !== pixels[i] || pixels[i + 1] !== pixels[i + 1]) {
        pen = "M";
      } else {
        data += `${pen}${round(pixels[i])} ${round(pixels[i + 1])}`;
        pen = "L";
      }
    }
    return data;
  }

  /** Tail to tip, and back and forth for the two barbs; the twin of plot.py's arrow. */
  function arrowPixels([x0, y0, x1, y1], head) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (!(length > 0)) return [x0, y0, x1, y1];
    const size = Math.min(head, length);
    const [ux, uy] = [((x1 - x0) / length) * size, ((y1 - y0) / length) * size];
    const barb = (side) => [x1 - ux + (side * uy) / 2, y1 - uy - (side * ux) / 2];
    return [x0, y0, x1, y1, ...barb(1), x1, y1, ...barb(-1)];
  }

  const DRAW = {
    line(group) {
      const path = group.querySelector("path");
      return (pixels) => path.setAttribute("d", pathData(pixels));
    },
    arrow(group, artist) {
      const path = group.querySelector("path");
      return (pixels) => path.setAttribute("d", pathData(arrowPixels(pixels, artist.head)));
    },
    dots(group) {
      const first = group.querySelector("use");
      const parent = first.parentNode;
      const dots = [...parent.querySelectorAll("use")];
      return (pixels) => {
        const wanted = pixels.length / 2;
        while (dots.length < wanted) dots.push(parent.appendChild(first.cloneNode()));
        dots.forEach((dot, i) => {
          const [x, y] = [pixels[2 * i], pixels[2 * i + 1]];
          const shown = i < wanted && x === x && y === y;
          dot.style.display = shown ? "" : "none";
          if (!shown) return;
          dot.setAttribute("x", round(x));
          dot.setAttribute("y", round(y));
        });
      };
    },
    text(group) {
      const text = group.querySelector("text");
      return ([x, y]) => {
        const shown = x === x && y === y;
        text.style.display = shown ? "" : "none";
        if (shown) text.setAttribute("transform", `translate(${round(x)} ${round(y)})`);
      };
    },
  };

  const VIEWS = {
    plot(element, view, figureModel) {
      const project = projector(view.axes);
      const [left, right] = view.axes.xlim;
      const [low, high] = view.axes.ylim;
      const groups = new Map([...element.querySelectorAll("[data-artist]")].map((group) => [Number(group.dataset.artist), group]));
      const artists = view.artists.map((artist, i) => ({
        artist,
        points: POINTS[artist.points](artist, figureModel),
        last: null,
        draw: DRAW[artist.draw](groups.get(i), artist),
      }));
      return (state) => {
        let outside = false;
        for (const item of artists) {
          const { artist, points, draw, last } = item;
          const data = points(state);
          if (data !== last) draw(project(data));
          item.last = data;
          if (artist.watched && !(data[0] >= left && data[0] <= right && data[1] >= low && data[1] <= high)) outside = true;
        }
        return outside;
      };
    },

    // Every number in the lines is a quantity, which the figure itself keeps up to date.
    lines: () => () => false,

    graph(element, view) {
      return revealer([...element.querySelectorAll("[data-step]")], view.counter);
    },

    flow(element, view) {
      return revealer([...element.querySelectorAll("[data-step]")], view.counter);
    },

    matrices(element, view) {
      const updates = [...element.querySelectorAll("table")].map((table, i) => matrixView(table, view.matrices[i]));
      return (state) => {
        for (const update of updates) update(state);
        return false;
      };
    },
  };

  /** The colours of a matrix's cells, and the row and column that are picked out. */
  function matrixView(table, { row, column, scale }) {
    const cells = [...table.querySelectorAll("td")].map((cell) => ({
      cell,
      quantity: cell.querySelector("[data-quantity]").dataset.quantity,
      row: Number(cell.dataset.row),
      column: Number(cell.dataset.column),
      look: "",
      last: null,
    }));
    let picked = "";
    return ({ values }) => {
      for (const item of cells) {
        const value = values[item.quantity];
        if (!scale || Object.is(value, item.last)) continue;
        item.last = value;
        const look = heat(value, scale);
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

  /** The twin of matrices.py's `heat`. */
  function heat(value, scale) {
    const share = value === value ? Math.min(Math.abs(value) / scale, 1) : 0;
    return `--live-heat: ${(100 * share).toFixed(0)}%; --live-tint: var(--live-${value < 0 ? "orange" : "blue"})`;
  }

  /** Shows, of a line's wordings, the one for the chosen option. */
  function caseView(element) {
    const { case: quantity, option } = element.dataset;
    return (values) => { element.hidden = values[quantity] !== Number(option); };
  }

  /** Hides what belongs to a later step than the counter's, and marks the current one. */
  function revealer(parts, counter) {
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
   * Sets what an element of ours says. Nothing keeps hold of its text: a browser's translation puts elements
   * of its own around any text of the page, or another text in its place.
   */
  function say(element, words) {
    const text = element.firstChild;
    const alone = text && text === element.lastChild && text.nodeType === 3;
    if (alone) text.data = words; // cheaper than replacing it
    else element.textContent = words;
  }

  /** The number shown in an element: its full precision, and its text. */
  function numberView(element) {
    const name = element.dataset.quantity;
    const digits = element.dataset.digits === "" ? null : Number(element.dataset.digits);
    const guarded = "guarded" in element.dataset;
    let shown = element.textContent;
    let last;
    const view = {
      element,
      exact: true, // whether the text says all of the number
      /** @returns {boolean} whether the text is another one now */
      update(values) {
        const value = values[name];
        if (Object.is(value, last)) return false;
        last = value;
        const number = formatNumber(value, digits);
        view.exact = number.exact;
        element.setAttribute("data-value", String(value));
        const before = shown;
        shown = guarded && value < 0 ? `(${number.text})` : number.text;
        if (shown === before) return false;
        say(element, shown);
        return true;
      },
    };
    return view;
  }

  /** Marks numbers that have just changed, until nothing has changed for a moment. */
  function marker() {
    const marked = new Set();
    let timer = 0;
    return (elements) => {
      for (const element of elements) {
        if (!marked.has(element)) element.dataset.changed = "";
        marked.add(element);
      }
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const element of marked) delete element.dataset.changed;
        marked.clear();
      }, MARK);
    };
  }

  /**
   * "=" where the numbers after and before it are shown in full, else "≈"; the twin of lines.py's.
   * @param {Map<Element, {exact: boolean}>} viewOf  what shows the number in an element
   */
  function relationView(line, viewOf) {
    const relations = [];
    let side = []; // the numbers since the last sign of equality, of either kind
    for (const node of line.childNodes) {
      if (node.nodeType === 1 && node.matches(".live-relation")) {
        relations.push({ sign: node, before: side, after: (side = []) });
      } else if (viewOf.has(node)) {
        side.push(viewOf.get(node));
      } else if (node.textContent.includes("=")) { // words, however they are wrapped
        side = [];
      }
    }
    const rounded = (number) => !number.exact;
    return () => {
      for (const { sign, before, after } of relations) {
        const text = before.some(rounded) || after.some(rounded) ? "≈" : "=";
        if (sign.textContent !== text) say(sign, text);
      }
    };
  }

  /** What shows a number in an element, and what says whether such numbers are rounded. */
  function shownIn(element) {
    const numbers = [...element.querySelectorAll("[data-quantity]")].map(numberView);
    const viewOf = new Map(numbers.map((number) => [number.element, number]));
    const lines = new Set([...element.querySelectorAll(".live-relation")].map((sign) => sign.parentElement));
    const relations = [...lines].map((line) => relationView(line, viewOf));
    return { numbers, relations };
  }

  // ---------------------------------------------------------------------------------------------
  // Mounting. What is mounted already is known here alone: a saved page keeps every attribute and all that a
  // script has added, but no listener, and its copy is mounted like any other.

  /** Every figure and question on the page that is alive, by whichever copy of this script. @type {Set<Element>} */
  const mounted = (global.backpropMounted ??= new Set());

  /**
   * Makes an element ours to mount.
   * @returns {boolean}  false if it is mounted already
   */
  function claim(root) {
    if (mounted.has(root)) return false;
    ownIds(root);
    mounted.add(root);
    return true;
  }

  /** Forgets what is mounted in an element that goes. */
  function forget(el) {
    for (const root of mounted) if (el.contains(root)) mounted.delete(root);
  }

  /** What names elements by their ids, beside `url(#…)` in any attribute. */
  const REFERENCES = new Set(["for", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"]);

  /**
   * A second view of one figure or question gets ids of its own: `fig-NAME-2`, `live-NAME-w-2`.
   * Which ids are taken is not for the document alone to say: Jupyter mounts before it shows.
   */
  function ownIds(root) {
    const elements = [root, ...root.querySelectorAll("[id]")].filter((element) => element.id);
    const ids = new Set(elements.map((element) => element.id));
    const waiting = [...mounted].filter((other) => !other.isConnected);
    const taken = (id) => {
      const first = global.document.getElementById(id);
      return (first && !root.contains(first))
        || waiting.some((other) => other.id === id || other.querySelector(`[id="${CSS.escape(id)}"]`));
    };
    if (![...ids].some(taken)) return;
    let n = 2;
    while ([...ids].some((id) => taken(`${id}-${n}`))) n++;
    const own = (id) => (ids.has(id) ? `${id}-${n}` : id);
    for (const element of [root, ...root.querySelectorAll("*")]) {
      for (const attribute of element.attributes) {
        const { name, value } = attribute;
        if (name === "id") attribute.value = own(value);
        else if (REFERENCES.has(name)) attribute.value = value.split(" ").map(own).join(" ");
        else if (name.endsWith("href") && value.startsWith("#")) attribute.value = `#${own(value.slice(1))}`;
        else if (value.includes("url(#")) attribute.value = value.replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${own(id)})`);
      }
    }
  }

  // ---------------------------------------------------------------------------------------------
  // A figure on the page.

  /** Marks a figure that is taller than the window, if its sliders can stay in sight and leave room to see. */
  function watchHeight(figure) {
    const controls = figure.querySelector(".live-controls");
    new ResizeObserver(() => {
      const room = global.innerHeight;
      figure.toggleAttribute("data-tall", figure.offsetHeight > room && controls.offsetHeight < 0.4 * room);
    }).observe(figure);
  }

  const reducedMotion = () => global.matchMedia && global.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /**
   * Makes a figure live.
   * @param {HTMLElement} figure  `<figure class="live">` as livetext/figures/figure.py writes it
   * @param {{values?: Values, onChange?: (values: Values) => void}} [options]
   * @returns {{set: (values: Values) => void} | null}  null if it is live already
   */
  function mount(figure, options = {}) {
    if (!claim(figure)) return null;
    const spec = JSON.parse(figure.querySelector("script.live-spec").textContent);
    const figureModel = model(spec);
    const inputs = [...figure.querySelectorAll(".live-controls :is(input, select)")];
    const sliders = inputs.filter((input) => input.type === "range");
    const byName = Object.fromEntries(inputs.map((input) => [input.name, input]));
    const views = [...figure.querySelectorAll("[data-view]")].map((element) => {
      const view = spec.views[Number(element.dataset.view)];
      return VIEWS[view.kind](element, view, figureModel);
    });
    const { numbers, relations } = shownIn(figure);
    const cases = [...figure.querySelectorAll("[data-case]")].map(caseView);
    const mark = marker();
    const status = figure.querySelector(".live-status");
    const said = figure.querySelector(".live-said") || figure.appendChild(global.document.createElement("p"));
    said.className = "live-said";
    said.setAttribute("role", "status");
    said.textContent = "";
    for (const element of figure.querySelectorAll("[data-changed]")) delete element.dataset.changed;

    // Kept apart from the inputs, which round to their grid: Python may set a value between steps.
    const settings = { ...spec.start };

    /** What the figure's sliders lead to, in words: ", loss 0.25". */
    let effect = "";
    let shown = false;

    function show() {
      const state = figureModel.evaluate(settings);
      let outside = false;
      for (const view of views) outside = view(state) || outside;
      const changed = numbers.filter((number) => number.update(state.values));
      for (const relation of relations) relation();
      for (const choose of cases) choose(state.values);
      if (shown) mark(changed.map((number) => number.element)); // not what has only just appeared
      shown = true;
      const message = statusOf(spec, state, outside);
      if (status.textContent !== message) status.textContent = message;
      // With an iteration, what a slider does to the loss is seen after the updates.
      const outcome = state.values[spec.iteration ? `${spec.effect}_k` : spec.effect];
      effect = spec.effect ? `, ${spec.effectLabel} ${formatNumber(outcome, spec.digits).text}` : "";
      for (const input of sliders) {
        const { text } = formatNumber(settings[input.name], Number(input.dataset.digits));
        if (input.getAttribute("aria-valuetext") !== text + effect) input.setAttribute("aria-valuetext", text + effect);
      }
    }

    /** @param {Values} values */
    function set(values) {
      Object.assign(settings, values);
      for (const name in values) {
        const input = byName[name];
        input.value = String(values[name]);
        if (input.type !== "range") say(input.parentElement.querySelector(".live-chosen"), input.selectedOptions[0].textContent);
      }
      show();
    }

    function change(values) {
      set(values);
      if (options.onChange) options.onChange({ ...settings });
    }

    for (const input of inputs) {
      input.disabled = false;
      input.addEventListener("input", () => {
        pause();
        change({ [input.name]: Number(input.value) });
      });
    }

    // The player moves the counter: one update of an iteration, or one step of a graph.
    const counter = byName[spec.counter];
    const label = counter && counter.closest(".live-slider").querySelector("label");
    let timer = 0;
    const pause = () => {
      clearInterval(timer);
      timer = 0;
      figure.removeAttribute("data-playing");
    };
    const moveTo = (k) => change({ [counter.name]: Math.max(Number(counter.min), Math.min(Number(counter.max), k)) });
    const now = () => settings[counter.name];
    const atEnd = () => now() >= Number(counter.max);

    /** For those who do not see what a button did. A slider says it itself. */
    function tell() {
      const where = counter ? `${label.textContent} ${now()} of ${counter.max}` : "At the start";
      said.textContent = `${where}${effect}`;
    }

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
    for (const button of figure.querySelectorAll("button[data-action]")) {
      const { action } = button.dataset;
      button.disabled = false;
      button.addEventListener("click", () => {
        actions[action]();
        if (action !== "play") tell(); // not at every step of a figure that plays
      });
    }

    pause();
    set({ ...settings, ...options.values });
    watchHeight(figure);
    figure.dataset.live = "";
    // For paper. Nobody else is told, and what is returned puts the reader's values back.
    figure.showStart = () => {
      pause();
      const before = { ...settings };
      set(spec.start);
      return () => set(before);
    };
    // For questions. On the element itself: in Jupyter each widget runs a copy of this script.
    figure.moveSliders = (values) => {
      pause();
      change(values);
    };
    return { set };
  }

  /**
   * JupyterLab goes from cell to cell, and does more, by keys that our sliders, buttons and fields need.
   * It listens on the document, so the window hears them first.
   * @returns {() => void}  takes it back
   */
  function keepKeys(el) {
    const keep = (event) => {
      const held = event.ctrlKey || event.altKey || event.metaKey;
      if (!held && el.contains(event.target) && event.target.matches("input, select, button, summary")) {
        event.stopPropagation();
      }
    };
    global.addEventListener("keydown", keep, true);
    return () => global.removeEventListener("keydown", keep, true);
  }

  /** @param {{model: any, el: HTMLElement}} context  anywidget's render */
  function render({ model: widget, el }) {
    el.innerHTML = widget.get("html");
    const live = mount(el.querySelector("figure.live"), {
      values: widget.get("values"),
      onChange(values) {
        widget.set("values", values);
        widget.save_changes();
      },
    });
    const onValues = () => live.set(widget.get("values"));
    widget.on("change:values", onValues);
    const release = keepKeys(el);
    return () => {
      widget.off("change:values", onValues);
      release();
      forget(el);
    };
  }

  global.backpropLive = { mount, render, runTape, formatNumber, replayer, entriesOf, shownIn, keepKeys, say, claim, forget };

  // In a page: every figure, once the document is there. In Jupyter, `render` mounts them.
  const mountAll = () => {
    const figures = [...global.document.querySelectorAll("figure.live")];
    const waiting = figures.filter((figure) => !figure.closest(".jp-OutputArea, .jupyter-widgets"));
    // One in a task, so that a slow phone can answer its reader between two; by the end of loading, all.
    const mountNext = () => {
      if (waiting.length) mount(waiting.shift());
      if (waiting.length) setTimeout(mountNext, 0);
    };
    mountNext();
    global.addEventListener("load", () => waiting.splice(0).forEach((figure) => mount(figure)));
  };
  if (global.document.readyState === "loading") global.document.addEventListener("DOMContentLoaded", mountAll);
  else mountAll();
})(globalThis);
