/**
 * Plots: matplotlib drew them, and named what moves. Here points in data coordinates become pixels.
 */

/** @type {(coordinate: Coordinate, values: Values) => number} */
const resolve = (coordinate, values) =>
  typeof coordinate === "number" ? coordinate : values[coordinate];

/**
 * The quantities that an array's name stands for, in order.
 * @param {string} name
 * @param {Values} values
 */
const entriesNamed = (name, values) =>
  Object.keys(values).filter((entry) => entry === name || entry.startsWith(`${name}[`));

/**
 * The points of each kind of moving artist, in data coordinates: x0, y0, x1, y1, …
 * @type {{[K in PointsKind]:
 *   (artist: Artist<K>, model: FigureModel) => (state: FigureState) => ArrayLike<number>}}
 */
const POINTS = {
  points({ x, y }) {
    return ({ values }) => x.flatMap((_, i) => [resolve(x[i], values), resolve(y[i], values)]);
  },
  curve(artist, model) {
    const sweep = model.sweeper(artist);
    return ({ settings }) => sweep(settings);
  },
  area(artist, model) {
    const { end, samples } = artist;
    const sweep = model.sweeper(artist);
    const back = typeof end === "string" && model.sweeper({ ...artist, y: end });
    return ({ settings }) => {
      const there = sweep(settings);
      const other = back ? back(settings) : there;
      const points = new Float64Array(4 * samples);
      points.set(there);
      for (let i = 0; i < samples; i++) {
        const to = 2 * (2 * samples - 1 - i);
        points[to] = other[2 * i];
        points[to + 1] = back ? other[2 * i + 1] : Number(end);
      }
      return points;
    };
  },
  histogram({ quantity, edges }) {
    /** @type {string[]} */
    let names = [];
    return ({ values }) => {
      if (!names.length) names = entriesNamed(quantity, values);
      const counts = edges.slice(1).map((high, i) => {
        const last = i === edges.length - 2;
        const inside = (/** @type {number} */ v) =>
          v >= edges[i] && (v < high || (last && v === high));
        return names.filter((name) => inside(values[name])).length;
      });
      const heights = [0, ...counts, 0];
      return edges.flatMap((edge, i) => [edge, heights[i], edge, heights[i + 1]]);
    };
  },
  tangent({ x, y, slope, from, to }) {
    return ({ values }) =>
      [from, to].flatMap((at) => [at, values[y] + values[slope] * (at - values[x])]);
  },
  history({ x, y, stairs }) {
    return ({ rows }) => {
      /** @type {number[]} */
      const points = [];
      rows.forEach((row, k) => {
        const at = x === null ? k : row[x];
        if (stairs && k) points.push(at, rows[k - 1][y]);
        points.push(at, row[y]);
      });
      return points;
    };
  },
};

/**
 * @template {PointsKind} K
 * @param {Artist<K>} artist
 * @param {FigureModel} model
 */
const pointsOf = (artist, model) => POINTS[artist.points](artist, model);

/** Beyond this many points from the picture's corner, renderers lose precision. */
const FAR = 1e5;

/** @param {number} pixel */
const withinReach = (pixel) => Math.max(-FAR, Math.min(FAR, pixel));

/** @param {number} pixel */
const hundredth = (pixel) => Math.round(pixel * 100) / 100;

/** @param {Axes} axes */
function projector({ x, y, log, xlog }) {
  /** @param {ArrayLike<number>} points */
  return (points) => {
    const pixels = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const height = log ? Math.log10(points[i + 1]) : points[i + 1];
      const across = xlog ? Math.log10(points[i]) : points[i];
      pixels[i] = withinReach(x[0] * across + x[1]);
      pixels[i + 1] = withinReach(y[0] * height + y[1]);
    }
    return pixels;
  };
}

/** How far below the picture's upper edge a point stands that lies above it, so that the figure's words find room. */
const INSET = 22;

/**
 * Brings a point that lies outside the picture to its edge; the twin of plot.py's `_framed`. What is dragged
 * up and down stays at the very edge, where the hand is.
 * @param {Axes} axes
 * @param {Artist} artist
 * @returns {(pixels: ArrayLike<number>) => number[]}
 */
function framer(axes, { watched, handle }) {
  const { xlim, ylim } = axes;
  const {
    0: left,
    1: bottom,
    2: right,
    3: top,
  } = projector(axes)([xlim[0], ylim[0], xlim[1], ylim[1]]);
  const inset = watched && !handle?.[1] ? INSET : 0;
  /** @param {number} at  @param {number} low  @param {number} high  @param {number} [below] */
  const within = (at, low, high, below = 0) => {
    if (at < low - 0.01) return low + below;
    return at > high + 0.01 ? high : at;
  };
  return ({ 0: x, 1: y }) => [within(x, left, right), within(y, top, bottom, inset)];
}

/**
 * Shows on which side a point has left the picture: an arrow from where it stands at the edge.
 * @param {Element} group  of a dot
 * @returns {(at: ArrayLike<number>, to: ArrayLike<number>) => void}
 */
