/** The plugin as Prettier itself loads it. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import * as plugin from '../../src/prettier/plugin.ts';

const root = join(import.meta.dirname, '../..');
const source = 'net  N : [8,8,3]->_ {\n conv3-8;relu\n   gap }\n';
const laidOut = 'net N : [8, 8, 3] -> _ {\n  conv3-8; relu\n  gap\n}\n';

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'netc-prettier-'));
  const netc = join(project, 'node_modules', 'netc');
  mkdirSync(netc, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(netc, 'package.json'));
  symlinkSync(inject('built'), join(netc, 'dist'));
  writeFileSync(join(project, '.prettierrc'), '{ "plugins": ["netc/prettier"] }');
});
afterAll(() => {
  rmSync(project, { recursive: true });
});

test('lays out programs', async () => {
  expect(await format(source, { parser: 'netc', plugins: [plugin] })).toBe(laidOut);
});

test('is found by its name, in a project that has netc', async () => {
  const path = join(project, 'n.net');
  writeFileSync(path, source);
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/prettier/bin/prettier.cjs'), '--write', path],
    {
      cwd: project,
    },
  );
  expect(readFileSync(path, 'utf8')).toBe(laidOut);
});
