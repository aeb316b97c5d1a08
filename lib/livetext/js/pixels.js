/**
 * An image that the reader draws: the twin of livetext/figures/pixels.py.
 */

const CELL = 30;
/** Ink comes in sixteenths, as in the images of digits. */
const LEVELS = 16;
/** How far, in cells, the ink of a pen reaches, and how far all of it does. */
const PEN = { reach: 1.25, full: 0.35 };
/** Pixels that a pointer moves before it draws: less is a click. */
const SLACK = 4;

/**
 * What a stroke of the pen leaves: more ink the nearer a cell lies to it, and never less than was there.
 * @param {number[]} inks
 * @param {number} columns
 * @param {number[]} from  x and y, in cells
 * @param {number[]} to
 * @param {boolean} erases
 * @returns {number[]}
 */
function stroked(inks, columns, [x0, y0], [x1, y1], erases) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  return inks.map((ink, i) => {
    const [x, y] = [(i % columns) + 0.5, Math.floor(i / columns) + 0.5];
    const along = length ? ((x - x0) * dx + (y - y0) * dy) / length : 0;
    const at = Math.max(0, Math.min(1, along));
    const away = Math.hypot(x - x0 - at * dx, y - y0 - at * dy);
    const share = (PEN.reach - away) / (PEN.reach - PEN.full);
    const wet = Math.round(LEVELS * Math.max(0, Math.min(1, share))) / LEVELS;
    return erases ? Math.min(ink, 1 - wet) : Math.max(ink, wet);
  });
}

/**
 * @param {Element} element
 * @param {ViewSpecs["pixels"]} spec
 * @returns {View}
 */
function pixelsView(element, { names, columns, gradient, pen, scale }) {
  const pad = find(element, ".live-pad");
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (find(element, "svg")));
  const clear = /** @type {HTMLButtonElement} */ (find(element, ".live-clear"));
  const cursor = find(element, ".live-cursor");
  const said = find(element, ".live-cell-said");
  const cells = all(element, "[data-cell]").map((cell) => {
    const [ink, slope] = all(cell, "rect");
    return { cell, ink, slope };
  });
  /** @type {Values} */
  let settings = {};
  let at = 0;
  /** Where the pointer is down, and whether it has moved. @type {{place: number[], x: number, y: number, draws: boolean} | null} */
  let held = null;

  const gesture = gesturesOf(pad);
  /** @param {{clientX: number, clientY: number}} pointer */
  const placeOf = ({ clientX, clientY }) => {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM()?.inverse());
    return [x / CELL, y / CELL];
  };
  /** @param {number} i */
  const goTo = (i) => {
    at = i;
    cursor.setAttribute("x", String(CELL * (i % columns)));
    cursor.setAttribute("y", String(CELL * Math.floor(i / columns)));
    const ink = formatNumber(settings[names[i]], 2).text;
    say(said, `row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}: ink ${ink}`);
  };

  /** @param {string} name */
  const turn = (name) =>
    gesture({ begin: [name], values: { [name]: settings[name] >= 0.5 ? 0 : 1 }, end: true });
  clear.disabled = false;
  clear.onclick = () => {
    const blank = Object.fromEntries(names.map((name) => [name, 0]));
    gesture({ begin: names, values: blank, end: true });
  };

  pad.onpointerdown = (event) => {
    if (!event.isPrimary || event.button) return;
    held = { place: placeOf(event), x: event.clientX, y: event.clientY, draws: false };
    pad.setPointerCapture(event.pointerId);
  };
  pad.onpointermove = (event) => {
    if (!held) return;
    if (!held.draws) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < SLACK) return;
      held.draws = true;
      gesture({ begin: names });
    }
    const place = placeOf(event);
    const inks = names.map((name) => settings[name]);
    const after = stroked(inks, columns, held.place, place, settings[pen] === 1);
    held.place = place;
    gesture({ values: Object.fromEntries(names.map((name, i) => [name, after[i]])) });
  };
  const letGo = () => {
    if (held?.draws) gesture({ end: true });
    // The click that comes with it is no pick.
    const drew = held?.draws;
    setTimeout(() => {
      if (drew) held = null;
    });
    if (!drew) held = null;
  };
  pad.onpointerup = letGo;
  pad.onpointercancel = letGo;
  pad.onclick = (event) => {
    const [x, y] = placeOf(event).map(Math.floor);
    const name = x >= 0 && x < columns && y >= 0 ? names[y * columns + x] : undefined;
    if (!held?.draws && !name) return;
    // The pad has the pointer, and so the click: it is for the cell below, or the end of a stroke.
    event.stopPropagation();
    if (!held?.draws && name) turn(name);
  };
  pad.onkeydown = (event) => {
    /** @type {Record<string, number>} */
    const ways = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const { key } = event;
    if (key in ways) {
      const across = (at % columns) + (Math.abs(ways[key]) === 1 ? ways[key] : 0);
      const to = at + ways[key];
      if (across >= 0 && across < columns && to >= 0 && to < names.length) goTo(to);
    } else if (key === " " || key === "Enter") {
      turn(names[at]);
      goTo(at);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  pad.onfocus = () => {
    if (pad.matches(":focus-visible")) goTo(at);
  };
  pad.onblur = () => say(said, "");

  return (state) => {
    settings = state.settings;
    const slopes = state.arrays[gradient];
    cells.forEach(({ cell, ink, slope }, i) => {
      const value = settings[names[i]];
      cell.dataset.pick = `${names[i]}=${value >= 0.5 ? 0 : 1}`;
      ink.style.fillOpacity = value.toFixed(3);
      const half = 0.3 * CELL * Math.sqrt(share(slopes[i], scale));
      const [x, y] = [CELL * ((i % columns) + 0.5), CELL * (Math.floor(i / columns) + 0.5)];
      slope.setAttribute("x", (x - half).toFixed(1));
      slope.setAttribute("y", (y - half).toFixed(1));
      for (const side of ["width", "height"]) slope.setAttribute(side, (2 * half).toFixed(1));
      const sign = slopes[i] < 0 ? "negative" : "positive";
      slope.dataset.sign = sign;
      slope.style.fill = slope.style.stroke = `var(--live-${sign})`;
    });
    return false;
  };
}

/** What the page's script asks of these three, and tests of their parts. */
const plane = Object.freeze({ planeView, wiresView, pixelsView, borderPath, stroked });
