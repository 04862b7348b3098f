// Measures examples/trends.net with several seeds, and writes the tables of docs/trends.md.
//
//     npm run trends                     seeds 0, 1 and 2
//     npm run trends -- 3 4              these seeds; the page has all that were ever measured
//     npm run trends -- page             only the page
//     npm run trends -- --engine tensorflow    computed by this engine, and not by wasm
//
// A seed has its folder of runs, runs/trends/seed-N. Finished trainings are skipped and stopped ones go on, and a seed
// is evaluated again only when a training or the file is another, so the command may be stopped and given again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportsOf, inRoot } from './sources.mjs';

const program = 'examples/trends.net';
const folder = join('runs', 'trends');
const page = 'docs/trends.md';
process.chdir(inRoot('.'));

const {
  values: { engine },
  positionals: wanted,
} = parseArgs({
  options: { engine: { type: 'string', default: 'wasm' } },
  allowPositionals: true,
});

// Ctrl-C is for netc, which finishes its step, saves, and ends this command too
process.on('SIGINT', () => {});

/** What netc prints to stdout. Its progress goes to the terminal, and its fault ends this command. */
const netc = (args, stdout = 'pipe') => {
  const { status, stdout: said } = spawnSync(process.execPath, ['dist/netc.js', ...args], {
    stdio: ['inherit', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) process.exit(status ?? 1);
  return said;
};

const runsOf = (seed) => join(folder, `seed-${seed}`);
const foundIn = (seed) => join(runsOf(seed), 'found.json');

const measure = (seed) => {
  const runs = runsOf(seed);
  const where = ['--engine', engine, '--runs', runs];
  netc(['train', '--all', program, '--seed', String(seed), ...where], 'inherit');
  const trained = JSON.parse(netc(['runs', '--runs', runs, '--json']));
  // the newest of each training, whose runs are called TRAINING-1, TRAINING-2, …
  const newest = new Map(
    trained
      .filter(({ state }) => state === 'finished')
      .sort((a, b) => a.started.localeCompare(b.started))
      .map((run) => [run.run.replace(/-\d+$/, ''), run]),
  );
  const finished = [...newest.values()];
  const made = finished.map(({ run, started, epochs, best }) => [run, started, epochs, best]);
  const key = createHash('sha256')
    .update(JSON.stringify([readFileSync(program, 'utf8'), made]))
    .digest('hex');
  const file = foundIn(seed);
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).key === key) return;
  const began = performance.now();
  const { evaluations } = JSON.parse(netc(['eval', '--all', program, '--json', ...where]));
  const found = {
    key,
    seed,
    engine,
    pictures: evaluations[0].pictures,
    seconds: {
      training: finished.reduce((sum, { seconds }) => sum + seconds, 0),
      evaluation: (performance.now() - began) / 1000,
    },
    top1: Object.fromEntries(evaluations.map(({ name, top1 }) => [name, top1])),
  };
  writeFileSync(`${file}.part`, `${JSON.stringify(found, undefined, 2)}\n`);
  renameSync(`${file}.part`, file);
};

const measured = () =>
  readdirSync(folder)
    .map((name) => /^seed-(\d+)$/.exec(name)?.[1])
    .filter((seed) => seed !== undefined && existsSync(foundIn(seed)))
    .map((seed) => JSON.parse(readFileSync(foundIn(seed), 'utf8')))
    .sort((a, b) => a.seed - b.seed);

const { withTrends } = await exportsOf('bench/trends.ts');
if (!wanted.every((word) => word === 'page' || /^\d+$/.test(word))) {
  console.error(`expected seeds, as 0 1 2, or page, and got: ${wanted.join(' ')}`);
  process.exit(2);
}
const seeds =
  wanted.length === 0 ? [0, 1, 2] : wanted.filter((word) => word !== 'page').map(Number);
const write = () => writeFileSync(page, withTrends(readFileSync(page, 'utf8'), measured()));
for (const seed of seeds) {
  measure(seed);
  write();
}
if (seeds.length === 0) write();