function outwardArrow(group) {
  for (const arrow of group.querySelectorAll(".live-out")) arrow.remove(); // saved with the page
  const arrow = document.createElementNS(/** @type {string} */ (group.namespaceURI), "path");
  arrow.setAttribute("class", "live-out");
  arrow.setAttribute("style", find(group, "use").getAttribute("style") ?? "");
  return ({ 0: x, 1: y }, { 0: toX, 1: toY }) => {
    const length = Math.hypot(toX - x, toY - y);
    if (!(length > 0)) return arrow.remove();
    const [ux, uy] = [(toX - x) / length, (toY - y) / length];
    /** @param {number} along  @param {number} across */
    const corner = (along, across) => [x + along * ux - across * uy, y + along * uy + across * ux];
    const corners = [corner(6, -5), corner(14, 0), corner(6, 5)].flat();
    arrow.setAttribute("d", `${pathData(corners)}Z`);
    if (!arrow.parentNode) group.append(arrow);
  };
}

/**
 * SVG path data; a point that is not a number lifts the pen.
 * @param {ArrayLike<number>} pixels
 */
function pathData(pixels) {
  let data = "";
  let pen = "M";
  for (let i = 0; i < pixels.length; i += 2) {
    if (pixels[i] !== pixels[i] || pixels[i + 1] !== pixels[i + 1]) {
      pen = "M";
    } else {
      data += `${pen}${hundredth(pixels[i])} ${hundredth(pixels[i + 1])}`;
      pen = "L";
    }
  }
  return data;
}

/**
 * Tail to tip, and back and forth for the two barbs; the twin of plot.py's arrow.
 * @param {ArrayLike<number>} pixels
 * @param {number} head
 */
function arrowPixels({ 0: x0, 1: y0, 2: x1, 3: y1 }, head) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 0)) return [x0, y0, x1, y1];
  const size = Math.min(head, length);
  const [ux, uy] = [((x1 - x0) / length) * size, ((y1 - y0) / length) * size];
  /** @param {number} side */
  const barb = (side) => [x1 - ux + (side * uy) / 2, y1 - uy - (side * ux) / 2];
  return [x0, y0, x1, y1, ...barb(1), x1, y1, ...barb(-1)];
}

/**
 * Each way to show points, in the group of SVG elements that matplotlib drew for them.
 * @type {Record<DrawKind, (group: Element, artist: Artist) => (pixels: Float64Array) => void>}
 */
const DRAW = {
  line(group) {
    const path = find(group, "path");
    return (pixels) => path.setAttribute("d", pathData(pixels));
  },
  arrow(group, { head = 0 }) {
    const path = find(group, "path");
    return (pixels) => path.setAttribute("d", pathData(arrowPixels(pixels, head)));
  },
  dots(group) {
    const first = find(group, "use");
    const parent = /** @type {Element} */ (first.parentNode);
    const dots = [...parent.querySelectorAll("use")];
    return (pixels) => {
      const wanted = pixels.length / 2;
      while (dots.length < wanted) {
        dots.push(parent.appendChild(/** @type {SVGUseElement} */ (first.cloneNode())));
      }
      dots.forEach((dot, i) => {
        const [x, y] = [pixels[2 * i], pixels[2 * i + 1]];
        const shown = i < wanted && x === x && y === y;
        dot.style.display = shown ? "" : "none";
        if (!shown) return;
        dot.setAttribute("x", String(hundredth(x)));
        dot.setAttribute("y", String(hundredth(y)));
      });
    };
  },
  text(group) {
    const text = find(group, "text");
    return ([x, y]) => {
      const shown = x === x && y === y;
      text.style.display = shown ? "" : "none";
      if (shown) text.setAttribute("transform", `translate(${hundredth(x)} ${hundredth(y)})`);
    };
  },
};

/**
 * @param {Element} element
 * @param {ViewSpecs["plot"]} spec
 * @param {FigureModel} model
 * @returns {View}
 */
function plotView(element, { axes, artists, fields = [] }, model) {
  const project = projector(axes);
  const movers = artists.map((artist, i) => {
    const points = pointsOf(artist, model);
    const group = find(element, `[data-artist="${i}"]`);
    const draw = DRAW[artist.draw](group, artist);
    const point = artist.draw === "arrow" ? undefined : (artist.watched ?? artist.handle);
    const frame = framer(axes, artist);
    const pointOut = artist.watched ? outwardArrow(group) : null;
    let outside = false;
    /** @type {ArrayLike<number> | null} */
    let last = null;
    /** @param {FigureState} state */
    return (state) => {
      const data = points(state);
      if (data === last) return outside;
      last = data;
      const pixels = project(data);
      if (point || artist.draw === "text") {
        const at = frame(pixels);
        const out = !(at[0] === pixels[0] && at[1] === pixels[1]);
        pointOut?.(at, pixels);
        pixels.set(point ? at : out ? [NaN, NaN] : pixels);
        outside = Boolean(artist.watched) && out;
      }
      draw(pixels);
      return outside;
    };
  });
  fields.forEach((field, i) => {
    const replay = model.field(field, axes);
    const show = fieldImage(find(element, `[data-artist="field${i}"]`), field);
    movers.push(({ settings }) => {
      replay(settings, show);
      return false;
    });
  });
  return (state) => movers.map((move) => move(state)).includes(true);
}
