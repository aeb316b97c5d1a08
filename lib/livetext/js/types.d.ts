/**
 * The data that Python writes into a page, and what the page's script makes of it. For the type checker alone.
 */

/** One operation of a tape, as `backprop.autodiff.Tape.to_json` writes it. */
interface TapeLine {
  op: string;
  args?: number[];
  shape?: number[];
  name?: string;
  value?: TapeValue;
  axis?: number[];
  axes?: number[];
  indices?: number[];
}

/** A number, or a list of lists of numbers; "inf", "-inf" and "nan" are strings there. */
type TapeValue = number | string | TapeValue[];

interface Tape {
  inputs: Record<string, TapeValue>;
  nodes: TapeLine[];
  outputs: Record<string, number>;
}

/** A tape with room for its numbers: an array for each line, and the functions that fill them. */
interface Machine {
  inputs: Record<string, Float64Array>;
  outputs: Record<string, Float64Array>;
  run(): void;
  /** The same, with `change` added to one number of one of the arrays as soon as it is there. */
  runNudged(array: Float64Array, place: number, change: number): void;
  /** What some outputs take: the functions to run, and the inputs that they depend on. */
  part(names: string[]): { steps: (() => void)[]; inputs: string[] };
  /**
   * What some outputs take when none but the `moving` inputs are others than now: all else is run at once, what a
   * choice leaves out is left out, and so is what a zero makes zero.
   */
  lean(names: string[], moving: string[]): (() => void)[];
}

/** Numbers by the names that the page shows them by: `loss`, `delta[0]`, `W[1,2]`. */
type Values = Record<string, number>;

// ------------------------------------------------------------------------------------------------
// A figure, as livetext/figures/figure.py writes it.

interface FigureSpec {
  tape: Tape;
  start: Values;
  views: ViewSpec[];
  digits: number;
  effect: string | null;
  effectLabel: string;
  counter: string | null;
  interval: number;
  iteration: Iteration | null;
  /** Arrays that views read whole; their entries are no quantities. */
  arrays?: string[];
  /** Arrays whose entries are settings, and the range of these. */
  entries?: Record<string, [low: number, high: number]>;
  /** For a choice: where each of its options puts other sliders. */
  moves?: Record<string, Record<string, number[]>>;
}

interface Iteration {
  update: Record<string, string>;
  watch: string;
  limit: number;
  counter: string;
  /** Updates at once, by a button beside Step. */
  leap?: number;
}

interface ViewSpecs {
  plot: { kind: "plot"; axes: Axes; artists: Artist[]; fields?: FieldSpec[] };
  plane: {
    kind: "plane";
    axes: Axes;
    artists: Artist[];
    /** Replayed on a grid of columns and rows, which are its input `x`; others are fed by arrays, or are settings. */
    tape: Tape;
    size: [columns: number, rows: number];
    /** Of the axes, in units of the picture. */
    box: [x: number, y: number, width: number, height: number];
    output: string;
    feeds: Record<string, string>;
    /** What is fed instead for a second border, while this control is not 0. */
    beside: Record<string, string>;
    besideBy: string;
    /** The arrays with a column for each example, and with its weight; without any it is not shown. */
    examples: string;
    weights: string;
    /** What picks an example. */
    pick: string;
    added?: Added;
  };
  pixels: {
    kind: "pixels";
    /** Of the cells, which are settings. */
    names: string[];
    columns: number;
    gradient: string;
    pen: string;
    scale: number;
  };
  wires: {
    kind: "wires";
    values: string;
    gradient: string;
    own: string;
    pick: string;
    by: string;
    scale: number;
    gradientScale: number;
    options: WiresOption[];
    walk: Walk;
  };
  lines: { kind: "lines" };
  matrices: { kind: "matrices"; matrices: MatrixSpec[] };
  graph: { kind: "graph"; counter: string; digits?: number; pulse?: PulseSpec };
  /** `carry` names, for sliders, the quantities that they take on when the way back is clicked. */
  flow: { kind: "flow"; counter: string; middle?: ViewSpec; carry?: Record<string, string> };
  bench: {
    kind: "bench";
    counter: string;
    rules: Record<string, RuleCase[]>;
    examples: { text: string; start: Values }[];
  };
  image: { kind: "image"; scale: [number, number]; colors: string[] };
  bits: { kind: "bits"; names: string[] };
  network: {
    kind: "network";
    pick: string[];
    scale: number;
    gradientScale: number;
    digits: number;
    pulse?: PulseSpec;
  };
}
type ViewSpec = ViewSpecs[keyof ViewSpecs];

