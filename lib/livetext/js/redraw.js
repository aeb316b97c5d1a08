/**
 * The numbers of a question: computed by its tape, and drawn anew until they are fair. It needs no
 * document.
 */

/**
 * Inputs in, every quantity out.
 * @param {{tape: Tape | null}} spec
 * @returns {(inputs: Record<string, number[]>) => Values}
 */
function calculator({ tape }) {
  if (!tape) return () => ({});
  const machine = replayer(tape);
  const entries = entriesOf(tape, machine);
  return (inputs) => {
    for (const name in inputs) machine.inputs[name].set(inputs[name]);
    machine.run();
    return Object.fromEntries(entries.map(([name, array, i]) => [name, array[i]]));
  };
}

const SMALLEST = 1e-6;

/**
 * Whether a number may be taken for the right one.
 * @param {number} found
 * @param {number} right
 * @param {number} tolerance
 */
const near = (found, right, tolerance) => Math.abs(found - right) <= tolerance * Math.abs(right);

/**
 * Whether no typed number can be taken for both; the twin of `apart` in answer_types.py.
 * @param {number} a
 * @param {number} b
 * @param {number} tolerance
 */
const apart = (a, b, tolerance) => Math.abs(a - b) > 2 * tolerance * (Math.abs(a) + Math.abs(b));

/**
 * Whether any two members of different groups are told from one another.
 * @template T
 * @param {T[][]} groups
 * @param {(a: T, b: T) => boolean} told
 */
const allApart = (groups, told) =>
  groups.every((some, i) =>
    groups.slice(0, i).every((others) => some.every((a) => others.every((b) => told(a, b)))),
  );

/**
 * Whether these numbers make a fair question; the twin of the types' `settled` in answer_types.py.
 * @type {{[K in AnswerKind]: (spec: QuestionSpec<K>, values: Values) => boolean}}
 */
const SETTLED = {
  numbers({ fields, tolerance }, values) {
    return fields.every(({ quantity, mistakes }) => {
      const size = Math.abs(values[quantity]);
      const groups = [[quantity], ...mistakes];
      return (
        size > SMALLEST &&
        size < Infinity &&
        allApart(groups, (a, b) => apart(values[a], values[b], tolerance))
      );
    });
  },
  shape({ shape, mistakes }, values) {
    return allApart(
      [[shape], ...mistakes],
      ([r, c], [rows, columns]) => values[r] !== values[rows] || values[c] !== values[columns],
    );
  },
  one({ right, options }, values) {
    if (typeof right !== "string") return true;
    const drawn = values[right];
    return Number.isInteger(drawn) && drawn >= 0 && drawn < options;
  },
  any: () => true,
  order: () => true,
};

/**
 * @template {AnswerKind} K
 * @param {QuestionSpec<K> & {kind: K}} spec
 * @param {Values} values
 */
const settled = (spec, values) => SETTLED[spec.kind](spec, values);

/**
 * Whether the numbers may be used; the twin of `Question.fair`.
 * @param {QuestionSpec} spec
 * @param {Values} values
 */
const fair = (spec, values) => (!spec.keep || values[spec.keep] !== 0) && settled(spec, values);

/**
 * Whether the reader is told other numbers than before.
 * @param {QuestionSpec} spec
 * @param {Values} values
 * @param {Values} before
 */
const differ = (spec, values, before) =>
  spec.shown.some(
    ([name, digits]) =>
      formatNumber(values[name], digits).text !== formatNumber(before[name], digits).text,
  );

/**
 * Numbers that were kept of an earlier visit, if the question could draw them today; else null.
 * @param {QuestionSpec} spec
 * @param {Inputs | undefined} kept
 * @param {(inputs: Inputs) => Values} calculate
 */
function keptInputs(spec, kept, calculate) {
  const names = Object.keys(spec.draws);
  if (!kept || Object.keys(kept).length !== names.length) return null;
  const drawable = names.every((name) => {
    const { length } = flatten(spec.tape?.inputs[name] ?? []);
    const numbers = kept[name];
    return numbers?.length === length && numbers.every((v) => spec.draws[name].includes(v));
  });
  return drawable && fair(spec, calculate(kept)) ? kept : null;
}

/**
 * Other numbers for a question, or null if none were found.
 * @param {QuestionSpec} spec
 * @param {Values} before  the quantities at present
 * @param {() => number} [random]  from 0 to below 1
 * @param {(inputs: Record<string, number[]>) => Values} [calculate]
 */
function drawInputs(spec, before, random = Math.random, calculate = calculator(spec)) {
  for (let round = 0; round < 500; round++) {
    /** @type {Record<string, number[]>} */
    const inputs = {};
    for (const [name, choices] of Object.entries(spec.draws)) {
      const { length } = flatten(spec.tape?.inputs[name] ?? []);
      inputs[name] = Array.from({ length }, () => choices[Math.floor(random() * choices.length)]);
    }
    const values = calculate(inputs);
    if (differ(spec, values, before) && fair(spec, values)) return inputs;
  }
  return null;
}
