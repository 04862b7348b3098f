/** What Vim and Neovim colour by is written from the words of the language. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { vimSyntax } from '../../src/editor/vim.ts';

const file = join(import.meta.dirname, '../../editors/neovim/syntax/netc.vim');

it('is fresh, else run node scripts/vim.mjs', () => {
  expect(readFileSync(file, 'utf8')).toBe(vimSyntax());
});
