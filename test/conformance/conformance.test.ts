/**
 * Every engine that is here, or those of them that NETC_ENGINES names, compared with the float64 references, in one table.
 * It runs as `npm run conformance`, which prints the table (NETC_CONFORMANCE=brief leaves out what takes long); with NETC_UPDATE=1 it is written into docs/engines.md too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { engines } from '../../src/runtime/engines/engines.ts';
import { node } from '../../src/runtime/node/host.ts';
import { parts } from './parts.ts';

const page = 'docs/engines.md';
const [begin, end] = ['<!-- conformance -->\n', '<!-- end of conformance -->'];

const table = (rows: readonly (readonly string[])[]): string => {
  const [head, ...rest] = rows.map((row) => `| ${row.join(' | ')} |`);
  return [head, `| --- |${' ---: |'.repeat(rows[0]!.length - 1)}`, ...rest].join('\n');
};

it.runIf(process.env['NETC_CONFORMANCE'] !== undefined)('computes what it should', async () => {
  const here: LoadedEngine[] = [];
  const asked = process.env['NETC_ENGINES']?.split(',');
  for (const engine of engines.filter(({ name }) => asked?.includes(name) ?? true)) {
    const loaded = await engine.load(node);
    if (E.isRight(loaded)) here.push(loaded.right);
    else if (asked === undefined) console.log(`${engine.name} is not here: ${loaded.left.reason}`);
    else throw new Error(`${engine.name} was asked for: ${loaded.left.reason}`);
  }
  const rows: string[][] = [['', 'cases', ...here.map(({ name }) => name)]];
  let worst = 0;
  const brief = process.env['NETC_CONFORMANCE'] === 'brief';
  for (const { name, distances, long } of parts) {
    if (brief && long === true) {
      console.log(`left out: ${name}`);
      continue;
    }
    const all = [];
    for (const on of here) all.push(await distances(on));
    const most = all.map((each) => each.reduce((a, b) => Math.max(a, b), 0));
    worst = Math.max(worst, ...most);
    rows.push([name, String(all[0]?.length ?? 0), ...most.map((n) => n.toFixed(3))]);
  }
  const versions = here.map(({ name, version }) => `${name}: ${version}`).join('; ');
  const text = `${table(rows)}\n\n${versions}; Node ${process.versions.node}.\n`;
  console.log(text);
  if (process.env['NETC_UPDATE'] !== undefined) {
    const whole = readFileSync(page, 'utf8');
    const [from, to] = [whole.indexOf(begin) + begin.length, whole.indexOf(end)];
    writeFileSync(page, `${whole.slice(0, from)}\n${text}\n${whole.slice(to)}`);
  }
  expect(worst).toBeLessThanOrEqual(1);
});
