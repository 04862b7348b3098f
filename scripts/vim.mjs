// Writes editors/neovim/syntax/netc.vim from the words of the language. test/editor/vim.test.ts fails while it is out of
// date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { vimSyntax } = await exportsOf('src/editor/vim.ts');
await writeFile(inRoot('editors/neovim/syntax/netc.vim'), vimSyntax());
