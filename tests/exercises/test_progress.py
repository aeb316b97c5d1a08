"""Progress in a browser's storage, which may be full, blocked, or hold what is not ours; and in files."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from backprop_book.exercises.bank import QUESTIONS
from support.page_scripts import Scripts, page_scripts

IDS = [*QUESTIONS]

# A storage with so many characters of room.
STORAGE = """
globalThis.storage = (room, texts) => {
  const entries = new Map(Object.entries(texts));
  const size = () => [...entries].reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  globalThis.localStorage = {
    texts: () => Object.fromEntries(entries),
    getItem: (key) => entries.get(key) ?? null,
    removeItem: (key) => entries.delete(key),
    setItem(key, text) {
      const before = entries.get(key);
      entries.set(key, text);
      if (size() <= room) return;
      if (before === undefined) entries.delete(key);
      else entries.set(key, before);
      throw new Error("QuotaExceededError");
    },
  };
};
globalThis.progress = livetext.progressStore();
globalThis.tell = (id, solved) => {
  const kept = progress.record(id, ({ tries }) => ({ tries: tries + 1, solved }));
  return [kept, progress.read(), localStorage.texts()];
};
"""
KEY = "backpropagation-live"


@pytest.fixture
def scripts() -> Iterator[Scripts]:
    with page_scripts() as loaded:
        loaded.v8.eval(STORAGE)
        yield loaded


def entry(**changes: Any) -> dict[str, Any]:
    return {"tries": 1, "solved": True, "hints": 0, "revealed": False} | changes


def test_what_is_kept_is_called_kept_and_nothing_is_lost(scripts: Scripts) -> None:
    """In storages of any size, beside any other text: the page knows all that happened on it."""
    rng = random.Random(2)
    full = 0
    for _ in range(100):
        foreign = rng.choice(["", '{"version": 9}', "not ours", '{"version": 1, "questions": []}'])
        aside = {f"{KEY}-unread": "old"} if rng.random() < 0.5 else {}
        texts = aside | ({KEY: foreign} if foreign else {})
        room = sum(len(k) + len(t) for k, t in texts.items()) + rng.randint(0, 700)
        scripts.v8.eval(f"storage({room}, {json.dumps(texts)})")
        known: dict[str, Any] = {}
        for _ in range(6):
            id, solved = rng.choice(IDS), rng.random() < 0.5
            kept, progress, stored = scripts.eval(f"tell({json.dumps(id)}, {json.dumps(solved)})")
            before = known.get(id, False)
            known[id] = before or solved
            assert {name: e["solved"] for name, e in progress.items() if name in known} == known
            ours = stored.get(KEY, "")
            in_store = json.loads(ours)["questions"] if ours and ours != foreign else {}
            assert kept == ({name: e["solved"] for name, e in in_store.items()} == known)
            for text in (foreign, *aside.values()):
                assert not text or text in stored.values(), "what cannot be read is put aside"
            full += not kept
        # The other page of this browser begins with what is stored, and says whether more has room.
        if not kept:
            assert not scripts.eval("progress.keepsMore()")
        scripts.v8.eval("localStorage.removeItem('backpropagation-live'); storage(1e6, {})")
        scripts.eval(f"tell({json.dumps(IDS[0])}, true)")  # what this page still knows is kept now
        scripts.v8.eval("storage(1e6, {})")
        assert scripts.eval("progress.read()") == {}
    assert 50 < full < 500


BROKEN = [None, 5, "solved", [], {}, {"tries": 1}, *(
    entry(**{name: value})
    for name, value in (
        ("tries", -1), ("tries", 1.5), ("tries", "3"), ("tries", 1e300), ("solved", "yes"), ("solved", 1),
        ("hints", None), ("hints", -2), ("revealed", 0), ("revealed", None),
    )
)]  # fmt: skip
STRANGE = [
    "other",
    "one-layer-stepp",
    "__proto__",
    "constructor",
    "",
    "ONE-LAYER-STEP",
    "<b>",
    "x" * 500,
]


def test_a_file_s_entries_are_taken_or_named(scripts: Scripts) -> None:
    rng = random.Random(6)
    for _ in range(200):
        good = {id: entry(tries=rng.randint(0, 9)) for id in rng.sample(IDS, rng.randint(0, 4))}
        others = [id for id in IDS if id not in good]
        bad = {id: rng.choice(BROKEN) for id in rng.sample(others, rng.randint(0, 3))}
        unknown = {id: rng.choice([entry(), None]) for id in rng.sample(STRANGE, rng.randint(0, 8))}
        questions = [*(good | bad | unknown).items()]
        rng.shuffle(questions)
        text = json.dumps({"version": 1, "questions": dict(questions)})
        found = scripts.eval(f"livetext.importedFrom({json.dumps(text)}, {json.dumps(IDS)})")
        assert found["progress"] == good
        assert sorted(found["unread"]) == sorted(bad)
        assert sorted(found["unknown"]) == sorted(unknown)
        said = scripts.eval(f"livetext.importWords({json.dumps(found)})")
        assert len(said) < 700
        assert said.startswith(
            "Imported" if good or not (bad or unknown) else "Nothing was imported."
        )
        assert ("no question named" in said) == bool(unknown)
        assert all(id in said for id in bad)


def test_drawn_numbers_are_kept_with_the_progress(scripts: Scripts) -> None:
    """Whatever comes after them, also what is less than was reached before; and they come out of a file again."""
    scripts.v8.eval("storage(1e6, {})")
    record = "progress.record('one-layer-step', () => ({}))"
    for change in ('{"tries": 1, "solved": true}', '{"drawn": {"w": [2]}}', '{"tries": 2}'):
        assert scripts.eval(record.replace("{}", change))
    kept = scripts.eval("progress.read()")
    assert kept == {"one-layer-step": entry(drawn={"w": [2]})}
    text = scripts.eval("localStorage.getItem('backpropagation-live')")
    assert json.loads(text)["version"] == 1
    found = scripts.eval(f"livetext.importedFrom({json.dumps(text)}, {json.dumps(IDS)})")
    assert found["progress"] == kept


@pytest.mark.parametrize("drawn", [None, 5, "w", [1], {"w": 1}, {"w": [1, "2"]}, {"w": [None]}])
def test_what_no_question_draws_is_left_out(scripts: Scripts, drawn: Any) -> None:
    text = json.dumps({"version": 1, "questions": {IDS[0]: entry(drawn=drawn)}})
    found = scripts.eval(f"livetext.importedFrom({json.dumps(text)}, {json.dumps(IDS)})")
    assert found["progress"] == {IDS[0]: entry()}


def test_progress_without_drawn_numbers_is_read(scripts: Scripts) -> None:
    old = json.dumps({"version": 1, "questions": {IDS[0]: entry(tries=3)}})
    scripts.v8.eval(f"storage(1e6, {{ '{KEY}': {json.dumps(old)} }})")
    assert scripts.eval("progress.read()") == {IDS[0]: entry(tries=3)}
    _, progress, stored = scripts.eval(f"tell({json.dumps(IDS[1])}, false)")
    assert progress == {IDS[0]: entry(tries=3), IDS[1]: entry(solved=False)}
    assert list(stored) == [KEY], "nothing was put aside"


@pytest.mark.parametrize(
    "text",
    [
        *("", "no json", "[]", "5", "null", "{}", '{"version": 9, "questions": {}}'),
        *('{"version": 1}', '{"version": 1, "questions": null}', '{"version": 1, "questions": []}'),
        json.dumps({"version": 1, "questions": {"x" * 1_000_000: None}}),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_file_of_progress_is_refused(scripts: Scripts, text: str) -> None:
    said = scripts.eval(
        f"(() => {{ try {{ livetext.importedFrom({json.dumps(text)}, []); return ''; }}"
        " catch (error) { return error.message; } })()"
    )
    assert said.startswith("This is not a file of progress")


def test_progress_under_an_earlier_id_counts(scripts: Scripts) -> None:
    """Read, kept and imported under the id of today; of two, the one that is further."""
    stored = {"old": entry(), "older": entry(solved=False, tries=5), "other": entry(tries=2)}
    texts = {KEY: json.dumps({"version": 1, "questions": stored})}
    scripts.v8.eval(f"storage(1e6, {json.dumps(texts)})")
    scripts.v8.eval("""
      var renamed = new Map([["old", "new"], ["older", "new"]]);
      globalThis.progress = livetext.progressStore(renamed);
    """)
    assert scripts.eval("progress.read()") == {"new": entry(), "other": entry(tries=2)}
    after = scripts.eval("tell('new', false)")[1]
    assert after == {"new": entry(), "other": entry(tries=2)}  # solved it stays
    assert scripts.eval("tell('third', true)")[1] == {**after, "third": entry()}
    assert json.loads(scripts.eval("localStorage.texts()")[KEY])["questions"] == {
        **after,
        "third": entry(),
    }
    text = json.dumps({"version": 1, "questions": {**stored, "new": entry(tries=9)}})
    found = scripts.eval(f"livetext.importedFrom({json.dumps(text)}, ['new'], renamed)")
    assert found == {"progress": {"new": entry(tries=9)}, "unknown": ["other"], "unread": []}
