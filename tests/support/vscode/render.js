// Renders Markdown cells as VS Code does in a notebook: a JSON list of sources comes in, one of HTML goes out.
import { readFileSync } from "node:fs";
import katex from "@vscode/markdown-it-katex";
import MarkdownIt from "markdown-it";

// The options of its extensions markdown-language-features and markdown-math.
const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.use(katex.default ?? katex, {
  globalGroup: true,
  enableBareBlocks: true,
  enableFencedBlocks: true,
});

const sources = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(sources.map((source) => markdown.render(source))));
