/** docs/editor.md says what the server offers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientOf } from '../../src/server/client.ts';
import { withTable } from '../../src/server/document.ts';
import { features, serverCapabilities } from '../../src/server/features.ts';
import { neovim, vscode } from './clients.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/editor.md'), 'utf8');

it('has a fresh table: else run node scripts/editor-doc.mjs', () => {
  expect(page).toBe(withTable(page));
});

it('answers each request in one place', () => {
  const methods = features.map(({ method }) => method);
  expect(new Set(methods).size).toBe(methods.length);
});

it.each([
  ['VS Code', vscode],
  ['Neovim', neovim],
])('offers %s what the page says', (_, client) => {
  expect(Object.keys(serverCapabilities(clientOf(client))).sort()).toMatchSnapshot();
});
