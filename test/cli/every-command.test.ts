/**
 * No command ends in a bug of netc, whatever the program. The fixtures of the checker are odd programs, and random ones
 * are sound; `NETC_DEEP=1` takes all of them and the examples, `NETC_PROGRAMS=FOLDER` those of a folder.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { phases } from '../../src/phase.ts';
import { passTable } from '../../src/rewrite/passes.ts';
import { writeNpy } from '../../src/runtime/files/arrays.ts';
import { randomFrom, randomProgram, written } from '../typecheck/random-programs.ts';
import { main, splitFiles, type Texts } from '../typecheck/program.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const given = process.env['NETC_PROGRAMS'];
const root = fileURLToPath(new URL('../../', import.meta.url));
const folderOf = (name: string): string => join(root, name);
const netsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.net'))
    .map((name) => join(folder, name));

let folder: string;
beforeAll(() => {
  folder = newFolder({});
});
afterAll(() => removeFolder(folder));

const passes = passTable.map(({ name }) => name);
const someNets = deep ? 5 : 1;
const somePasses = deep ? passes : ['fc_to_conv'];

const withWeights = (net: string): readonly string[] => [
  `weights init main.net --net ${net} -o w.st`,
  `weights show w.st --json`,
  `compile main.net --net ${net} --weights w.st -o out`,
  `run main.net --net ${net} --weights w.st --input x.npy --output y.npy --engine cpu`,
  `weights export main.net w.st --net ${net} -o t.st`,
  `weights rewrite main.net --net ${net} --weights w.st --pass ${passes.join(' --pass ')} -o r.st`,
];

/** Every command on `main.net`; those that need a net, on each of them or on the first. */
const commands = (nets: readonly string[], wide: boolean): readonly string[] => [
  'check main.net',
  'check main.net --json --sizes --types --time',
  'check main.net --format sarif',
  'verify main.net --instances 3',
  'dump main.net --after parse',
  'dump main.net --after check',
  'diff main.net main.net',
  ...[...nets.slice(0, someNets), 'Absent'].flatMap((net) => [
    `summary main.net --net ${net}`,
    `summary main.net --net ${net} --json --batch 2 --input 16x16`,
    `compile main.net --net ${net} --diagram -o out`,
    `compile main.net --net ${net} --input 16x17 -o out`,
    `run main.net --net ${net} --input v.npy --engine cpu`,
    ...(wide ? [] : withWeights(net)),
    ...Object.keys(phases)
      .filter((phase) => !['parse', 'check'].includes(phase))
      .map((phase) => `dump main.net --net ${net} --after ${phase}`),
    ...somePasses.map((pass) => `dump main.net --net ${net} --after rewrite --pass ${pass}`),
    `dump main.net --net ${net} --after plan --pass fc_to_conv`,
  ]),
];

/** Puts the files of a program, those that it may import and inputs into the folder; gives the nets of the program. */
const lay = (files: Texts): readonly string[] => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  for (const path of netsIn(folderOf('examples'))) copyFileSync(path, join(folder, basename(path)));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  writeNpy(join(folder, 'x.npy'), { shape: [1, 8, 8, 3], data: new Float32Array(192).fill(0.5) });
  writeNpy(join(folder, 'v.npy'), { shape: [1, 3], data: new Float32Array(3).fill(0.5) });
  return Array.from((files.get(main) ?? '').matchAll(/^net (\w+)/gm), ([, name]) => name!);
};

/** The first command that ends in another way than with 0 to 3; `undefined` where none does. */
const bugIn = async (nets: readonly string[], wide: boolean): Promise<string | undefined> => {
  for (const line of commands(nets, wide)) {
    try {
      const { code, err } = await netc(folder, ...line.split(' '));
      if (code > 3 || /^\s+at .*:\d+:\d+\)?$/m.test(err)) return `netc ${line}: ${code}\n${err}`;
    } catch (thrown) {
      return `netc ${line}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
    }
  }
  return undefined;
};

/** A program that a seed stands for. */
const random = (seed: number): string => {
  const program = randomProgram(randomFrom(seed)(2 ** 31));
  return written(
    program,
    program.steps.map((step) => step.text),
  );
};

const fixtures = netsIn(folderOf('test/cases/check')).filter((_, i) => deep || i % 80 === 7);
const examples = deep ? netsIn(folderOf('examples')) : [];
const others = given === undefined ? [] : netsIn(given);

it.each<readonly [name: string, text: string]>([
  ['many groups', 'net N : [1, 1, 200] -> _ { conv(1, 200, groups = 100) }'],
  ...Array.from({ length: deep ? 100 : 1 }, (_, i) => [`random ${i}`, random(i)] as const),
  ...[...fixtures, ...others].map((path) => [basename(path), readFileSync(path, 'utf8')] as const),
  // their weights are large files
  ...examples.map((path) => [`wide ${basename(path)}`, readFileSync(path, 'utf8')] as const),
])('%s', { timeout: 300_000 }, async (name, text) => {
  expect(await bugIn(lay(splitFiles(text)), name.startsWith('wide '))).toBe(undefined);
});
