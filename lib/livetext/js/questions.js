/**
 * Questions on a page, and the reader's progress.
 *
 * A classic script like live.js, for the same reasons; it needs that one and reading.js. What is right comes
 * from the question's tape, recorded in Python; this file knows what to say of an answer.
 */
(function (global) {
  "use strict";

  const { formatNumber, replayer, entriesOf, shownIn, keepKeys, say: setText, claim, forget } = global.backpropLive;
  const { parseNumber, parseShape } = global.backpropReading;

  // ---------------------------------------------------------------------------------------------
  // Progress, in the browser's own storage.

  /**
   * @typedef {{tries: number, solved: boolean, hints: number, revealed: boolean}} Entry
   *   of one question: checks so far; solved ever; hints and solution seen before it was
   * @typedef {Object<string, Entry>} Progress  by question
   */

  const KEY = "backpropagation-live";
  const VERSION = 1;
  const NEW = { tries: 0, solved: false, hints: 0, revealed: false };

  /**
   * What the browser could not keep, as its storage is blocked or full; it lasts as long as the page.
   * @type {Progress | null}
   */
  let unkept = null;

  const UNKEPT = "This browser could not keep your progress: its storage is full or blocked. What you solve here is "
    + "forgotten when you leave the page, unless you free some space and check again.";

  /** @returns {Progress} */
  function readProgress() {
    let text = null;
    try {
      text = global.localStorage.getItem(KEY);
    } catch {
      // Blocked: there is only what this page knows.
    }
    return mergeProgress(readable(text) || {}, unkept || {});
  }

  /** @returns {boolean}  whether the browser would keep one more entry */
  function keepsMore() {
    try {
      global.localStorage.setItem(`${KEY}-room`, "-".repeat(200));
      global.localStorage.removeItem(`${KEY}-room`);
      return true;
    } catch {
      return false;
    }
  }

  /** What we cannot read may still be of use: a later edition wrote it, say. Nothing put aside is overwritten. */
  function putAside(store) {
    const before = store.getItem(KEY);
    if (before === null || readable(before)) return;
    for (let n = 1; ; n++) {
      const key = n === 1 ? `${KEY}-unread` : `${KEY}-unread-${n}`;
      const there = store.getItem(key);
      if (there === null) store.setItem(key, before);
      if (there === null || there === before) return;
    }
  }

  /** @returns {boolean}  whether the browser has kept it; if not, nothing has changed */
  function store(progress) {
    try {
      putAside(global.localStorage);
      global.localStorage.setItem(KEY, JSON.stringify({ version: VERSION, questions: progress }));
    } catch {
      return false;
    }
    unkept = null;
    return true;
  }

  const announce = () => global.document.dispatchEvent(new Event("backprop-progress"));

  /**
   * @param {Progress} progress
   * @returns {boolean}  whether the browser has kept it
   */
  function writeProgress(progress) {
    const kept = store(progress);
    if (!kept) unkept = progress;
    announce();
    return kept;
  }

  function forgetProgress() {
    unkept = null;
    try {
      putAside(global.localStorage);
      global.localStorage.removeItem(KEY);
    } catch {
      // Blocked: there was nothing.
    }
    announce();
  }

  /** @returns {Progress | null} null where it cannot be read, or there is none */
  function readable(text) {
    try {
      return Object.fromEntries(parseProgress(text).filter(([, entry]) => entry));
    } catch {
      return null;
    }
  }

  /**
   * Read again before each change: another tab may have written.
   * @param {(before: Entry) => Partial<Entry>} change
   * @returns {boolean}  whether the browser has kept it
   */
  function record(id, change) {
    const progress = readProgress();
    const before = progress[id] || NEW;
    const entry = { ...before, solved: false, ...change(before) };
    // Once solved it stays so, as well as it was ever solved.
    if (before.solved && !entry.solved) return unkept === null;
    return writeProgress({ ...progress, [id]: before.solved ? further(before, entry) : entry });
  }

  /**
   * The entries of a text that this page, or an earlier edition of it, has written.
   * @returns {[string, Entry | null][]}  null for what is no entry
   * @throws {Error} with a sentence for the reader
   */
  function parseProgress(text) {
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new Error("This is not a file of progress: it holds no JSON. Choose a file that this page exported.");
    }
    const { version, questions } = data || {};
    if (version !== VERSION || typeof questions !== "object" || questions === null || Array.isArray(questions)) {
      throw new Error("This is not a file of progress. Choose a file that this page exported.");
    }
    return Object.entries(questions).map(([id, entry]) => [id, entryOf(entry)]);
  }

  /** @returns {Entry | null} */
  function entryOf(entry) {
    const { tries, solved, hints, revealed } = entry || {};
    const counted = [tries, hints].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!counted || typeof solved !== "boolean" || typeof revealed !== "boolean") return null;
    return { tries, solved, hints: Math.min(hints, 2), revealed };
  }

  const LARGEST = 1e6; // characters of a file; ours have some thousand

  /**
   * What a file brings: progress in this book's questions, and what is left out of it.
   * @param {string[]} ids  of the book's questions
   * @returns {{progress: Progress, unknown: string[], unread: string[]}}
   * @throws {Error} with a sentence for the reader
   */
  function importedFrom(text, ids) {
    if (text.length > LARGEST) throw new Error("This is not a file of progress: it is too large. Choose a file that this page exported.");
    const entries = parseProgress(text);
    const known = entries.filter(([id]) => ids.includes(id));
    const names = (some) => some.map(([id]) => id);
    return {
      progress: Object.fromEntries(known.filter(([, entry]) => entry)),
      unknown: names(entries.filter(([id]) => !ids.includes(id))),
      unread: names(known.filter(([, entry]) => !entry)),
    };
  }

  /** "a, b and 7 more": names from a file, of which there may be many and long ones. */
  function listed(names) {
    const some = names.slice(0, 5).map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name)).join(", ");
    return names.length > 5 ? `${some} and ${names.length - 5} more` : some;
  }

  /** What to say of an import. */
  function importWords({ progress, unknown, unread }) {
    const n = Object.keys(progress).length;
    const sentences = [
      n || !(unknown.length || unread.length)
        ? `Imported ${n} ${n === 1 ? "question" : "questions"}; where this browser was further, it keeps its own.`
        : "Nothing was imported.",
    ];
    if (unknown.length) sentences.push(`This book has no question named ${listed(unknown)}.`);
    if (unread.length) sentences.push(`What the file says of ${listed(unread)} cannot be read.`);
    return sentences.join(" ");
  }

  const rank = ({ solved, hints, revealed }) => (solved ? (hints || revealed ? 1 : 2) : 0);

  /** Of two entries the one that is further. */
  function further(a = NEW, b = NEW) {
    if (rank(a) !== rank(b)) return rank(a) > rank(b) ? a : b;
    return a.tries > b.tries ? a : b;
  }

  function mergeProgress(a, b) {
    return Object.fromEntries([...Object.keys(a), ...Object.keys(b)].map((id) => [id, further(a[id], b[id])]));
  }

  /** @param {Entry | undefined} entry */
  function stateOf(entry) {
    if (!entry || !entry.tries) return { state: "new", text: "not tried yet" };
    if (!entry.solved) return { state: "tried", text: "tried" };
    return entry.hints || entry.revealed
      ? { state: "helped", text: "✓ solved with help" }
      : { state: "solved", text: "✓ solved" };
  }

  // ---------------------------------------------------------------------------------------------
  // The numbers of a question.

  /** Inputs in, every quantity out, by the names the page shows: `w`, `W[0,1]`. */
  function calculator(spec) {
    if (!spec.tape) return () => ({});
    const machine = replayer(spec.tape);
    const entries = entriesOf(spec.tape, machine);
    return (inputs) => {
      for (const name in inputs) machine.inputs[name].set(inputs[name]);
      machine.run();
      return Object.fromEntries(entries.map(([name, array, i]) => [name, array[i]]));
    };
  }

  const SMALLEST = 1e-6;

  const close = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.abs(b);

  /** Whether no typed number can be taken for both; the twin of `apart` in kinds.py. */
  const apart = (a, b, tolerance) => Math.abs(a - b) > 2 * tolerance * (Math.abs(a) + Math.abs(b));

  /** Whether any two members of different groups are told from one another. */
  const allApart = (groups, told) => groups.every((some, i) => groups.slice(0, i).every(
    (others) => some.every((a) => others.every((b) => told(a, b)))));

  /** Whether these numbers make a fair question; the twin of the kinds' `settled` in kinds.py. */
  const SETTLED = {
    numbers: ({ fields, tolerance }, values) => fields.every(({ quantity, mistakes }) => {
      const size = Math.abs(values[quantity]);
      return size > SMALLEST && size < Infinity
        && allApart([[quantity], ...mistakes], (a, b) => apart(values[a], values[b], tolerance));
    }),
    shape: ({ shape, mistakes }, values) => allApart([[shape], ...mistakes],
      ([r, c], [rows, columns]) => values[r] !== values[rows] || values[c] !== values[columns]),
    one: ({ right, options }, values) => typeof right !== "string"
      || (Number.isInteger(values[right]) && values[right] >= 0 && values[right] < options),
    any: () => true,
    order: () => true,
  };

  /** Whether the numbers may be used; the twin of `Question.fair`. */
  const fair = (spec, values) => (!spec.keep || values[spec.keep] !== 0) && SETTLED[spec.kind](spec, values);

  /** Whether the reader is told other numbers than before. */
  const differ = (spec, values, before) => spec.shown.some(
    ([name, digits]) => formatNumber(values[name], digits).text !== formatNumber(before[name], digits).text);

  /**
   * Other numbers for a question, or null if none were found.
   * @param {Object<string, number>} before  the quantities at present
   * @param {() => number} [random]  from 0 to below 1
   */
  function drawInputs(spec, before, random = Math.random, calculate = calculator(spec)) {
    for (let round = 0; round < 500; round++) {
      const inputs = {};
      for (const [name, choices] of Object.entries(spec.draws)) {
        const { length } = [spec.tape.inputs[name]].flat(Infinity);
        inputs[name] = Array.from({ length }, () => choices[Math.floor(random() * choices.length)]);
      }
      const values = calculate(inputs);
      if (differ(spec, values, before) && fair(spec, values)) return inputs;
    }
    return null;
  }

  // ---------------------------------------------------------------------------------------------
  // Judging, without the page.

  /**
   * @typedef {string[] | number[]} Answer  what is typed, field by field; or the options that are ticked, or the
   *   steps in order, as their numbers
   * @typedef {{right?: boolean, keys?: string[], words?: string[], invalid?: number[]}} Judged
   *   keys of feedback written in Python and words of our own, if any; and the inputs that could not be read
   *   (then nothing was judged)
   */

  function aboutNumber(found, right, tolerance) {
    if (close(found, -right, tolerance)) return "The size is right, the sign is not.";
    if (close(found, 2 * right, tolerance)) return "This is twice the right answer: a factor 2 is there once too often.";
    if (close(found, right / 2, tolerance)) return "This is half the right answer: a factor 2 is missing.";
    if (close(found, right, 0.05)) return "Nearly: give three digits, and round only at the end.";
    return "This is not the number.";
  }

  /** @type {Object<string, (spec: any, values: Object<string, number>, answer: any, labels: string[]) => Judged>} */
  const JUDGES = {
    numbers({ fields, tolerance }, values, typed, labels) {
      const found = typed.map((text) => parseNumber(text));
      const invalid = [...found.keys()].filter((i) => Number.isNaN(found[i]));
      if (invalid.length) {
        const text = typed[invalid[0]].trim();
        const words = text ? `“${text}” cannot be read as a number.` : "There is no number yet.";
        return { invalid, words: [`${words} Write 0.25, 1/4 or 2.5e-1, for example.`] };
      }
      const keys = [];
      const words = [];
      fields.forEach(({ quantity, mistakes }, i) => {
        const right = values[quantity];
        if (close(found[i], right, tolerance)) return;
        // Numbers are drawn so that it is one at most; if it ever were two, both are named.
        const made = mistakes.filter((names) => names.some((name) => close(found[i], values[name], tolerance)));
        keys.push(...made.map(([first]) => `${quantity}:${first}`));
        const label = fields.length > 1 ? `${labels[i]}: ` : "";
        if (!made.length) words.push(label + aboutNumber(found[i], right, tolerance));
      });
      return { right: !keys.length && !words.length, keys, words };
    },

    shape({ shape, mistakes }, values, [typed]) {
      const found = parseShape(typed);
      if (!found) return { invalid: [0], words: ["A shape is two whole numbers, rows first: 30 × 784, for example."] };
      const is = ([r, c]) => values[r] === found[0] && values[c] === found[1];
      if (is(shape)) return { right: true };
      const made = [...mistakes.keys()].filter((i) => mistakes[i].some(is));
      if (made.length) return { right: false, keys: made.map(String) };
      if (is([...shape].reverse())) return { right: false, words: ["These are the right numbers the wrong way round: rows first."] };
      return { right: false, words: ["This is another shape."] };
    },

    one(spec, values, [chosen]) {
      if (chosen === undefined) return { invalid: [0], words: ["Choose an answer first."] };
      const right = typeof spec.right === "string" ? values[spec.right] : spec.right;
      // What an option says is about choosing it wrongly, unless it is right whatever the numbers are.
      if (chosen === right) return { right: true, keys: right === spec.right ? [String(chosen)] : [] };
      return { right: false, keys: [String(chosen)] };
    },

    any(spec, values, chosen) {
      if (!chosen.length) return { invalid: [0], words: ["Choose all that are right, one at least."] };
      const wrong = chosen.filter((i) => !spec.right.includes(i));
      const missing = spec.right.filter((i) => !chosen.includes(i)).length;
      const right = !wrong.length && !missing;
      return {
        right,
        keys: (right ? spec.right : wrong).map(String),
        words: missing ? [missing === 1 ? "One more is right." : `${missing} more are right.`] : [],
      };
    },

    order({ rules }, values, order) {
      const broken = rules.findIndex(([first, then]) => order.indexOf(first) > order.indexOf(then));
      return broken < 0 ? { right: true } : { right: false, keys: [String(broken)] };
    },
  };

  /** @returns {Judged} */
  const judge = (spec, values, answer, labels = []) => JUDGES[spec.kind](spec, values, answer, labels);

  const typedIn = (inputs) => inputs.map((input) => input.value);
  const tickedIn = (inputs) => inputs.filter((input) => input.checked).map((input) => Number(input.value));

  /** What the reader has answered. @type {Object<string, (inputs: HTMLInputElement[], section: HTMLElement) => Answer>} */
  const ANSWERS = {
    numbers: typedIn,
    shape: typedIn,
    one: tickedIn,
    any: tickedIn,
    order: (_, section) => [...section.querySelectorAll("[data-step]")].map((item) => Number(item.dataset.step)),
  };

  // ---------------------------------------------------------------------------------------------
  // A question on the page.

  /**
   * Makes a question answer.
   * @param {HTMLElement} section  `<section class="question">` as question.py writes it
   * @returns {((progress: Progress) => void) | null}  shows how far the reader has come with it; null if it
   *   answers already
   */
  function mount(section) {
    if (!claim(section)) return null;
    const id = section.dataset.question;
    const spec = JSON.parse(section.querySelector(".question-spec").textContent);
    const calculate = calculator(spec);
    const shown = shownIn(section);
    const form = section.querySelector("form");
    const fieldset = section.querySelector("fieldset");
    const inputs = [...fieldset.querySelectorAll("input")];
    // A second view of the question has an id of its own, and its options a group of their own.
    for (const input of inputs) if (input.type !== "text") input.name = section.id;
    const verdict = section.querySelector(".question-verdict");
    const state = section.querySelector(".question-state");
    const feedback = section.querySelector("template.question-feedback").content;
    const help = [...section.querySelectorAll("[data-help]")];
    const button = Object.fromEntries([...section.querySelectorAll("button[data-action]")].map((b) => [b.dataset.action, b]));
    let values = calculate({});
    let hints = 0;
    let tried = false; // since the numbers were drawn
    let solved = false;

    const element = (tag, text) => Object.assign(global.document.createElement(tag), { textContent: text });

    /** What the reader may ask for now. Hints come one by one; the solution after an attempt. */
    function offer() {
      button.hint.disabled = hints === 2 || solved;
      button.hint.textContent = hints ? "Second hint" : "Hint";
      button.solution.disabled = !tried || !help[2].hidden;
    }

    function say(head, kind, { keys = [], words = [], after = [] }) {
      const said = keys.flatMap((key) => {
        const text = feedback.querySelector(`[data-feedback="${CSS.escape(key)}"]`);
        return text ? [...text.cloneNode(true).childNodes] : [];
      });
      const sentences = (texts) => texts.map((text) => element("p", text));
      verdict.dataset.verdict = kind;
      verdict.replaceChildren(...(head ? [element("strong", head)] : []), ...sentences(words), ...said, ...sentences(after));
      showNumbers(shownIn(verdict));
    }

    function showNumbers({ numbers, relations }) {
      for (const number of numbers) number.update(values);
      for (const relation of relations) relation();
    }

    function reveal() {
      const figure = spec.figure && global.document.querySelector(`figure.live[data-figure="${spec.figure}"]`);
      if (!figure?.moveSliders) return [];
      figure.moveSliders(Object.fromEntries(Object.entries(spec.reveal).map(([slider, value]) => [slider, typeof value === "string" ? values[value] : value])));
      return ["The figure now shows it."];
    }

    function markInvalid(invalid = []) {
      inputs.forEach((input, i) => {
        if (invalid.includes(i)) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      });
    }

    function check() {
      const labels = inputs.map((input) => input.parentElement.querySelector("label").textContent.trim());
      const judged = judge(spec, values, ANSWERS[spec.kind](inputs, section), labels);
      markInvalid(judged.invalid);
      if (judged.invalid) {
        say("", "unread", judged);
        inputs[judged.invalid[0]].focus();
        return;
      }
      tried = true;
      solved = judged.right;
      const after = reveal();
      const kept = record(id, (before) => ({ tries: before.tries + 1, solved, hints, revealed: !help[2].hidden }));
      if (!kept) after.push(UNKEPT);
      say(judged.right ? "✓ Right." : "✗ Not yet.", judged.right ? "right" : "wrong", { ...judged, after });
      offer();
    }

    function unfold(part) {
      part.hidden = false;
      part.open = true;
      part.querySelector("summary").focus();
      record(id, (before) => ({ hints: Math.max(before.hints, hints), revealed: before.revealed || part === help[2] }));
      offer();
    }

    /** Another round: nothing answered, nothing unfolded. */
    function clear() {
      hints = 0;
      tried = solved = false;
      for (const part of help) part.hidden = true;
      verdict.replaceChildren();
      delete verdict.dataset.verdict;
      offer();
    }

    const actions = {
      hint: () => unfold(help[hints++]),
      solution: () => unfold(help[2]),
      another() {
        const drawn = drawInputs(spec, values, Math.random, calculate);
        if (!drawn) return say("", "unread", { words: ["No other numbers were found."] });
        values = calculate(drawn);
        form.reset();
        markInvalid();
        clear();
        showNumbers(shown);
        say("", "new", { words: ["Here are new numbers."] });
        fieldset.querySelector("input")?.focus();
      },
    };
    for (const [name, action] of Object.entries(actions)) button[name]?.addEventListener("click", action);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check();
    });
    for (const move of section.querySelectorAll("[data-move]")) move.addEventListener("click", () => shift(move));

    function shift(move) {
      const item = move.closest("li");
      const list = item.parentElement;
      const items = [...list.children];
      const from = items.indexOf(item);
      const to = from + Number(move.dataset.move);
      if (to < 0 || to >= items.length) return;
      list.insertBefore(item, items[to + (to > from ? 1 : 0)]);
      move.focus();
      say("", "new", { words: [`Now step ${to + 1} of ${items.length}.`] });
    }

    function showState(progress) {
      const { state: name, text } = stateOf(progress[id]);
      state.dataset.state = name;
      setText(state, name === "new" ? "" : text);
    }

    showNumbers(shown);
    markInvalid();
    clear();
    fieldset.disabled = button.check.disabled = false;
    if (button.another) button.another.disabled = false;
    section.dataset.live = "";
    section.presentValues = () => ({ ...values }); // for tests and the curious
    return showState;
  }

  // ---------------------------------------------------------------------------------------------
  // Progress on the page.

  const tally = (ids, progress) => ids.filter((id) => progress[id]?.solved).length;

  /** A line above a page's exercises, or else its first question: how many are solved. */
  function mountCount(sections) {
    const heading = global.document.querySelector("section#exercises > h2");
    // A saved page has the line already.
    const line = global.document.querySelector(".question-progress") || global.document.createElement("p");
    line.className = "question-progress";
    if (heading) heading.after(line);
    else sections[0].before(line);
    const ids = [...new Set(sections.map((section) => section.dataset.question))];
    const root = global.document.documentElement.dataset.content_root;
    return (progress) => {
      const solved = tally(ids, progress);
      line.textContent = `${solved} of ${ids.length} questions on this page solved. ${unkept ? "This browser does not keep it. " : ""}`;
      const link = Object.assign(global.document.createElement("a"), { href: `${root}chapters/progress.html`, textContent: "Your progress" });
      line.append(link, ".");
    };
  }

  /** The overview of all chapters, as progress.py writes it. */
  function mountOverview(overview) {
    if (!claim(overview)) return null;
    const status = overview.querySelector(".progress-status");
    const rows = [...overview.querySelectorAll("[data-progress]")];
    const say = (text) => { status.textContent = text; };
    const actions = {
      export() {
        const text = JSON.stringify({ version: VERSION, questions: readProgress() }, null, 1);
        const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        Object.assign(global.document.createElement("a"), { href: url, download: "backpropagation-progress.json" }).click();
        setTimeout(() => URL.revokeObjectURL(url), 1000);
        say("Exported. Keep the file, or import it in another browser.");
      },
      import: () => overview.querySelector("input[type=file]").click(),
      reset() {
        if (!global.confirm("Forget all progress in this browser? Export it first if you may want it back.")) return;
        forgetProgress();
        say("All progress is forgotten.");
      },
    };
    for (const button of overview.querySelectorAll("button[data-action]")) {
      button.disabled = false;
      button.addEventListener("click", actions[button.dataset.action]);
    }
    overview.querySelector("input[type=file]").addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (!file) return;
      try {
        const imported = importedFrom(await file.text(), rows.map((row) => row.dataset.progress));
        const none = !Object.keys(imported.progress).length;
        const kept = none || store(mergeProgress(readProgress(), imported.progress));
        if (kept) announce();
        say(kept ? importWords(imported) : "Nothing was imported: this browser's storage is full or blocked. Free some space first.");
      } catch (error) {
        say(error.message);
      }
      event.target.value = ""; // the same file may be chosen again
    });
    overview.dataset.live = "";
    return (progress) => {
      for (const row of rows) {
        const { state, text } = stateOf(progress[row.dataset.progress]);
        row.dataset.state = state;
        row.textContent = text;
      }
      for (const total of overview.querySelectorAll("[data-total]")) {
        const ids = [...total.closest("[data-group]").querySelectorAll("[data-progress]")].map((row) => row.dataset.progress);
        total.textContent = `${tally(ids, progress)} of ${ids.length} solved`;
      }
      overview.querySelector(".progress-blocked").hidden = !unkept && keepsMore();
    };
  }

  /** Everything of ours below an element; returns how to undo what outlives it. */
  function mountAll(root) {
    // Stored outputs in Jupyter stay still, as figures do; `render` mounts the widgets.
    const here = (element) => root !== global.document || !element.closest(".jp-OutputArea, .jupyter-widgets");
    const all = (selector) => [...root.querySelectorAll(selector)].filter(here);
    const sections = all("section.question");
    const refreshes = [...sections.map(mount), ...all(".progress-overview").map(mountOverview)].filter(Boolean);
    if (sections.length && root === global.document) refreshes.push(mountCount(sections));
    const refresh = () => {
      const progress = readProgress();
      for (const one of refreshes) one(progress);
    };
    refresh();
    global.document.addEventListener("backprop-progress", refresh);
    const otherTab = (event) => { if (event.key === KEY || event.key === null) refresh(); };
    global.addEventListener("storage", otherTab);
    // A page gone back to may be shown as it was left, and heard of nothing meanwhile.
    const shownAgain = (event) => { if (event.persisted) refresh(); };
    global.addEventListener("pageshow", shownAgain);
    return () => {
      global.document.removeEventListener("backprop-progress", refresh);
      global.removeEventListener("storage", otherTab);
      global.removeEventListener("pageshow", shownAgain);
    };
  }

  /** @param {{model: any, el: HTMLElement}} context  anywidget's render */
  function render({ model: widget, el }) {
    el.innerHTML = widget.get("html");
    const stop = mountAll(el);
    const release = keepKeys(el);
    return () => {
      stop();
      release();
      forget(el);
    };
  }

  global.backpropQuestions = {
    render, calculator, fair, drawInputs, judge, parseNumber, parseShape,
    readProgress, record, keepsMore, mergeProgress, importedFrom, importWords,
  };

  // In a page, once the document is there. In Jupyter, `render` mounts them.
  const start = () => mountAll(global.document);
  if (global.document.readyState === "loading") global.document.addEventListener("DOMContentLoaded", start);
  else start();
})(globalThis);
