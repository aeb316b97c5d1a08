/**
 * The primitives of a tape: the same names and values as in backprop/autodiff/primitives.py, and no
 * derivative. A tape holds every gradient as primitives, as `backprop.autodiff` recorded it.
 */

/** @param {number} z */
function sigmoid(z) {
  const e = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

/** @param {number} z */
function softplus(z) {
  return z !== z ? z : Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/**
 * NumPy takes these powers by multiplication, division or a root; so do we, to the last bit.
 * @param {number} a
 * @param {number} n
 */
function power(a, n) {
  if (n === 2) return a * a;
  if (n === 1) return a;
  if (n === -1) return 1 / a;
  return n === 0.5 ? Math.sqrt(a) : a ** n;
}

/**
 * Primitives that act entry by entry, on arguments stretched to the result's shape.
 * @type {Record<string, (...args: number[]) => number>}
 */
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
  softplus,
  greater: (a, b) => (a > b ? 1 : 0),
  equal: (a, b) => (a === b ? 1 : 0),
  where: (condition, a, b) => (condition !== 0 ? a : b),
  maximum: Math.max,
  relu: (z) => Math.max(z, 0),
};

/**
 * Fills a primitive's result from its arguments' arrays. Where entries come from is worked out once,
 * beforehand.
 * @typedef {(out: Float64Array) => void} Fill
 */

/**
 * Primitives that only move or combine entries along axes.
 * @type {Record<string, (line: TapeLine, args: Float64Array[], shapes: number[][]) => Fill>}
 */
const AXIS_BOUND = {
  sum(line, [a], shapes) {
    const to = reduced(line, shapes);
    return (out) => {
      out.fill(0);
      for (let i = 0; i < a.length; i++) out[to[i]] += a[i];
    };
  },
  max(line, [a], shapes) {
    const to = reduced(line, shapes);
    return (out) => {
      out.fill(-Infinity);
      for (let i = 0; i < a.length; i++) out[to[i]] = Math.max(out[to[i]], a[i]);
    };
  },
  broadcast_to: (line, [a], [from]) => gather(a, stretched(from, shapeOf(line))),
  reshape:
    (_, [a]) =>
    (out) =>
      out.set(a),
  transpose({ shape = [], axes = [] }, [a], [from]) {
    const steps = strides(from);
    return gather(
      a,
      positions(
        shape,
        axes.map((axis) => steps[axis]),
      ),
    );
  },
  take: ({ indices = [] }, [a]) => gather(a, indices),
  put: ({ indices = [] }, [a]) => {
    return (out) => {
      out.fill(0);
      for (let i = 0; i < indices.length; i++) out[indices[i]] += a[i];
    };
  },
  matmul: (_, [a, b], [[rows, inner], [, columns]]) => {
    return (out) => {
      out.fill(0);
      // Along the rows of both, which lie together; each entry is added up in the same order as ever.
      for (let i = 0; i < rows; i++) {
        for (let k = 0; k < inner; k++) {
          const factor = a[i * inner + k];
          for (let j = 0, at = i * columns, from = k * columns; j < columns; j++) {
            out[at++] += factor * b[from++];
          }
        }
      }
    };
  },
};

/**
 * What fills the result of a line that is neither an input nor a constant.
 * @param {TapeLine} line
 * @param {Float64Array[]} args
 * @param {number[][]} shapes  of the arguments
 * @returns {Fill}
 */
function primitive(line, args, shapes) {
  return Object.hasOwn(ENTRYWISE, line.op)
    ? entrywise(line.op, args, shapes, shapeOf(line))
    : AXIS_BOUND[line.op](line, args, shapes);
}

/** @param {TapeLine} line */
const shapeOf = (line) => line.shape ?? [];

/** @param {number[]} shape */
const count = (shape) => shape.reduce((n, length) => n * length, 1);

/**
 * How far apart neighbours along each axis lie, in a flat array.
 * @param {number[]} shape
 * @returns {number[]}
 */
function strides(shape) {
  const steps = new Array(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= shape[axis];
  }
  return steps;
}

/**
 * For every entry of an array of `shape`, in order: the sum of its indices times `steps`.
 * @param {number[]} shape
 * @param {number[]} steps
 */
function positions(shape, steps) {
  const flat = new Int32Array(count(shape));
  /** @type {number[]} */
  const index = new Array(shape.length).fill(0);
  for (let i = 0; i < flat.length; i++) {
    flat[i] = index.reduce((sum, at, axis) => sum + at * steps[axis], 0);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) {
      index[axis] = 0;
    }
  }
  return flat;
}

