/**
 * Ways to walk a graph back: which wire is passed after which, and what it hands on. It needs no document.
 */

/** More wires than these are not walked; a walk along all paths soon has millions. */
const LONGEST_WALK = 1000;

/**
 * Some of these go wrong, where a result has several users. Each hands every pass to `pass`: the wire from
 * an operation to its argument number `place`. What is handed on is the gradient that has arrived so far, or
 * with `by`, what came along that earlier pass alone.
 * @type {Record<string, (graph: {start: number, args: (node: number) => number[], order: number[]}, pass: Pass) => void>}
 */
const WALKS = {
  // Every operation after all that use its result: the order of computation, from the end.
  sorted({ args, order }, pass) {
    for (const node of [...order].reverse()) args(node).forEach((_, i) => pass(node, i));
  },
  // At once, with whatever has arrived.
  arrived({ start, args }, pass) {
    /** @param {number} node */
    const visit = (node) =>
      args(node).forEach((to, i) => {
        pass(node, i);
        visit(to);
      });
    visit(start);
  },
  // Path by path: each passes on its own share.
  shares({ start, args }, pass) {
    /** @param {number} node  @param {number} [by] */
    const visit = (node, by) => args(node).forEach((to, i) => visit(to, pass(node, i, by ?? -1)));
    visit(start);
  },
  // Deep first, each operation once.
  once({ start, args }, pass) {
    const seen = new Set();
    /** @param {number} node */
    const visit = (node) => {
      if (seen.has(node)) return;
      seen.add(node);
      args(node).forEach((to, i) => {
        pass(node, i);
        visit(to);
      });
    };
    visit(start);
  },
  // In the order of computation.
  forward({ args, order }, pass) {
    for (const node of order) args(node).forEach((_, i) => pass(node, i));
  },
  // Near ones first, each once.
  broad({ start, args }, pass) {
    const queue = [start];
    for (const node of queue) {
      args(node).forEach((to, i) => {
        pass(node, i);
        if (!queue.includes(to)) queue.push(to);
      });
    }
  },
};

/**
 * The passes of a walk back from an operation.
 * @param {Expression} expression
 * @param {number} output
 * @param {string} walk
 * @returns {WalkPass[]}
 * @throws {RangeError}  the walk is too long
 */
function passesOf({ nodes }, output, walk) {
  /** @param {number} node */
  const args = (node) => nodes[node].args;
  const reached = new Set([output]);
  for (let i = output; i >= 0; i--) if (reached.has(i)) for (const a of args(i)) reached.add(a);
  const order = nodes.map((_, i) => i).filter((i) => reached.has(i));
  /** @type {WalkPass[]} */
  const passes = [];
  // Nothing flows to a constant; it has no arguments, so no walk goes on there.
  WALKS[walk]({ start: output, args, order }, (node, place, by = null) => {
    if (nodes[args(node)[place]].op === "const") return -1;
    if (passes.length === LONGEST_WALK) throw new RangeError(`more than ${LONGEST_WALK} wires`);
    return passes.push({ node, place, to: args(node)[place], by }) - 1;
  });
  return passes;
}
