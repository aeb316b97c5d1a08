/**
 * Judges answers. What is right comes from the question's tape, recorded in Python; this file knows what
 * to say of an answer. It needs no document.
 */

/**
 * @param {number} found
 * @param {number} right
 * @param {number} tolerance
 */
function aboutNumber(found, right, tolerance) {
  if (near(found, -right, tolerance)) return "The size is right, the sign is not.";
  if (near(found, 2 * right, tolerance)) {
    return "This is twice the right answer: a factor 2 is there once too often.";
  }
  if (near(found, right / 2, tolerance)) {
    return "This is half the right answer: a factor 2 is missing.";
  }
  if (near(found, right, 0.05)) return "Nearly: give three digits, and round only at the end.";
  return "This is not the number.";
}

/**
 * @type {{[K in AnswerKind]:
 *   (spec: QuestionSpec<K>, values: Values, answer: Answers[K], labels: string[]) => Judged}}
 */
const JUDGES = {
  numbers({ fields, tolerance }, values, typed, labels) {
    const found = typed.map((text) => parseNumber(text));
    const invalid = [...found.keys()].filter((i) => Number.isNaN(found[i]));
    if (invalid.length) {
      const text = typed[invalid[0]].trim();
      const words = text ? `“${text}” cannot be read as a number.` : "There is no number yet.";
      return { invalid, words: [`${words} Write 0.25, 1/4 or 2.5e-1, for example.`] };
    }
    /** @type {string[]} */
    const keys = [];
    /** @type {string[]} */
    const words = [];
    const marks = fields.map(({ quantity }, i) => near(found[i], values[quantity], tolerance));
    fields.forEach(({ quantity, mistakes }, i) => {
      if (marks[i]) return;
      const right = values[quantity];
      // Numbers are drawn so that it is one at most; if it ever were two, both are named.
      const made = mistakes.filter((names) =>
        names.some((name) => near(found[i], values[name], tolerance)),
      );
      keys.push(...made.map(([first]) => `${quantity}:${first}`));
      const label = fields.length > 1 ? `${labels[i]}: ` : "";
      if (!made.length) words.push(label + aboutNumber(found[i], right, tolerance));
    });
    const judged = { right: !keys.length && !words.length, keys, words };
    return fields.length > 1 ? { ...judged, marks } : judged;
  },

  shape({ shape, mistakes }, values, [typed]) {
    const found = parseShape(typed);
    if (!found) {
      const words = ["A shape is two whole numbers, rows first: 30 × 784, for example."];
      return { invalid: [0], words };
    }
    /** @param {string[]} names */
    const is = ([r, c]) => values[r] === found[0] && values[c] === found[1];
    if (is(shape)) return { right: true };
    const made = [...mistakes.keys()].filter((i) => mistakes[i].some(is));
    if (made.length) return { right: false, keys: made.map(String) };
    if (is([...shape].reverse())) {
      return {
        right: false,
        words: ["These are the right numbers the wrong way round: rows first."],
      };
    }
    return { right: false, words: ["This is another shape."] };
  },

  one(spec, values, [chosen]) {
    if (chosen === undefined) return { invalid: [0], words: ["Choose an answer first."] };
    const right = typeof spec.right === "string" ? values[spec.right] : spec.right;
    // What an option says is about choosing it wrongly, unless it is right whatever the numbers are.
    if (chosen === right)
      return { right: true, keys: right === spec.right ? [String(chosen)] : [] };
    return { right: false, keys: [String(chosen)] };
  },

  any(spec, _, chosen) {
    if (!chosen.length) {
      return { invalid: [0], words: ["Choose all that are right, one at least."] };
    }
    const wrong = chosen.filter((i) => !spec.right.includes(i));
    const missing = spec.right.filter((i) => !chosen.includes(i)).length;
    const right = !wrong.length && !missing;
    const more = missing === 1 ? "One more is right." : `${missing} more are right.`;
    return { right, keys: (right ? spec.right : wrong).map(String), words: missing ? [more] : [] };
  },

  order({ rules }, _, order) {
    const broken = rules.findIndex(([first, then]) => order.indexOf(first) > order.indexOf(then));
    return broken < 0 ? { right: true } : { right: false, keys: [String(broken)] };
  },
};

/**
 * @template {AnswerKind} K
 * @param {QuestionSpec<K> & {kind: K}} spec
 * @param {Values} values  the quantities at present
 * @param {Answers[K]} answer
 * @param {string[]} [labels]  of the inputs
 */
const judge = (spec, values, answer, labels = []) =>
  JUDGES[spec.kind](spec, values, answer, labels);
