// Runs every bench/*.ts that exports `rows()` and prints one table. `npm run bench -- check` runs one file.
//
// A row is { name, value, unit, target, how }; the target is `<= 350`, `>= 2`, or empty. The ratio is value /
// target: up to 1 is good for the first, from 1 on for the second. `--json` prints all rows as data.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildThreads } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const asked = process.argv.slice(2);
const asJson = asked.includes('--json');
const wanted = asked.filter((name) => name !== '--json');

const files = readdirSync(join(root, 'bench')).filter(
  (file) => file.endsWith('.ts') && (wanted.length === 0 || wanted.includes(basename(file, '.ts'))),
);

const outdir = join(root, 'build', 'bench');
mkdirSync(outdir, { recursive: true });
await build({
  absWorkingDir: root,
  // those who race in processes of their own are started from there
  entryPoints: [...new Set([...files, 'alone.ts'])].map((file) => `bench/${file}`),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
});

await buildThreads();
// a program looks for them beside itself
for (const thread of ['data-worker.js', 'tensorflow-worker.js', 'wasm-worker.js'])
  copyFileSync(join(root, 'build', thread), join(outdir, thread));

const number = (n) => (n >= 100 ? n.toFixed(0) : n.toPrecision(3));

const lines = [['', 'value', 'target', 'how', 'ratio']];
const all = [];
let missed = 0;
for (const file of files) {
  const module = await import(pathToFileURL(join(outdir, file.replace('.ts', '.mjs'))).href);
  if (typeof module.rows !== 'function') continue;
  for (const { name, value, unit, target, how = '' } of await module.rows()) {
    const [, sign, bound] = /^([<>])=\s*(\S+)$/.exec(target) ?? [];
    const limit = Number(bound);
    const good = sign === undefined || (sign === '<' ? value <= limit : value >= limit);
    if (!good) missed++;
    all.push({ file: basename(file, '.ts'), name, value, unit, target, how, good });
    lines.push([
      `${basename(file, '.ts')}: ${name}`,
      `${number(value)} ${unit}`.trim(),
      target,
      how,
      sign === undefined ? '' : `${number(value / limit)}${good ? '' : '  missed'}`,
    ]);
  }
}
const table = () => {
  const widths = [0, 1, 2, 3].map((i) => Math.max(...lines.map((line) => line[i].length)));
  for (const [name, value, target, how, ratio] of lines)
    console.log(
      [
        name.padEnd(widths[0]),
        value.padStart(widths[1]),
        target.padStart(widths[2]),
        how.padEnd(widths[3]),
        ratio,
      ]
        .join('  ')
        .trimEnd(),
    );
  if (missed > 0) console.log(`\n${missed} missed`);
};
if (asJson) console.log(JSON.stringify(all, undefined, 2));
else table();
if (missed > 0) process.exitCode = 1;