/** The control of its stages, and arrays by layer: from the inputs on, and from the layer after them. */
interface Walk {
  by: string;
  forward: string[];
  back: string[];
}

/** Examples that a reader puts into a plane: the settings of their places and of what they are. */
interface Added {
  entries: [x: string[], y: string[], kind: string[]];
  pen: string;
  /** What is put at 0 when another is picked. */
  clears: string[];
  /** How many are given before them. */
  first: number;
}

/** Pixels are scale · value + offset. */
interface Axes {
  x: [scale: number, offset: number];
  y: [scale: number, offset: number];
  xlim: [number, number];
  ylim: [number, number];
  log: boolean;
  xlog?: boolean;
}

/** A quantity over two inputs, on a grid of columns and rows. */
interface FieldSpec {
  x: string;
  y: string;
  quantity: string;
  size: [columns: number, rows: number];
  scale: [number, number];
  scaleLog: boolean;
}

/** Shows the grid's numbers from the top row down, now or later: a coarser grid first where that takes long. */
type FieldReplay = (
  settings: Values,
  show: (values: Float64Array, columns: number) => void,
) => void;

/** The name of a quantity, or a number that stays. */
type Coordinate = string | number;

interface ArtistSpecs {
  points: { points: "points"; x: Coordinate[]; y: Coordinate[] };
  curve: { points: "curve" } & Sweep;
  area: { points: "area"; end: Coordinate } & Sweep;
  histogram: { points: "histogram"; x?: string; y?: string; quantity: string; edges: number[] };
  tangent: { points: "tangent"; x: string; y: string; slope: string; from: number; to: number };
  history: { points: "history"; x: string | null; y: string; stairs: boolean };
}
type PointsKind = keyof ArtistSpecs;
type DrawKind = "line" | "arrow" | "dots" | "text";
type Artist<K extends PointsKind = PointsKind> = ArtistSpecs[K] & {
  points: K;
  draw: DrawKind;
  head?: number;
  watched?: boolean;
  /** The sliders that a drag moves, along x and along y. */
  handle?: [string | null, string | null];
  /** The choice that it makes when it is clicked. */
  pick?: [quantity: string, option: string][];
};

interface Sweep {
  input: string;
  from: number;
  to: number;
  samples: number;
  x: string;
  y: string;
}

/** What can be nudged, wire by wire in the order in which they are drawn. */
interface PulseSpec {
  nudge: number;
  loss: string;
  wires: PulseWire[];
  turns: Record<string, number>;
  /** In words, how many passes nudging all the parameters would take. */
  cost: string;
}

interface PulseWire {
  value: string;
  gradient: string | null;
  label: string;
  turn: number;
  /** What carries a change along the wire, if not its own quantity. */
  source?: string;
}

interface MatrixSpec {
  row: string;
  column: string;
  scale: number | null;
  mirror?: string;
}

/** A network that wires are drawn for: units in each layer, and which numbers of the vector are wires and biases. */
interface WiresOption {
  units: number[];
  /** Which of the figure's layers they are. */
  layers: number[];
  wires: [place: number, layer: number, to: number, from: number][];
  biases: [place: number, layer: number, unit: number][];
}

/**
 * A figure at one setting of its sliders; with an iteration, a row for each of the steps 0 … k, of what is
 * watched, drawn along them and handed on.
 */
interface FigureState {
  settings: Values;
  values: Values;
  rows: Values[];
  /** Arrays that views read whole, as they are after the last row. */
  arrays: Record<string, Float64Array>;
}

interface FigureModel {
  /** Updates are made until then at the latest: its rows may be fewer than the counter says. */
  evaluate(settings: Values, until?: number): FigureState;
  /** One quantity alone at other settings: the part of the tape that leads there. */
  probe(name: string): (settings: Values) => number;
  sweeper(sweep: Sweep): (settings: Values) => ArrayLike<number>;
  field(spec: FieldSpec, axes: Axes): FieldReplay;
  /** Every quantity when `change` is added to one of them, and to all that comes of it. */
  nudged(settings: Values, name: string, change: number): Values;
}

/** Shows a state; true where a point that a reader follows lies outside the picture. */
type View = (state: FigureState) => boolean;

// ------------------------------------------------------------------------------------------------
// A question, as livetext/questions/question.py writes it.

