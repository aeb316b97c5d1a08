/**
 * The reader's progress, in the browser's own storage and in files.
 */

const KEY = "backpropagation-live";

/** Of the form. What an entry gains, as the drawn numbers, is no new one: who knows nothing of it passes over it. */
const VERSION = 1;

/** @type {Entry} */
const NEW = { tries: 0, solved: false, hints: 0, revealed: false };

/** Parts of a page tell each other by this event, with what the browser could not keep. */
const PROGRESS = "livetext-progress";

/**
 * Read again before each change: another tab may have written. What the browser cannot keep lasts as
 * long as the store.
 * @param {Map<string, string>} [renamed]  the ids of today by those of earlier editions
 * @returns {ProgressStore}
 */
function progressStore(renamed = new Map()) {
  /** @type {Progress | null} */
  let unkept = null;

  function read() {
    let text = null;
    try {
      text = localStorage.getItem(KEY);
    } catch {
      // Blocked: there is only what this page knows.
    }
    return underNewIds(mergeProgress(readable(text) ?? {}, unkept ?? {}), renamed);
  }

  /** @param {Progress} progress */
  function keep(progress) {
    try {
      putAside();
      localStorage.setItem(KEY, JSON.stringify({ version: VERSION, questions: progress }));
    } catch {
      return false;
    }
    unkept = null;
    return true;
  }

  const announce = () => document.dispatchEvent(new CustomEvent(PROGRESS, { detail: unkept }));

  return {
    get unkept() {
      return unkept;
    },
    read,
    record(id, change) {
      const progress = read();
      const before = progress[id] ?? NEW;
      const entry = { ...before, solved: false, ...change(before) };
      // Once solved it stays so, as well as it was ever solved; its numbers are always the last ones.
      const best = before.solved ? further(before, entry) : entry;
      const after = { ...progress, [id]: { ...best, drawn: entry.drawn } };
      const kept = keep(after);
      if (!kept) unkept = after;
      announce();
      return kept;
    },
    merge(progress) {
      const kept = keep(mergeProgress(read(), progress));
      if (kept) announce();
      return kept;
    },
    forget() {
      unkept = null;
      try {
        putAside();
        localStorage.removeItem(KEY);
      } catch {
        // Blocked: there was nothing.
      }
      announce();
    },
    keepsMore() {
      try {
        localStorage.setItem(`${KEY}-room`, "-".repeat(200));
        localStorage.removeItem(`${KEY}-room`);
        return true;
      } catch {
        return false;
      }
    },
    hear(others) {
      unkept = others;
    },
  };
}

/** What we cannot read may still be of use: a later edition wrote it, say. Nothing put aside is overwritten. */
function putAside() {
  const before = localStorage.getItem(KEY);
  if (before === null || readable(before)) return;
  for (let n = 1; ; n++) {
    const key = n === 1 ? `${KEY}-unread` : `${KEY}-unread-${n}`;
    const there = localStorage.getItem(key);
    if (there === null) localStorage.setItem(key, before);
    if (there === null || there === before) return;
  }
}

/**
 * @param {string | null} text
 * @returns {Progress | null}  null where it cannot be read, or there is none
 */
function readable(text) {
  if (text === null) return null;
  try {
    return known(parseProgress(text));
  } catch {
    return null;
  }
}

/** @param {[string, Entry | null][]} entries */
const known = (entries) =>
  /** @type {Progress} */ (Object.fromEntries(entries.filter(([, entry]) => entry)));

/**
 * The entries of a text that this page, or an earlier edition of it, has written.
 * @param {string} text
 * @returns {[string, Entry | null][]}  null for what is no entry
 * @throws {Error} with a sentence for the reader
 */
function parseProgress(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error(
      "This is not a file of progress: it holds no JSON. Choose a file that this page exported.",
    );
  }
  const { version, questions } = data ?? {};
  const mapping = typeof questions === "object" && questions !== null && !Array.isArray(questions);
  if (version !== VERSION || !mapping) {
    throw new Error("This is not a file of progress. Choose a file that this page exported.");
  }
  return Object.entries(questions).map(([id, entry]) => [id, entryOf(entry)]);
}

/**
 * @param {any} entry
 * @returns {Entry | null}
 */
