/**
 * Replays a tape: any function that Python has traced, at other inputs. It needs no document.
 */

/**
 * Every value of a JSON list of lists, in order.
 * @param {TapeValue} value
 * @returns {number[]}
 */
function flatten(value) {
  if (Array.isArray(value)) return value.flatMap(flatten);
  return [typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value];
}

/**
 * A tape made ready to run: one array per line, and one function per line that fills it.
 * @param {Tape} tape
 * @returns {Machine}
 */
function replayer(tape) {
  const arrays = tape.nodes.map((line) => new Float64Array(count(shapeOf(line))));
  /** @type {Record<string, Float64Array>} */
  const inputs = {};
  /** By line; inputs and constants have nothing to do. @type {Record<number, () => void>} */
  const program = {};
  tape.nodes.forEach((line, i) => {
    const out = arrays[i];
    const { op, args = [], name = "", value = [] } = line;
    if (op === "const") {
      out.set(flatten(value));
    } else if (op === "input") {
      inputs[name] = out;
      out.set(flatten(tape.inputs[name]));
    } else {
      const shapes = args.map((a) => shapeOf(tape.nodes[a]));
      const fill = primitive(
        line,
        args.map((a) => arrays[a]),
        shapes,
      );
      program[i] = () => fill(out);
    }
  });
  const all = Object.values(program);

  /** @type {Machine["part"]} */
  function part(names) {
    const wanted = new Set(
      names.filter((name) => name in tape.outputs).map((name) => tape.outputs[name]),
    );
    for (let i = tape.nodes.length - 1; i >= 0; i--) {
      if (wanted.has(i)) for (const a of tape.nodes[i].args ?? []) wanted.add(a);
    }
    const lines = [...wanted].sort((i, j) => i - j);
    return {
      steps: lines.map((i) => program[i]).filter(Boolean),
      inputs: lines.flatMap((i) => {
        const { op, name = "" } = tape.nodes[i];
        return op === "input" ? [name] : [];
      }),
    };
  }

  /** @type {Machine["lean"]} */
  function lean(names, moving) {
    const { nodes } = tape;
    /** What the lines that move depend on, once the others stand. @type {Map<number, number[]>} */
    const moved = new Map();
    /** Lines of nothing but zeros. @type {Set<number>} */
    const zeros = new Set();
    nodes.forEach(({ op, name = "", args = [] }, i) => {
      if (!moving.includes(name) && !args.some((a) => moved.has(a))) {
        program[i]?.();
        if (arrays[i].every((entry) => entry === 0)) zeros.add(i);
        return;
      }
      const [a, b, c] = args;
      let needs = args;
      if (op === "where" && !moved.has(a) && alike(arrays[a])) needs = [arrays[a][0] ? b : c];
      const vanish = needs.filter((n) => zeros.has(n)).length;
      const gone = PRODUCTS.has(op) ? vanish > 0 : LINEAR.has(op) && vanish === needs.length;
      if (gone && needs.length) {
        zeros.add(i);
        arrays[i].fill(0);
      }
      moved.set(i, gone ? [] : needs);
    });
    const wanted = new Set(names.map((name) => tape.outputs[name] ?? -1));
    for (let i = nodes.length - 1; i >= 0; i--) {
      if (wanted.has(i)) for (const a of moved.get(i) ?? []) if (!zeros.has(a)) wanted.add(a);
    }
    return [...moved.keys()]
      .filter((i) => wanted.has(i) && !zeros.has(i) && program[i])
      .map((i) => program[i]);
  }

  const outputs = Object.fromEntries(
    Object.entries(tape.outputs).map(([name, i]) => [name, arrays[i]]),
  );

  /** @type {Machine["runNudged"]} */
  function runNudged(array, place, change) {
    arrays.forEach((out, i) => {
      program[i]?.();
      if (out === array) out[place] += change;
    });
  }
  return { inputs, outputs, part, lean, run: () => runAll(all), runNudged };
}

/** Of which one factor decides that the result is zero, and of which all arguments do. */
const PRODUCTS = new Set(["mul", "matmul"]);
const LINEAR = new Set("add sub neg sum broadcast_to reshape transpose take put where".split(" "));

/** @param {Float64Array} condition */
const alike = (condition) => condition.every((entry) => entry === condition[0]);

/** @param {(() => void)[]} steps */
function runAll(steps) {
  for (let i = 0; i < steps.length; i++) steps[i]();
}

/**
 * Every number of a tape by the name that a page shows it by, with the machine's array that holds it
 * and its place there; without the inputs that `settings` names, and the arrays that `unnamed` does.
 * @param {Tape} tape
 * @param {Machine} machine
 * @param {Values} [settings]
 * @param {string[]} [unnamed]
 * @returns {[name: string, array: Float64Array, place: number][]}
 */
function entriesOf(tape, machine, settings = {}, unnamed = []) {
  /**
   * @param {string} name
   * @param {Float64Array} array
   * @param {number[]} shape
   * @returns {[string, Float64Array, number][]}
   */
  const entries = (name, array, shape) => {
    if (unnamed.includes(name)) return [];
    if (!shape.length) return [[name, array, 0]];
    const steps = strides(shape);
    return Array.from({ length: count(shape) }, (_, i) => {
      const index = shape.map((n, axis) => Math.floor(i / steps[axis]) % n);
      return [`${name}[${index.join(",")}]`, array, i];
    });
  };
  return [
    ...tape.nodes.flatMap((line) => {
      const { op, name = "" } = line;
      if (op !== "input" || name in settings) return [];
      return entries(name, machine.inputs[name], shapeOf(line));
    }),
    ...Object.entries(tape.outputs).flatMap(([name, i]) =>
      entries(name, machine.outputs[name], shapeOf(tape.nodes[i])),
    ),
  ];
}

/**
 * One replay, for tests and readers.
 * @param {Tape} tape
 * @param {Record<string, TapeValue>} settings  inputs that are not as traced
 * @returns {Record<string, number[]>}  of every output, flat
 */
function runTape(tape, settings) {
  const machine = replayer(tape);
  for (const [name, value] of Object.entries(settings)) machine.inputs[name].set(flatten(value));
  machine.run();
  return Object.fromEntries(
    Object.entries(machine.outputs).map(([name, out]) => [name, Array.from(out)]),
  );
}