interface AnswerSpecs {
  numbers: { fields: { quantity: string; mistakes: string[][] }[]; tolerance: number };
  shape: { shape: NamePair; mistakes: NamePair[][] };
  one: { right: number | string; options: number };
  any: { right: number[] };
  order: { rules: [first: number, then: number][] };
}
type NamePair = [rows: string, columns: string];
type AnswerKind = keyof AnswerSpecs;

/** What is typed, field by field; or the options that are ticked, or the steps in order, by number. */
interface Answers {
  numbers: string[];
  shape: string[];
  one: number[];
  any: number[];
  order: number[];
}

type QuestionSpec<K extends AnswerKind = AnswerKind> = {
  [Kind in K]: AnswerSpecs[Kind] & {
    kind: Kind;
    tape: Tape | null;
    draws: Record<string, number[]>;
    keep: string | null;
    shown: [quantity: string, digits: number | null][];
    figure: string | null;
    reveal: Record<string, string | number>;
  };
}[K];

interface Judged {
  right?: boolean;
  /** Of feedback that was written in Python. */
  keys?: string[];
  /** Sentences of the script's own. */
  words?: string[];
  /** Of several numbers, which are right. */
  marks?: boolean[];
  /** Inputs that could not be read; then nothing was judged. */
  invalid?: number[];
}

/**
 * Progress in one question: checks so far; solved ever; hints and solution seen before it was; and the numbers
 * that were drawn last, if any were.
 */
interface Entry {
  tries: number;
  solved: boolean;
  hints: number;
  revealed: boolean;
  drawn?: Inputs;
}

/** Inputs of a question's tape, flat. */
type Inputs = Record<string, number[]>;

type Progress = Record<string, Entry>;

interface ProgressStore {
  /** What the browser could not keep, as its storage is blocked or full. */
  readonly unkept: Progress | null;
  read(): Progress;
  /** Returns whether the browser has kept it. */
  record(id: string, change: (before: Entry) => Partial<Entry>): boolean;
  /** Returns whether the browser has kept it; if not, nothing has changed. */
  merge(progress: Progress): boolean;
  forget(): void;
  keepsMore(): boolean;
  /** Takes over what another part of the page could not keep. */
  hear(unkept: Progress | null): void;
}

// ------------------------------------------------------------------------------------------------
// A bench: an expression that its reader types.

interface Token {
  kind: "number" | "name" | "sign" | "end";
  word: string;
  at: number;
  end: number;
}

/** A variable (op "input"), a constant or an operation; its arguments by their numbers. */
interface ExpressionNode {
  op: string;
  args: number[];
  /** By which it is shown; constants have none. */
  name: string;
  value?: number;
}

interface Expression {
  nodes: ExpressionNode[];
  output: number;
}

/** A primitive's rule: from `g`, `out`, `a`, `b` to `da` and `db`. A case for other exponents than these does not fit. */
interface RuleCase {
  exponent?: number | "constant";
  tape: Tape;
}

/** Passes a wire, from an operation to one of its arguments; returns the pass's number. */
type Pass = (node: number, place: number, by?: number | null) => number;

interface WalkPass {
  node: number;
  place: number;
  to: number;
  /** The earlier pass whose share alone is handed on, -1 for the start's; null for all that has arrived. */
  by: number | null;
}

interface Wire {
  node: number;
  place: number;
  from: number;
  /** The places that it goes through, its ends among them. */
  via: number[];
}

interface Layout {
  width: number;
  height: number;
  points: [x: number, y: number][];
  wires: Wire[];
}

// ------------------------------------------------------------------------------------------------
// What is alive on a page.

interface Mounted {
  root: HTMLElement;
  /** Every number at present. */
  values?(): Values;
  /** Moves a figure's sliders, as its reader does. */
  move?(values: Values): void;
  /** Moves a figure's sliders without a word to `onChange`. */
  set?(values: Values): void;
  /** Of a bench: takes from an address what is for its form; what an address says of its form. */
  settle?(address: URLSearchParams): void;
  settings?(): [string, string][];
  unmount(): void;
}

interface FigureOptions {
  values?: Values;
  onChange?(values: Values): void;
}

interface MountedFigure extends Mounted {
  /** Moves the sliders without a word to `onChange`. */
  set(values: Values): void;
}

interface MountedQuestion extends Mounted {
  /** Shows how far the reader has come. */
  refresh(progress: Progress): void;
}

/** The model that anywidget hands to `render`. */
interface WidgetModel {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}
