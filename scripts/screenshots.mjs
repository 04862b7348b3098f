// Writes the pictures of docs/editor.md: programs as an editor shows them, made of what the real server answers, and
// Neovim in a real terminal. Needs Chromium, and for the latter tmux and nvim.
//
//   npm run build && npm run screenshots
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  caret,
  coloursOf,
  float,
  hint,
  markdown,
  menu,
  pageOf,
  painted,
} from './screenshots/page.mjs';
import { scenes } from './screenshots/scenes.mjs';
import { serverFor } from './screenshots/server.mjs';
import { terminalPage } from './screenshots/terminal.mjs';
import { exportsOf, inRoot } from './sources.mjs';

const { engine, tokensBy } = await exportsOf('test/editor/tokens.ts');
const grammar = inRoot('editors/vscode/syntaxes/net.tmLanguage.json');
const wasm = readFileSync(createRequire(import.meta.url).resolve(engine));
const scopesOf = await tokensBy(readFileSync(grammar, 'utf8'), wasm);
const folder = mkdtempSync(join(tmpdir(), 'netc-pictures-'));
const chromium = process.env.CHROMIUM ?? 'chromium';

/** Takes a picture of a page, twice as fine as the page says. */
const take = async (name, html, width, height) => {
  const [page, picture] = [`${name}.html`, `${name}.png`].map((file) => join(folder, file));
  writeFileSync(page, html);
  const options = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
    ...['--force-device-scale-factor=2', `--window-size=${width},${height}`],
    `--screenshot=${picture}`,
  ];
  execFileSync(chromium, [...options, `file://${page}`], { stdio: 'pipe' });
  await sharp(picture)
    .png({ palette: true, effort: 10 })
    .toFile(inRoot(`docs/pictures/${name}.png`));
  console.log(`docs/pictures/${name}.png`);
};

/** The tokens of the protocol, which counts from the token before. */
const decoded = ({ data }, { tokenTypes }) => {
  const lines = [];
  let [line, start] = [0, 0];
  for (let i = 0; i < data.length; i += 5) {
    start = data[i] === 0 ? start + data[i + 1] : data[i + 1];
    line += data[i];
    (lines[line] ??= []).push({ start, length: data[i + 2], type: tokenTypes[data[i + 3]] });
  }
  return lines;
};

const paint = (code) =>
  code
    .split('\n')
    .map((line) => painted(line, coloursOf(scopesOf(line)[0], [])))
    .join('\n');

/** What stands in a line, in columns. */
const within = ({ start, end }, line) => ({
  start: start.line < line ? 0 : start.character,
  end: end.line > line ? Infinity : end.character,
});

/** The titles above the lines that have any. */
const lensesOf = async (server) => {
  const titles = new Map();
  for (const lens of await server.ask('codeLens')) {
    const { range, command } = lens.command ? lens : await server.resolve('codeLens/resolve', lens);
    titles.set(range.start.line, [...(titles.get(range.start.line) ?? []), command.title]);
  }
  return titles;
};

/** What floats at the cursor. */
const floating = {
  hover: async (server, position) => {
    const { contents } = await server.ask('hover', { position });
    return float('card', markdown(contents.value, paint));
  },
  fixes: async (server, position, diagnostics) => {
    const range = diagnostics[0]?.range ?? { start: position, end: position };
    const actions = await server.ask('codeAction', { range, context: { diagnostics } });
    const [{ message }] = diagnostics;
    const rows = actions.slice(0, 4).map(({ title }) => [title]);
    return float(
      'card',
      `${markdown(message.replaceAll('\n', '\n\n'), paint)}<hr><div class="menu" style="margin:0 -14px -4px;width:auto">${menu(rows)}</div>`,
    );
  },
  completion: async (server, position) => {
    const { items } = await server.ask('completion', { position });
    const rows = items
      .slice(0, 7)
      .map((item) => [
        `\`${item.textEdit?.newText ?? item.label}\``,
        item.labelDetails?.description ?? item.detail,
      ]);
    return float('menu', menu(rows));
  },
};

for (const { name, file, shows, text: marked, below } of scenes) {
  const at = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const before = marked.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before.at(-1).length };
  const server = await serverFor(file, text);
  const end = { line: text.split('\n').length, character: 0 };
  const hints = await server.ask('inlayHint', { range: { start: { line: 0, character: 0 }, end } });
  const { items: diagnostics } = await server.ask('diagnostic');
  const tokens = decoded(await server.ask('semanticTokens/full'), server.legend);
  const lenses = await lensesOf(server);
  const shown = await floating[shows](server, position, diagnostics);
  server.close();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line, i) => ({
      text: line,
      colours: coloursOf(scopesOf(line)[0], tokens[i] ?? []),
      lens: lenses.get(i)?.join('   |   '),
      marks: diagnostics.flatMap(({ range, relatedInformation = [] }) => [
        ...(range.start.line <= i && i <= range.end.line
          ? [{ kind: 'error', ...within(range, i) }]
          : []),
        ...relatedInformation
          .filter(({ location }) => location.range.start.line === i)
          .map(({ location }) => ({ kind: 'place', ...within(location.range, i) })),
      ]),
      inserts: [
        ...(i === position.line ? [{ at: position.character, html: caret + shown }] : []),
        ...hints
          .filter((one) => one.position.line === i)
          .map((one) => ({
            at: one.position.character,
            html: hint(one.label[0].value ?? one.label),
          })),
      ],
    }));
  const height =
    58 + 24 * (lines.length + below) + 22 * lenses.size - 24 * (lines.length - position.line - 1);
  await take(name, pageOf(file, lines), 900, Math.max(height, 72 + 24 * lines.length));
}
await terminalPage(folder, (html, width, height) => take('neovim', html, width, height));
rmSync(folder, { recursive: true });
