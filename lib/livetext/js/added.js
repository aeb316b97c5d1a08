/**
 * Examples of the reader's own in a plane: a tap puts one, a drag moves it, and with the empty pen a tap takes it
 * away. The keyboard has a cross for it.
 */

/** Pixels around one of them that belong to it, and those around it for a finger. */
const NEAR = { mouse: 9, touch: 18 };
/** How far an arrow key moves the cross, in units of the plane; with Shift, the lesser one. */
const STRIDE = { wide: 0.1, fine: 0.02 };

/**
 * @param {HTMLElement} element
 * @returns {(gesture: Gesture) => void}  tells the figure what a view has moved
 */
const gesturesOf = (element) => (detail) =>
  element.dispatchEvent(new CustomEvent(GESTURE, { detail, bubbles: true }));

/**
 * @param {HTMLElement} box
 * @param {Added} added
 * @param {Axes} axes
 * @param {string} pick
 * @returns {(now: Values) => void}  is to be called with the settings of each state
 */
function mountAdded(box, { entries, pen, clears, first }, axes, pick) {
  const [xs, ys, kinds] = entries;
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (find(box, "svg")));
  const dots = all(box, ".live-added");
  const cursor = find(box, ".live-cursor");
  const said = find(box, ".live-cell-said");
  const gesture = gesturesOf(box);
  const cleared = Object.fromEntries(clears.map((name) => [name, 0]));
  /** @type {Values} */
  let settings = {};
  /** Which one is dragged, and where in it the pointer is. @type {{i: number, off: number[]} | null} */
  let held = null;
  let cross = [axes.xlim, axes.ylim].map(([low, high]) => Math.round(5 * (low + high)) / 10);

  /** @param {number} value  @param {[number, number]} range  in hundredths, so that an address is short */
  const within = (value, [low, high]) =>
    Math.round(100 * Math.max(low, Math.min(high, value))) / 100;
  /** @param {number[]} place */
  const inside = ([x, y]) => [within(x, axes.xlim), within(y, axes.ylim)];
  /** @param {{clientX: number, clientY: number}} pointer */
  const placeOf = (pointer) => {
    const [u, v] = placeIn(svg, pointer);
    return [(u - axes.x[1]) / axes.x[0], (v - axes.y[1]) / axes.y[0]];
  };
  /** @param {number[]} place */
  const holds = ([x, y]) =>
    x >= axes.xlim[0] && x <= axes.xlim[1] && y >= axes.ylim[0] && y <= axes.ylim[1];

  /**
   * Which of them is nearest to a place, and not too far from it.
   * @param {number[]} place
   * @param {number} pixels
   */
  function at([x, y], pixels) {
    const unit = svg.getScreenCTM()?.a ?? 1;
    const away = kinds.map((kind, i) =>
      settings[kind]
        ? unit * Math.hypot(axes.x[0] * (settings[xs[i]] - x), axes.y[0] * (settings[ys[i]] - y))
        : Infinity,
    );
    const least = Math.min(...away);
    return least <= pixels ? away.indexOf(least) : -1;
  }
  /** @param {{pointerType?: string}} pointer */
  const reachOf = ({ pointerType }) => (pointerType === "touch" ? NEAR.touch : NEAR.mouse);

  /** @param {number} i  @param {number[]} place */
  const moved = (i, place) => {
    const [x, y] = inside(place);
    return { [xs[i]]: x, [ys[i]]: y };
  };
  /** @param {number} i */
  const picked = (i) => ({ ...cleared, [pick]: first + i + 1 });
  /** @param {Values} values */
  const once = (values) => gesture({ begin: Object.keys(values), values, end: true });

  /**
   * What a tap does.
   * @param {number[]} place
   * @param {number} i  the one that is there, or -1
   */
  function tap(place, i) {
    if (i >= 0) once(settings[pen] ? picked(i) : { [kinds[i]]: 0, [xs[i]]: 0, [ys[i]]: 0 });
    else if (settings[pen]) {
      const free = kinds.findIndex((kind) => !settings[kind]);
      if (free < 0) return say(said, `No more than ${kinds.length} of your own`);
      once({ ...moved(free, place), [kinds[free]]: settings[pen], ...picked(free) });
    }
    tell();
  }

  /** Says what is at the cross, for those who do not see it. */
  function tell() {
    const place = cross.map((value) => formatNumber(value, 2).text).join(", ");
    const i = at(cross, NEAR.mouse);
    const what = i < 0 ? "" : settings[kinds[i]] > 1 ? ": your disc" : ": your square";
    say(said, `${place}${what}`);
  }
  /** @param {number[]} place */
  function goTo(place) {
    cross = inside(place);
    const [u, v] = [axes.x[0] * cross[0] + axes.x[1], axes.y[0] * cross[1] + axes.y[1]];
    cursor.setAttribute("transform", `translate(${hundredth(u)} ${hundredth(v)})`);
    tell();
  }

  box.onpointerdown = (event) => {
    if (!event.isPrimary || event.button || !settings[pen]) return;
    const place = placeOf(event);
    const i = at(place, reachOf(event));
    if (i < 0) return;
    event.stopPropagation(); // no handle is taken, be it that of the ring around this one
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    held = { i, off: [settings[xs[i]] - place[0], settings[ys[i]] - place[1]] };
    const values = picked(i);
    gesture({ begin: [...Object.keys(values), xs[i], ys[i]], values });
  };
  box.onpointermove = (event) => {
    if (!held) return;
    const place = placeOf(event);
    gesture({ values: moved(held.i, [place[0] + held.off[0], place[1] + held.off[1]]) });
  };
  box.onpointerup = box.onpointercancel = () => {
    if (held) gesture({ end: true });
    // The click that comes with it is no tap.
    setTimeout(() => (held = null));
  };
  box.onclick = (event) => {
    if (held) return event.stopPropagation();
    const target = /** @type {Element} */ (event.target);
    const place = placeOf(event);
    const i = at(place, reachOf(/** @type {PointerEvent} */ (event)));
    if (i < 0 && (target.closest("[data-grab], [data-handle]") || !holds(place))) return;
    event.stopPropagation();
    tap(place, i);
  };
  // Where a finger takes hold of one, the page does not scroll.
  box.ontouchstart = (event) => {
    if (settings[pen] && at(placeOf(event.touches[0]), NEAR.touch) >= 0) event.preventDefault();
  };
  box.onkeydown = (event) => {
    /** @type {Record<string, number[]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const { key, shiftKey } = event;
    const stride = shiftKey ? STRIDE.fine : STRIDE.wide;
    if (key in ways) goTo(cross.map((value, axis) => value + stride * ways[key][axis]));
    else if (key === " " || key === "Enter") tap(cross, at(cross, NEAR.mouse));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  box.onfocus = () => {
    if (box.matches(":focus-visible")) goTo(cross);
  };
  box.onblur = () => say(said, "");

  return (now) => {
    settings = now;
    dots.forEach((dot, i) => {
      const kind = String(Math.ceil(now[kinds[i]]));
      if (dot.dataset.kind === kind) return;
      dot.dataset.kind = kind;
      dot.setAttribute("d", SHAPES[kind === "2" ? 1 : 0]);
      dot.style.fill = `var(--live-${kind === "2" ? "positive" : "negative"})`;
    });
  };
}

/** A square and a disc; the twin of plane.py's. */
const SHAPES = [
  "M-3.696 -3.696h7.392v7.392h-7.392z",
  "M-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0 -8.4 0z",
];