/**
 * Where each entry of `shape` comes from, if an array of shape `from` is stretched to it.
 * @param {number[]} from
 * @param {number[]} shape
 */
function stretched(from, shape) {
  const extra = shape.length - from.length;
  const own = strides(from);
  const steps = shape.map((_, axis) => {
    const given = axis - extra;
    return given < 0 || from[given] === 1 ? 0 : own[given];
  });
  return positions(shape, steps);
}

/**
 * @param {Float64Array} a
 * @param {ArrayLike<number>} from
 * @returns {Fill}
 */
function gather(a, from) {
  return (out) => {
    for (let i = 0; i < out.length; i++) out[i] = a[from[i]];
  };
}

/**
 * To where in the result each entry is added up.
 * @param {TapeLine} line
 * @param {number[][]} shapes
 */
function reduced({ axis = [] }, [shape]) {
  const kept = shape.map((n, i) => (axis.includes(i) ? 1 : n));
  return stretched(kept, shape);
}

/**
 * The commonest of them with a loop of their own, five times as fast as one that calls a function.
 * @type {Record<string, (out: Float64Array, a: Float64Array, b: Float64Array, fromA: Int32Array, fromB: Int32Array) => void>}
 */
const LOOPS = {
  add(out, a, b, fromA, fromB) {
    for (let i = 0; i < out.length; i++) out[i] = a[fromA[i]] + b[fromB[i]];
  },
  sub(out, a, b, fromA, fromB) {
    for (let i = 0; i < out.length; i++) out[i] = a[fromA[i]] - b[fromB[i]];
  },
  mul(out, a, b, fromA, fromB) {
    for (let i = 0; i < out.length; i++) out[i] = a[fromA[i]] * b[fromB[i]];
  },
};

/**
 * Written out for each number of arguments: three times as fast as one loop that spreads them.
 * @param {string} op
 * @param {Float64Array[]} args  one to three
 * @param {number[][]} shapes
 * @param {number[]} shape
 * @returns {Fill}
 */
function entrywise(op, args, shapes, shape) {
  const f = ENTRYWISE[op];
  const [a, b, c] = args;
  if (count(shape) === 1) {
    if (!b) return (out) => void (out[0] = f(a[0]));
    if (!c) return (out) => void (out[0] = f(a[0], b[0]));
    return (out) => void (out[0] = f(a[0], b[0], c[0]));
  }
  const [fromA, fromB, fromC] = shapes.map((from) => stretched(from, shape));
  const loop = LOOPS[op];
  if (loop) return (out) => loop(out, a, b, fromA, fromB);
  if (op === "where") {
    return (out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[fromA[i]] !== 0 ? b[fromB[i]] : c[fromC[i]];
    };
  }
  if (!b) {
    return (out) => {
      for (let i = 0; i < out.length; i++) out[i] = f(a[fromA[i]]);
    };
  }
  if (!c) {
    return (out) => {
      for (let i = 0; i < out.length; i++) out[i] = f(a[fromA[i]], b[fromB[i]]);
    };
  }
  return (out) => {
    for (let i = 0; i < out.length; i++) out[i] = f(a[fromA[i]], b[fromB[i]], c[fromC[i]]);
  };
}
