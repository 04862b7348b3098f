/**
 * Golden files: texts that netc wrote and a person checked. `NETC_UPDATE=1 npx vitest run …` writes them again, and the
 * snapshots inside of tests too (vitest.config.ts); read the diff.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Whether golden files are written instead of compared. */
export const updating = process.env['NETC_UPDATE'] !== undefined;

/** Expects a text to be that of a file, or writes it there. A file that does not exist differs from every text. */
export const expectGolden = (path: string | URL, text: string): void => {
  if (updating) writeFileSync(path, text);
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : undefined);
};
