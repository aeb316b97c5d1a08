/**
 * The state of a figure: slider values in, every quantity out. It needs no document.
 */

/**
 * @param {FigureSpec} spec
 * @returns {FigureModel}
 */
function figureModel(spec) {
  const { tape, iteration } = spec;
  const machine = replayer(tape);
  const traced = Object.fromEntries(
    Object.entries(machine.inputs).map(([name, input]) => [name, input.slice()]),
  );
  /** Entries that are settings, with their arrays and their places in them. @type {[string, string, number][]} */
  const ofReader = Object.keys(spec.entries ?? {}).flatMap((name) => {
    const own = Object.keys(spec.start).filter((entry) => entry.startsWith(`${name}[`));
    return own.map((entry, i) => /** @type {[string, string, number]} */ ([entry, name, i]));
  });
  const arrays = spec.arrays ?? [];
  const entries = entriesOf(tape, machine, spec.start, arrays);

  /** @param {Values} settings  @param {Machine} [of] */
  function set(settings, of = machine) {
    for (const name in of.inputs) {
      if (name in settings) of.inputs[name][0] = settings[name];
      else of.inputs[name].set(traced[name]); // a sweep or an update may have moved it
    }
    for (const [entry, name, place] of ofReader) of.inputs[name][place] = settings[entry];
  }

  /** @param {Values} settings */
  function quantities(settings) {
    set(settings);
    machine.run();
    return numbers(settings, entries);
  }

  /** @param {Values} settings  @param {ReturnType<typeof entriesOf>} of */
  function numbers(settings, of) {
    const values = { ...settings };
    for (const [name, out, i] of of) values[name] = out[i];
    return values;
  }

  /** @type {FigureModel["nudged"]} */
  function nudged(settings, name, change) {
    set(settings);
    const [, array, place] = entries.find((entry) => entry[0] === name) ?? [
      name,
      machine.inputs[name],
      0,
    ];
    const before = array[place];
    machine.runNudged(array, place, change);
    const values = numbers(settings, entries);
    if (name in settings) values[name] += change;
    array[place] = before; // what no line computes would keep the change
    return values;
  }

  /** @param {Machine} of */
  const readArrays = (of) =>
    Object.fromEntries(arrays.map((name) => [name, (of.outputs[name] ?? of.inputs[name]).slice()]));

  // Updates have a machine of their own: what does not move in it stands for the next update, too.
  const walker = iteration && replayer(tape);
  const every = walker ? entriesOf(tape, walker, spec.start, arrays) : [];
  const after = every.filter(([name]) => !(name in spec.start));
  const history = iteration && walker && historian(iteration, walker, set, drawnAlong(spec));

  /** The quantities before the first update, which stay while the counter alone moves. @type {Values | null} */
  let first = null;
  /** @type {Values} */
  let ofFirst = {};
  /** @param {Values} settings  @param {string} counter */
  function beforeUpdates(settings, counter) {
    const { [counter]: k, ...others } = settings;
    if (!first || !sameValues(others, ofFirst)) [first, ofFirst] = [quantities(settings), others];
    return { ...first, [counter]: k };
  }

  /** @type {FigureModel["evaluate"]} */
  function evaluate(settings, until = Infinity) {
    if (!iteration || !history || !walker) {
      return { settings, values: quantities(settings), rows: [], arrays: readArrays(machine) };
    }
    const values = beforeUpdates(settings, iteration.counter);
    const rows = history(settings, until);
    const last = rows[rows.length - 1];
    const now = numbers(settings, after);
    for (const name in now) {
      if (name !== iteration.counter)
        values[`${name}_k`] = name in iteration.update ? (last[name] ?? now[name]) : now[name];
    }
    return { settings, values, rows, arrays: readArrays(walker) };
  }

  /** @type {FigureModel["probe"]} */
  function probe(name) {
    const entry = entries.find(([own]) => own === name);
    if (!entry) return (settings) => settings[name] ?? evaluate(settings).values[name];
    const [, out, i] = entry;
    const { steps } = machine.part([name.split("[")[0]]);
    return (settings) => {
      set(settings);
      runAll(steps);
      return out[i];
    };
  }

  return {
    evaluate,
    nudged,
    probe,
    sweeper: (sweep) => sweeper(machine, set, sweep),
    field: (field, axes) => fieldReplay(machine, set, field, axes),
  };
}

/**
 * The quantities that pictures draw along the updates.
 * @param {FigureSpec} spec
 */
function drawnAlong({ views }) {
  const artists = views.flatMap((view) => ("artists" in view ? view.artists : []));
  return artists.flatMap((artist) => {
    if (artist.points !== "history") return [];
    return artist.x === null ? [artist.y] : [artist.x, artist.y];
  });
}

