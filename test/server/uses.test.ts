/** The name at a place is found without the rest of the file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useAt, usesOf } from '../../src/server/uses.ts';
import { newWorkspace } from '../../src/workspace/workspace.ts';
import { inMemory } from '../programs.ts';
import { splitFiles } from '../typecheck/program.ts';

const cases = join(import.meta.dirname, '../cases/check');
const names = readdirSync(cases).filter((name) => name.endsWith('.net'));

/** Without what is computed when it is asked for, a function of its own each time. */
const data = (use: unknown): unknown => JSON.parse(JSON.stringify(use ?? null));

it('the name at each place is that of all names', () => {
  let count = 0;
  for (const name of names.filter((_, i) => i % 7 === 0)) {
    const files = splitFiles(readFileSync(join(cases, name), 'utf8'));
    const texts = Object.fromEntries(files);
    const [entry, text] = [...files][0]!;
    if (text.length > 5_000) continue;
    const view = newWorkspace(inMemory(texts)).view(entry);
    // a view remembers all names once they have been asked for
    const found = Array.from({ length: text.length + 1 }, (_, offset) =>
      useAt(view, entry, offset),
    );
    const all = usesOf(view, entry);
    found.forEach((use, offset) => {
      const wanted = all.findLast(({ word }) => word.start <= offset && offset <= word.end);
      expect(data(use), `${name} at ${offset}`).toEqual(data(wanted));
      if (use !== undefined) count++;
    });
  }
  expect(count).toBeGreaterThan(1_000);
});
