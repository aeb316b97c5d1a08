/**
 * A small network as wires, of the numbers in one vector: the twin of livetext/figures/wires.py.
 */

const WIRES = { width: 300, height: 270, side: 22, unit: 8, halo: 14, bar: 16 };

/** @param {number[]} units  @returns {[x: number, y: number][][]} */
function wirePlaces(units) {
  const { width, height, side } = WIRES;
  const step = (width - 2 * side) / (units.length - 1);
  return units.map((n, k) =>
    Array.from({ length: n }, (_, i) => [side + step * k, (height * (i + 0.5)) / n]),
  );
}

/**
 * @param {WiresOption} option
 * @param {string} pick
 */
function drawWires({ units, wires, biases }, pick) {
  const places = wirePlaces(units);
  const drawn = wires.map(([place, layer, to, from]) => {
    const [[x0, y0], [x1, y1]] = [places[layer][from], places[layer + 1][to]];
    const line = `d="M${x0.toFixed(1)} ${y0.toFixed(1)}L${x1.toFixed(1)} ${y1.toFixed(1)}"`;
    // Where the bar of one example's gradient stands: apart from those of the neighbours.
    const share = 0.3 + 0.4 * (to % 2 ? 0.25 : 0.75);
    const [x, y] = [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const across = [-(y1 - y0) / length, (x1 - x0) / length];
    return (
      `<g class="live-thread" data-place="${place}" data-pick="${pick}=${place}">` +
      `<path class="live-halo" ${line}/><path class="live-weight" ${line}/><path class="live-reach" ${line}/>` +
      `<path class="live-own" data-at="${x} ${y} ${across[0]} ${across[1]}"/></g>`
    );
  });
  const squares = biases.map(([place, layer, unit]) => {
    const [x, y] = places[layer + 1][unit];
    const at = `x="${(x - 4).toFixed(1)}" y="${(y - 4).toFixed(1)}" width="8" height="8"`;
    return `<g class="live-thread" data-place="${place}" data-pick="${pick}=${place}"><rect class="live-bias" ${at}/></g>`;
  });
  const rims = places
    .flat()
    .map(
      ([x, y]) =>
        `<circle class="live-rim" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${WIRES.unit}"/>`,
    );
  return `${drawn.join("")}${rims.join("")}${squares.join("")}`;
}

/**
 * @param {Element} element
 * @param {ViewSpecs["wires"]} spec
 * @returns {View}
 */
function wiresView(element, { values, gradient, own, pick, by, scale, gradientScale, options }) {
  const svg = find(element, "svg");
  /** @param {number} value */
  const wide = (value) => Math.sqrt(share(value, gradientScale));
  let shown = -1;
  /** @type {ReturnType<typeof threadView>[]} */
  let threads = [];
  return ({ settings, arrays }) => {
    if (settings[by] !== shown) {
      shown = settings[by];
      svg.innerHTML = drawWires(options[shown], pick);
      threads = all(svg, ".live-thread").map((thread) => threadView(thread, scale, wide));
    }
    const numbers = [values, gradient, own].map((name) => arrays[name]);
    for (const show of threads) show(numbers, settings[pick]);
    return false;
  };
}

/**
 * @param {HTMLElement} thread  a wire or a bias
 * @param {number} scale
 * @param {(gradient: number) => number} wide  a share
 * @returns {(numbers: Float64Array[], picked: number) => void}
 */
function threadView(thread, scale, wide) {
  const place = Number(thread.dataset.place);
  const [halo, line, bar, bias] = ["halo", "weight", "own", "bias"].map((name) =>
    find(thread, `.live-${name}`),
  );
  const at = bar && (bar.dataset.at ?? "").split(" ").map(Number);
  const last = ["", "", "", ""];
  /** @param {number} i  @param {Element} element  @param {string} attribute  @param {string} now */
  const set = (i, element, attribute, now) => {
    if (now !== last[i]) element.setAttribute(attribute, (last[i] = now));
  };
  return ([values, gradients, owns], picked) => {
    const [w, dw, own] = [values[place], gradients[place], owns[place]];
    set(0, thread, "data-picked", String(place === picked));
    if (bias) {
      const sign = w < 0 ? "negative" : "positive";
      const full = share(w, scale);
      set(
        1,
        bias,
        "style",
        `fill: var(--live-${sign}); fill-opacity: ${(0.15 + 0.85 * full).toFixed(2)}; stroke-width: ${(5 * wide(dw)).toFixed(1)}`,
      );
      return;
    }
    set(1, halo, "style", `stroke-width: ${(WIRES.halo * wide(dw)).toFixed(1)}`);
    set(2, line, "style", wireLook(w, scale));
    const half = (WIRES.bar / 2) * wide(own);
    const [x, y, u, v] = at;
    set(
      3,
      bar,
      "d",
      `M${(x - half * u).toFixed(1)} ${(y - half * v).toFixed(1)}L${(x + half * u).toFixed(1)} ${(y + half * v).toFixed(1)}`,
    );
  };
}
