/**
 * From a place in a picture back to a slider. It needs no document.
 */

/**
 * The grid of a slider: its values by number, from 0 to `last`.
 * @param {{min: string, max: string, step: string}} slider
 */
function gridOf({ min, max, step }) {
  const [low, unit] = [Number(min), Number(step)];
  return {
    last: Math.floor((Number(max) - low) / unit + 1e-9),
    /** Free of the sum's last bits, as a browser counts. @param {number} i */
    value: (i) => Number((low + i * unit).toFixed(10)),
    /** @param {number} value */
    index: (value) => Math.round((value - low) / unit),
  };
}

/**
 * Where on a grid, 0 … last, a function comes nearest to a target. The search starts from where the
 * slider is, goes on in ever longer steps while it comes nearer, and halves the last of them. So it is
 * exact where the function only rises or only falls, and else stays on its side of a valley; but a rough
 * function does not hold it in a dent that is farther than `far` from the target.
 * @param {(i: number) => number} f
 * @param {number} target
 * @param {number} at
 * @param {number} last
 * @param {number} [far]
 * @returns {number}
 */
function nearest(f, target, at, last, far = Infinity) {
  /** @param {number} i */
  const off = (i) => {
    const distance = f(i) - target;
    return distance === distance ? distance : Infinity;
  };
  let best = Math.max(0, Math.min(last, at));
  let miss = off(best);
  if (miss === 0) return best;
  /** @param {number} i  @returns {boolean} */
  const nearer = (i) => Math.abs(off(i)) < Math.abs(miss) || off(i) * miss < 0;
  const side = [best + 1, best - 1].find((i) => i >= 0 && i <= last && nearer(i));
  // On level ground the ends say which way to go.
  const goal = side ?? [last, 0].find(nearer);
  if (goal === undefined) return best;
  let step = Math.sign(goal - best);
  /** How far it goes with the next step, on the grid. */
  const ahead = () => Math.max(0, Math.min(last, best + step));
  if (side === undefined && Math.abs(miss) > far) while (!nearer(ahead())) step *= 2;
  for (;;) {
    const next = ahead();
    if (next === best) return best;
    const there = off(next);
    if (there * miss <= 0) return between(off, best, next);
    if (Math.abs(there) > Math.abs(miss)) {
      // It has passed a valley, which may lie on either side.
      return Math.abs(step) === 1 ? best : nearest(f, target, best, last, far);
    }
    [best, miss] = [next, there];
    step *= 2;
  }
}

/**
 * The place nearest to a zero that lies between two places.
 * @param {(i: number) => number} off
 * @param {number} a
 * @param {number} b
 */
function between(off, a, b) {
  const positive = off(a) > 0;
  while (Math.abs(b - a) > 1) {
    const middle = (a + b) >> 1;
    if (off(middle) > 0 === positive) a = middle;
    else b = middle;
  }
  return Math.abs(off(a)) <= Math.abs(off(b)) ? a : b;
}