/**
 * What is watched, drawn and handed on, after each of the updates 0 … k; after the last, the machine has all of its
 * numbers. Rows are kept until a slider other than the counter has moved: most steps of a figure that plays are one
 * update, and a step back is none.
 * @param {Iteration} iteration
 * @param {Machine} machine
 * @param {(settings: Values, machine: Machine) => void} set
 * @param {string[]} drawn
 * @returns {(settings: Values, until: number) => Values[]}
 */
function historian({ update, counter, watch }, machine, set, drawn) {
  const moves = Object.entries(update);
  const names = [...new Set([watch, ...drawn, ...moves.flat()])];
  const arrays = names.map((name) => machine.outputs[name] ?? machine.inputs[name]);
  const inputs = moves.map(([input]) => machine.inputs[input]);
  const outputs = moves.map(([, output]) => machine.outputs[output] ?? machine.inputs[output]);
  /** @type {Values | null} */
  let before = null;
  /** @type {Values[]} */
  let rows = [];
  /** The moving inputs in each of the rows, and in the next. @type {Float64Array[][]} */
  let states = [];
  /** An update, and all numbers. @type {(() => void)[][]} */
  let [steps, whole] = [[], []];
  /** @param {number} k */
  const restore = (k) => states[k].forEach((state, i) => inputs[i].set(state));
  return (settings, until) => {
    const { [counter]: wanted, ...others } = settings;
    if (!before || !sameValues(others, before)) {
      set(others, machine);
      rows = [];
      states = [inputs.map((input) => input.slice())];
      const moving = Object.keys(update);
      whole = machine.lean(Object.keys(machine.outputs), moving);
      steps = machine.lean(names, moving);
    }
    before = others;
    const late = () => until < Infinity && rows.length > 0 && performance.now() > until;
    while (rows.length <= wanted && !late()) {
      restore(rows.length);
      runAll(steps);
      /** @type {Values} */
      const row = {};
      for (let i = 0; i < names.length; i++) row[names[i]] = arrays[i][0];
      rows.push(row);
      states.push(outputs.map((output) => output.slice()));
    }
    const k = Math.min(wanted, rows.length - 1);
    restore(k);
    runAll(whole);
    return rows.slice(0, k + 1);
  };
}

/** @param {Values} a  @param {Values} b  of the same names */
function sameValues(a, b) {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
}

/**
 * x and y quantities along a sweep of one input, all else as set. Kept until another input that they
 * depend on has moved: most drags leave most curves where they are.
 * @param {Machine} machine
 * @param {(settings: Values) => void} set
 * @param {Sweep} sweep
 * @returns {(settings: Values) => Float64Array}  x0, y0, x1, y1, …
 */
function sweeper(machine, set, { input, from, to, samples, x, y }) {
  const { steps, inputs } = machine.part([x, y]);
  const others = inputs.filter((name) => name !== input);
  const [xs, ys] = [x, y].map((name) => machine.outputs[name] ?? machine.inputs[name]);
  /** @type {number[] | null} */
  let before = null;
  let points = new Float64Array(2 * samples);
  return (settings) => {
    set(settings);
    const now = others.map((name) => machine.inputs[name][0]);
    if (before && sameNumbers(now, before)) return points;
    before = now;
    points = new Float64Array(2 * samples);
    for (let i = 0; i < samples; i++) {
      machine.inputs[input][0] = from + ((to - from) * i) / (samples - 1);
      runAll(steps);
      points[2 * i] = xs[0];
      points[2 * i + 1] = ys[0];
    }
    return points;
  };
}

/** @param {number[]} now  @param {number[]} before  of the same length */
const sameNumbers = (now, before) => now.every((value, i) => value === before[i]);

/**
 * What a reader must be told in words: a divergence, a number that is lost, or else a point outside
 * the picture.
 * @param {FigureSpec} spec
 * @param {FigureState} state
 * @param {boolean} outside
 */
function statusOf(spec, state, outside) {
  if (spec.iteration) {
    const { watch, limit } = spec.iteration;
    const step = state.rows.findIndex((row) => !(Math.abs(row[watch]) <= limit));
    if (step >= 0) {
      const far = Number.isFinite(state.rows[step][watch]);
      const how = far
        ? `it has passed ${limit.toLocaleString("en")}`
        : "it is no longer a finite number";
      return `Here the ${watch} diverged at step ${step}: ${how}.`;
    }
  }
  const lost = Object.keys(state.values).filter((name) => !Number.isFinite(state.values[name]));
  if (lost.length) return `Here there is no finite number for ${lost.join(", ")}.`;
  return outside ? "Here the point lies outside the picture." : "";
}
