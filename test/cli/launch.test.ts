/** The start of netc: what V8 made of the program is kept, used, and never trusted to be there. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';

let folder: string;
const dist = (...names: readonly string[]): string => join(folder, 'dist', ...names);
const keptFiles = (): readonly string[] => readdirSync(dist()).filter((n) => n.includes('.v8-'));
/** What is kept for commands; a server has a file of its own. */
const kept = (): string => dist(keptFiles().find((name) => name.endsWith('-command'))!);
const { NODE_OPTIONS: _, ...plain } = process.env;
const check = (env: NodeJS.ProcessEnv = plain, file = 'n.net') => {
  const args = [dist('netc.js'), 'check', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env });
  return { status, out: String(stdout), err: String(stderr) };
};
const fine = { status: 0, out: '', err: 'n.net: 1 net, no errors\n' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netc-launch-'));
  writeFileSync(join(folder, 'n.net'), 'net N : [8, 8, 3] -> [8, 8, 4] { conv3-4 }\n');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
beforeEach(() => {
  rmSync(dist(), { recursive: true, force: true });
  cpSync(inject('built'), dist(), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['-command', ['--heap-growing-percent=60']],
  ['-server', ['--heap-growing-percent=60', '--interrupt-budget=660000']],
])('what the build kept is what V8 takes: %s', (kind, flags) => {
  expect(keptFiles()).toHaveLength(2);
  const path = dist(keptFiles().find((name) => name.endsWith(kind))!);
  const bundle = path.replace(/\.v8-.*/, '');
  const script = `
    ${JSON.stringify(flags)}.forEach((flag) => require('node:v8').setFlagsFromString(flag));
    const [text, cachedData] = [${JSON.stringify(bundle)}, ${JSON.stringify(path)}].map((f) => require('node:fs').readFileSync(f));
    const { cachedDataRejected } = new (require('node:vm').Script)(text.toString(), { cachedData });
    console.log(cachedDataRejected);`;
  expect(String(spawnSync(process.execPath, ['--eval', script]).stdout)).toBe('false\n');
});

test('the first start keeps it, and others leave it', () => {
  const path = kept();
  rmSync(path);
  expect(check()).toEqual(fine);
  expect(kept()).toBe(path);
  utimesSync(path, 1, 1);
  expect(check()).toEqual(fine);
  expect(statSync(path).mtimeMs).toBe(1000);
});

test.each<readonly [string, (bytes: Buffer) => Buffer]>([
  ['empty', () => Buffer.alloc(0)],
  ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['of another version', (bytes) => Buffer.from(bytes).fill(7, 4, 8)],
  ['anything else', () => Buffer.from('what is this?'.repeat(1000))],
])('starts though what was kept is %s', (_, damaged) => {
  writeFileSync(kept(), damaged(readFileSync(kept())));
  expect(check()).toEqual(fine);
});

test('what V8 refuses is kept anew, but by no start with options of its own', () => {
  const path = kept();
  const refused = Buffer.from(readFileSync(path)).fill(7, 4, 8);
  writeFileSync(path, refused);
  const options = { ...plain, NODE_OPTIONS: '--max-old-space-size=1000' };
  expect(check(options)).toEqual(fine);
  expect(readFileSync(path).equals(refused)).toBe(true);
  expect(check()).toEqual(fine);
  expect(readFileSync(path).equals(refused)).toBe(false);
});

test('reads the signs that programs may have', () => {
  const signs = 'assert 1 ≤ 2 and 2 ≥ 1 and 1 ≠ 2\nnet N : [8, 8, 3] → _ { conv3-4; … }\n';
  writeFileSync(join(folder, 'signs.net'), signs);
  const { err } = check(plain, 'signs.net');
  expect(err.match(/error\[\w+\]: .*/g)).toMatchInlineSnapshot(`
    [
      "error[E0103]: \`≤\` has no meaning here; write \`<=\`",
      "error[E0103]: \`≥\` has no meaning here; write \`>=\`",
      "error[E0103]: \`≠\` has no meaning here; write \`!=\`",
      "error[E0103]: \`→\` has no meaning here; write \`->\`",
      "error[E0103]: \`…\` has no meaning here; write \`..\`",
      "error[E0317]: only a rewrite rule can contain this",
      "error[E0101]: expected a name after \`..\`, found \`}\`",
    ]
  `);
});

test('starts though nothing can be kept', () => {
  const path = kept();
  rmSync(path);
  mkdirSync(join(path, 'in-the-way'), { recursive: true });
  const before = readdirSync(dist());
  expect(check()).toEqual(fine);
  expect(readdirSync(dist())).toEqual(before);
});