function entryOf(entry) {
  const { tries, solved, hints, revealed } = entry ?? {};
  const counted = [tries, hints].every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!counted || typeof solved !== "boolean" || typeof revealed !== "boolean") return null;
  const read = { tries, solved, hints: Math.min(hints, 2), revealed };
  const drawn = inputsOf(entry.drawn);
  return drawn ? { ...read, drawn } : read;
}

/**
 * @param {any} drawn
 * @returns {Inputs | null}  null where it is not what a question draws
 */
function inputsOf(drawn) {
  if (typeof drawn !== "object" || drawn === null) return null;
  const numbers = Object.values(drawn).every(
    (list) => Array.isArray(list) && list.every((v) => Number.isFinite(v)),
  );
  return numbers ? drawn : null;
}

/** Characters of a file; ours have some thousand. */
const LARGEST = 1e6;

/**
 * What a file brings: progress in this book's questions, and what is left out of it.
 * @param {string} text
 * @param {string[]} ids  of the book's questions
 * @param {Map<string, string>} [renamed]  the ids of today by those of earlier editions
 * @returns {{progress: Progress, unknown: string[], unread: string[]}}
 * @throws {Error} with a sentence for the reader
 */
function importedFrom(text, ids, renamed = new Map()) {
  if (text.length > LARGEST) {
    throw new Error(
      "This is not a file of progress: it is too large. Choose a file that this page exported.",
    );
  }
  const entries = parseProgress(text);
  /** @param {string} id */
  const isOurs = (id) => ids.includes(renamed.get(id) ?? id);
  const ours = entries.filter(([id]) => isOurs(id));
  /** @param {[string, unknown][]} some */
  const names = (some) => some.map(([id]) => id);
  return {
    progress: underNewIds(known(ours), renamed),
    unknown: names(entries.filter(([id]) => !isOurs(id))),
    unread: names(ours.filter(([, entry]) => !entry)),
  };
}

/**
 * "a, b and 7 more": names from a file, of which there may be many and long ones.
 * @param {string[]} names
 */
function listed(names) {
  const some = names
    .slice(0, 5)
    .map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name))
    .join(", ");
  return names.length > 5 ? `${some} and ${names.length - 5} more` : some;
}

/**
 * What to say of an import.
 * @param {ReturnType<typeof importedFrom>} imported
 */
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

/** @param {Entry} entry */
const rank = ({ solved, hints, revealed }) => (solved ? (hints || revealed ? 1 : 2) : 0);

/**
 * Of two entries the one that is further.
 * @param {Entry | undefined} a
 * @param {Entry | undefined} b
 */
function further(a, b) {
  if (!a || !b) return a ?? b ?? NEW; // an entry that nothing was tried of has its numbers, too
  if (rank(a) !== rank(b)) return rank(a) > rank(b) ? a : b;
  return a.tries > b.tries ? a : b;
}

/**
 * @param {Progress} a
 * @param {Progress} b
 * @returns {Progress}
 */
function mergeProgress(a, b) {
  const ids = [...Object.keys(a), ...Object.keys(b)];
  return Object.fromEntries(ids.map((id) => [id, further(a[id], b[id])]));
}

/**
 * What was stored under an earlier id is the question's of today.
 * @param {Progress} progress
 * @param {Map<string, string>} renamed
 * @returns {Progress}
 */
function underNewIds(progress, renamed) {
  /** @type {Map<string, Entry>} */
  const found = new Map();
  for (const [old, entry] of Object.entries(progress)) {
    const id = renamed.get(old) ?? old;
    found.set(id, further(found.get(id), entry));
  }
  return Object.fromEntries(found);
}

/**
 * The ids of today by those of earlier editions, as questions and the overview name them.
 * @param {ParentNode} root
 * @returns {Map<string, string>}
 */
const renamedIn = (root) =>
  new Map(
    all(root, "[data-aliases]").flatMap(({ dataset: { aliases = "", question, progress } }) =>
      aliases.split(" ").map((old) => [old, question ?? progress ?? ""]),
    ),
  );

/** @param {Entry | undefined} entry */
function stateOf(entry) {
  if (!entry?.tries) return { state: "new", text: "not tried yet" };
  if (!entry.solved) return { state: "tried", text: "tried" };
  return entry.hints || entry.revealed
    ? { state: "helped", text: "✓ solved with help" }
    : { state: "solved", text: "✓ solved" };
}
