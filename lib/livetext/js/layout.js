/**
 * Lays a graph out from left to right: every operation in the column behind its arguments, wires with few
 * crossings. It needs no document.
 */

/** Distances in units of the picture. */
const COLUMN = 92;
const ROW = 68;
const EDGE = 36;
/** Of a gate; wider where its sign is long. */
const GATE = 14;

/** @type {Record<string, string>} */
const GATES = {
  add: "+",
  sub: "−",
  mul: "×",
  div: "÷",
  neg: "−",
  power: "^",
  sigmoid: "σ",
  maximum: "max",
};

/**
 * What stands in a node: a letter, or the sign of an operation together with its constant, "+1" or "^2".
 * @param {ExpressionNode[]} nodes
 * @param {number} i
 */
function signOf(nodes, i) {
  const { op, args, name } = nodes[i];
  if (!args.length) return name;
  const sign = GATES[op] ?? op;
  const [first, second] = args.map((a) => nodes[a]);
  /** @param {number | undefined} value */
  const text = (value) => formatNumber(value ?? 0, null).text;
  if (first.op === "const")
    return op === "maximum" ? `max ${text(first.value)}` : `${text(first.value)} ${sign}`;
  if (second?.op === "const") return `${sign} ${text(second.value)}`;
  return sign;
}

/**
 * Half the width of a gate.
 * @param {string} sign
 */
const halfWidth = (sign) => Math.max(GATE, 4 * sign.length + 6);

/**
 * @param {Expression} expression
 * @returns {Layout}
 */
function layoutOf({ nodes }) {
  /** @param {number} i */
  const shown = (i) => nodes[i].op !== "const";
  /** @type {number[]} */
  const column = [];
  nodes.forEach(({ args }, i) => {
    column[i] = args.length ? 1 + Math.max(...args.filter(shown).map((a) => column[a])) : 0;
  });
  // A wire across several columns takes a place in each of them; so it is drawn around what stands there.
  /** @type {{column: number, left: number[], right: number[]}[]} */
  const places = nodes.map((_, i) => ({ column: column[i], left: [], right: [] }));
  /** @type {Wire[]} */
  const wires = [];
  nodes.forEach(({ args }, node) =>
    args.forEach((from, place) => {
      if (!shown(from)) return;
      const via = [from];
      for (let c = column[from] + 1; c < column[node]; c++) {
        via.push(places.push({ column: c, left: [], right: [] }) - 1);
      }
      via.push(node);
      via.slice(1).forEach((to, k) => {
        places[via[k]].right.push(to);
        places[to].left.push(via[k]);
      });
      wires.push({ node, place, from, via });
    }),
  );
  const columns = Array.from(
    { length: 1 + Math.max(...column) },
    () => /** @type {number[]} */ ([]),
  );
  places.forEach((place, i) => {
    if (i >= nodes.length || shown(i)) columns[place.column].push(i);
  });
  /** Its height, from the middle of the column. @type {number[]} */
  const y = [];
  /** @param {number[]} members */
  const spread = (members) =>
    members.forEach((i, k) => {
      y[i] = k - (members.length - 1) / 2;
    });
  columns.forEach(spread);
  // Each column in the order of the means of its neighbours' heights, from one side and from the other.
  for (let sweep = 0; sweep < 8; sweep++) {
    const side = sweep % 2 ? "right" : "left";
    const order = sweep % 2 ? [...columns].reverse() : columns;
    for (const members of order) {
      const wanted = members.map((i) => {
        const near = places[i][side];
        return near.length ? near.reduce((sum, j) => sum + y[j], 0) / near.length : y[i];
      });
      const ranks = members.map((_, k) => k).sort((k, l) => wanted[k] - wanted[l] || k - l);
      const sorted = ranks.map((k) => members[k]);
      members.splice(0, members.length, ...sorted);
      spread(members);
    }
  }
  const rows = Math.max(...columns.map((members) => members.length));
  /** @param {number} i  @returns {[number, number]} */
  const point = (i) => [EDGE + COLUMN * places[i].column, EDGE + ROW * ((rows - 1) / 2 + y[i])];
  return {
    width: 2 * EDGE + COLUMN * (columns.length - 1),
    height: 2 * EDGE + ROW * (rows - 1),
    points: places.map((_, i) => point(i)),
    wires,
  };
}
