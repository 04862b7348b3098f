/** The parser of editors/tree-sitter-netc is what the command line of tree-sitter makes of the grammar, where there is one. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { present } from './present.ts';

const grammar = join(import.meta.dirname, '../../editors/tree-sitter-netc');
const version = present('tree-sitter', 'generating the parser anew');
const isThere = version?.startsWith('tree-sitter 0.27.1') ?? false; // others write other files

describe.skipIf(!isThere)('the parser for tree-sitter', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'netc-tree-sitter-'));
    cpSync(grammar, copy, { recursive: true });
    execFileSync('tree-sitter', ['generate'], { cwd: copy, stdio: 'pipe' });
  }, 60_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(['src/parser.c', 'src/grammar.json', 'src/node-types.json'])(
    'is fresh, else run npm run build in editors/tree-sitter-netc: %s',
    (file) => {
      expect(readFileSync(join(copy, file), 'utf8')).toBe(
        readFileSync(join(grammar, file), 'utf8'),
      );
    },
  );
});
