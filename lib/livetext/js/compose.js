/**
 * From an expression to a tape with its gradient, composed of the rules that Python has exported: each is a
 * tape of its own. Nothing here knows a derivative. It needs no document.
 */

/**
 * The rule of an operation: the first of its cases that fits. A power has another rule where its exponent is a
 * constant, and others where that is 1 or 2.
 * @param {RuleCase[]} cases
 * @param {ExpressionNode | undefined} exponent
 */
function ruleFor(cases, exponent) {
  const constant = exponent?.op === "const";
  const rule = cases.find(
    ({ exponent: wanted }) =>
      wanted === undefined || (constant && (wanted === "constant" || wanted === exponent.value)),
  );
  return /** @type {RuleCase} */ (rule).tape;
}

/**
 * The arguments that a rule knows by these names.
 */
const ARGUMENTS = ["a", "b"];

/**
 * @param {Expression} expression
 * @param {number} output  the operation that is differentiated
 * @param {WalkPass[]} passes
 * @param {Record<string, RuleCase[]>} rules  by operation
 * @param {Values} start
 * @param {WalkPass[] | null} right  another walk to compare with
 * @returns {Tape}  `value`, every result and its gradient by name (`c`, `dc`), and of each pass along a wire
 *   (`slope_0`, `upstream_0`, `share_0`, and `sum_0`, what has come together by then); what the right walk
 *   brings the variables (`right_a`)
 */
function compose({ nodes }, output, passes, rules, start, right = null) {
  /** @type {TapeLine[]} */
  const lines = [];
  /** @type {Record<string, number>} */
  const outputs = {};
  /** @param {TapeLine} line */
  const emit = (line) => lines.push(line) - 1;
  /** @param {number} value */
  const constant = (value) => emit({ op: "const", value });

  /** Where the lines of the tape have the node's result. */
  const at = nodes.map(() => 0);
  nodes.forEach(({ op, name }, i) => {
    if (op === "input") at[i] = emit({ op, name });
  });
  nodes.forEach(({ op, args, name, value = 0 }, i) => {
    if (op === "const") at[i] = constant(value);
    else if (op !== "input") outputs[name] = at[i] = emit({ op, args: args.map((a) => at[a]) });
  });
  const one = constant(1);
  const zero = constant(0);

  /**
   * The lines of a rule, written behind the tape's own.
   * @param {Tape} rule
   * @param {string} wanted  one of its outputs
   * @param {Record<string, number>} given  lines by the names of its inputs
   */
  function inline(rule, wanted, given) {
    const last = rule.outputs[wanted];
    const used = new Set([last]);
    for (let i = last; i >= 0; i--) {
      if (used.has(i)) for (const a of rule.nodes[i].args ?? []) used.add(a);
    }
    /** @type {number[]} */
    const place = [];
    rule.nodes.forEach((line, i) => {
      if (!used.has(i)) return;
      const { op, name = "", args } = line;
      place[i] =
        op === "input"
          ? given[name]
          : emit(args ? { ...line, args: args.map((a) => place[a]) } : line);
    });
    return place[last];
  }

  /**
   * @param {WalkPass[]} walk
   * @param {(k: number, numbers: Record<string, () => number>) => void} [note]
   * @returns {Map<number, number>}  the gradients that have come together
   */
  function walkBack(walk, note) {
    const sums = new Map([[output, one]]);
    /** @type {number[]} */
    const shares = [];
    walk.forEach(({ node, place, to, by }, k) => {
      const { op, args } = nodes[node];
      const rule = ruleFor(rules[op], op === "power" ? nodes[args[1]] : undefined);
      const upstream = by === null ? (sums.get(node) ?? zero) : by < 0 ? one : shares[by];
      /** @param {number} g */
      const back = (g) => {
        const given = { g, out: at[node], a: at[args[0]], b: at[args[1]] };
        return inline(rule, `d${ARGUMENTS[place]}`, given);
      };
      const share = back(upstream);
      const before = sums.get(to);
      const sum = before === undefined ? share : emit({ op: "add", args: [before, share] });
      sums.set(to, sum);
      shares.push(share);
      note?.(k, {
        slope: () => back(one),
        upstream: () => upstream,
        share: () => share,
        sum: () => sum,
      });
    });
    return sums;
  }

  const sums = walkBack(passes, (k, numbers) => {
    for (const name in numbers) outputs[`${name}_${k}`] = numbers[name]();
  });
  nodes.forEach(({ op, name }, i) => {
    if (op !== "const") outputs[`d${name}`] = sums.get(i) ?? zero;
  });
  if (right) {
    const gradients = walkBack(right);
    nodes.forEach(({ op, name }, i) => {
      if (op === "input") outputs[`right_${name}`] = gradients.get(i) ?? zero;
    });
  }
  outputs.value = at[output];
  const inputs = Object.fromEntries(
    nodes.filter(({ op }) => op === "input").map(({ name }) => [name, start[name]]),
  );
  return { inputs, nodes: lines, outputs };
}
