// Runs every bench/*.ts that exports `rows()` and prints one table. `npm run bench -- check` runs one file.
//
// A row is { name, value, unit, target }; the target is `<= 350`, `>= 2`, or empty. The ratio is value /
// target: up to 1 is good for the first, from 1 on for the second.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildThreads } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);

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

const lines = [['', 'value', 'target', 'ratio']];
let missed = 0;
for (const file of files) {
  const module = await import(pathToFileURL(join(outdir, file.replace('.ts', '.mjs'))).href);
  if (typeof module.rows !== 'function') continue;
  for (const { name, value, unit, target } of await module.rows()) {
    const [, sign, bound] = /^([<>])=\s*(\S+)$/.exec(target) ?? [];
    const limit = Number(bound);
    const good = sign === undefined || (sign === '<' ? value <= limit : value >= limit);
    if (!good) missed++;
    lines.push([
      `${basename(file, '.ts')}: ${name}`,
      `${number(value)} ${unit}`.trim(),
      target,
      sign === undefined ? '' : `${number(value / limit)}${good ? '' : '  missed'}`,
    ]);
  }
}
const widths = [0, 1, 2].map((i) => Math.max(...lines.map((line) => line[i].length)));
for (const [name, value, target, ratio] of lines)
  console.log(
    `${name.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${target.padStart(widths[2])}  ${ratio}`.trimEnd(),
  );
if (missed > 0) {
  console.log(`\n${missed} missed`);
  process.exitCode = 1;
}
