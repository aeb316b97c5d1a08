/**
 * Reads an expression that somebody types, such as `c = a + b; c^2 - tanh(a)`, into the list of its
 * operations. What cannot be read is reported at its place in the text. It needs no document.
 */

/** The functions by the names they are typed by: primitive, and number of arguments. */
const FUNCTIONS = /** @type {const} */ ({
  exp: ["exp", 1],
  log: ["log", 1],
  ln: ["log", 1],
  sqrt: ["sqrt", 1],
  tanh: ["tanh", 1],
  sigmoid: ["sigmoid", 1],
  σ: ["sigmoid", 1],
  relu: ["relu", 1],
  sin: ["sin", 1],
  cos: ["cos", 1],
  max: ["maximum", 2],
});

/** Other ways to type a sign, as books and telephones write them. @type {Record<string, string>} */
const SIGNS = { "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "**": "^" };

/** More than these, and nobody could look at the graph any more. */
const LIMITS = { characters: 4000, operations: 250, variables: 12 };

const TOKEN =
  /\s*(?:((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|(\p{L}[\p{L}\d_]*)|(\*\*|[-+*/^(),;=−–×·÷])|(\S))/iuy;
/** A letter, and digits behind it. */
const VARIABLE = /^\p{L}(?:_?\d+)?$/u;

/** What stands in a text and cannot be read: from where to where, and in words. */
class Misread extends Error {
  /**
   * @param {string} words
   * @param {{at: number, end: number}} place
   */
  constructor(words, { at, end }) {
    super(words);
    this.at = at;
    this.end = end;
  }
}

/**
 * @param {string} text
 * @returns {Token[]}  the last of them is the end of the text
 */
function tokensOf(text) {
  /** @type {Token[]} */
  const tokens = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const match = TOKEN.exec(text);
    if (!match) break;
    const [, number, name, sign = "", other] = match;
    const word = number ?? name ?? SIGNS[sign] ?? sign;
    const end = match.index + match[0].length;
    const token = { word, at: end - (number ?? name ?? (sign || other)).length, end };
    if (other) throw new Misread(`“${other}” is no sign that can be read here.`, token);
    tokens.push({ ...token, kind: number ? "number" : name ? "name" : "sign" });
  }
  const end = text.trimEnd().length;
  return [...tokens, { kind: "end", word: "", at: end, end }];
}

/**
 * The operations of an expression, each after those that it uses; variables and constants among them.
 * @param {string} text
 * @returns {Expression}
 * @throws {Misread}
 */
function readExpression(text) {
  if (text.length > LIMITS.characters) {
    const place = { at: LIMITS.characters, end: text.length };
    throw new Misread(`The text goes on beyond ${LIMITS.characters} characters.`, place);
  }
  const tokens = tokensOf(text);
  /** @type {ExpressionNode[]} */
  const nodes = [];
  /** What a name stands for. @type {Map<string, number>} */
  const known = new Map();
  let next = 0;

  const now = () => tokens[next];
  /** @param {string} word */
  const take = (word) => {
    const token = now();
    if (token.kind !== "sign" || token.word !== word) return null;
    next++;
    return token;
  };
  /** @param {Token} token */
  const called = ({ kind, at, end }) => (kind === "end" ? "the end" : `“${text.slice(at, end)}”`);

  /**
   * @param {string} op
   * @param {number[]} args
   * @param {{at: number, end: number}} place
   */
  function operation(op, args, place) {
    const values = args.map((i) => nodes[i].value ?? NaN);
    if (args.every((i) => nodes[i].op === "const")) {
      return constant(ENTRYWISE[op](...values), place); // a number, however it is written
    }
    nodes.push({ op, args, name: "" });
    if (nodes.filter((node) => node.args.length).length > LIMITS.operations) {
      throw new Misread(`From here on there are more than ${LIMITS.operations} operations.`, place);
    }
    return nodes.length - 1;
  }
  /**
   * @param {number} value
   * @param {{at: number, end: number}} place
   */
  function constant(value, place) {
    if (!Number.isFinite(value)) throw new Misread("This is no finite number.", place);
    return nodes.push({ op: "const", args: [], name: "", value }) - 1;
  }

  /** @param {number} left  @param {Token} sign  @param {() => number} right */
  const joined = (left, sign, right) => {
    /** @type {Record<string, string>} */
    const ops = { "+": "add", "-": "sub", "*": "mul", "/": "div", "^": "power" };
    return operation(ops[sign.word], [left, right()], sign);
  };
  function sum() {
    let left = product();
    for (let sign; (sign = take("+") ?? take("-"));) left = joined(left, sign, product);
    return left;
  }
  function product() {
    let left = signed();
    for (let sign; (sign = take("*") ?? take("/"));) left = joined(left, sign, signed);
    return left;
  }
  /** @returns {number} */
  function signed() {
    const sign = take("-");
    if (sign) return operation("neg", [signed()], sign);
    return take("+") ? signed() : power();
  }
  function power() {
    const base = atom();
    const sign = take("^");
    return sign ? joined(base, sign, signed) : base;
  }
  /** @returns {number} */
  function atom() {
    const token = now();
    const { kind, word } = token;
    const open = take("(");
    if (open) {
      const inside = sum();
      close(open);
      return inside;
    }
    if (kind !== "number" && kind !== "name") {
      throw new Misread(
        `A number, a letter or “(” should stand here, not ${called(token)}.`,
        token,
      );
    }
    next++;
    if (kind === "number") return constant(Number(word), token);
    if (Object.hasOwn(FUNCTIONS, word)) return call(token);
    if (word === "pi" || word === "π") return constant(Math.PI, token);
    return named(token);
  }
  /** @param {Token} open */
  function close(open) {
    if (take(")")) return;
    if (now().kind === "end") throw new Misread("This “(” is never closed.", open);
    throw new Misread(missing(), now());
  }
  /** What is wrong where a part has ended and the text goes on. */
  function missing() {
    const token = now();
    const before = tokens[next - 1];
    return token.kind === "sign" && token.word !== "("
      ? `${called(token)} cannot stand here.`
      : `A sign is missing before ${called(token)}: to multiply, write ${called(before).slice(1, -1)}*${called(token).slice(1, -1)}.`;
  }
  /** @param {Token} token */
  function call(token) {
    const [op, wanted] = FUNCTIONS[/** @type {keyof typeof FUNCTIONS} */ (token.word)];
    const open = take("(");
    if (!open) throw new Misread(`After ${token.word} comes “(”, as in ${token.word}(x).`, token);
    const args = [sum()];
    while (take(",")) args.push(sum());
    close(open);
    const place = { at: token.at, end: tokens[next - 1].end };
    if (args.length !== wanted) {
      const takes = wanted === 1 ? "one argument" : "two arguments";
      throw new Misread(`${token.word} takes ${takes}, here are ${args.length}.`, place);
    }
    return operation(op, args, place);
  }
  /** @param {Token} token */
  function named(token) {
    const { word } = token;
    if (!VARIABLE.test(word)) {
      const parts = [...word].join("*");
      const advice =
        now().word === "(" ? `${word} is no function here.` : `For a product write ${parts}.`;
      throw new Misread(`A variable is one letter, with digits if you like. ${advice}`, token);
    }
    if (word === "e" && now().word === "^") {
      throw new Misread("For a power of e write exp(x).", token);
    }
    const own = known.get(word);
    if (own !== undefined) return own;
    const variables = nodes.filter((node) => node.op === "input");
    if (variables.length === LIMITS.variables) {
      throw new Misread(
        `${word} is one variable more than the ${LIMITS.variables} allowed.`,
        token,
      );
    }
    known.set(word, nodes.push({ op: "input", args: [], name: word }) - 1);
    return nodes.length - 1;
  }

  /** A part: `c = a + b` gives its result a name. */
  function part() {
    const token = now();
    const names = token.kind === "name" && tokens[next + 1].word === "=";
    if (!names) return sum();
    const { word } = token;
    if (!VARIABLE.test(word)) {
      throw new Misread(`A name is one letter, with digits if you like, not ${word}.`, token);
    }
    if (known.has(word)) throw new Misread(`${word} has a meaning already.`, token);
    next += 2;
    const result = sum();
    if (known.has(word)) throw new Misread(`${word} stands in its own line.`, token);
    if (!nodes[result].args.length || nodes[result].name) {
      throw new Misread(`${word} names no new operation: leave the line out.`, token);
    }
    known.set(word, result);
    nodes[result].name = word;
    return result;
  }

  let output = part();
  while (take(";") && now().kind !== "end") output = part();
  if (now().kind !== "end") throw new Misread(missing(), now());
  if (!nodes.some((node) => node.op === "input")) {
    throw new Misread("There is no variable in it: type a letter, such as x.", {
      at: 0,
      end: text.length,
    });
  }
  if (nodes[output].op === "const") {
    throw new Misread(
      "Its result is a number that no variable changes.",
      tokens[tokens.length - 1],
    );
  }
  // Unnamed results are numbered, by a letter that the reader does not use so.
  const letter =
    ["v", "u", "s", "q"].find(
      (l) => ![...known.keys()].some((name) => name.length > 1 && name[0] === l),
    ) ?? "r";
  let count = 0;
  for (const node of nodes) {
    if (node.args.length && !node.name) node.name = `${letter}${++count}`;
  }
  return { nodes, output };
}
