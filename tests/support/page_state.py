"""Questions to a page: are its formulas drawn, has their font come, where can one search?"""

UNDRAWN = """() => [...document.querySelectorAll(".math")].filter((math) => {
  const svg = math.querySelector("svg");
  if (!svg || !math.querySelector("math")) return true;
  const box = svg.getBoundingClientRect();
  const seen = math.checkVisibility(); // hints and solutions wait until they are asked for
  return (seen && !(box.width > 0 && box.height > 0)) || !svg.querySelector("text, rect, path");
}).map((math) => math.outerHTML.slice(0, 200))"""
# Formulas are written in a font that the styles carry. A browser reads it once it is asked for.
HAS_FONT = """() => {
  const face = [...document.fonts].find(({ family }) => family.includes("Book Math"));
  face?.load();
  return face?.status === "loaded";
}"""
SEARCHES = """() => [...document.querySelectorAll(
  "input[type=search], .search-button-field, .search-button, form[role=search], form.bd-search"
)].filter((e) => e.checkVisibility() && !e.parentElement.closest("form[role=search], form.bd-search"))
  .map((e) => e.outerHTML.slice(0, 120))"""
