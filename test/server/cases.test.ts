/** Each source in the folders of `cases` leads to the text beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectGolden } from '../golden.ts';
import { kinds } from './kinds.ts';

const folderOf = (kind: string): string => join(import.meta.dirname, 'cases', kind);

const namesIn = (kind: string, ending: string): readonly string[] =>
  readdirSync(folderOf(kind)).flatMap((f) =>
    f.endsWith(ending) ? [f.slice(0, -ending.length)] : [],
  );

describe.each(Object.entries(kinds))('%s', (kind, outcomeOf) => {
  test.each(namesIn(kind, '.net'))('%s', (name) => {
    const path = join(folderOf(kind), name);
    expectGolden(`${path}.txt`, outcomeOf(readFileSync(`${path}.net`, 'utf8')));
  });

  test('has no text without its source', () => {
    expect(namesIn(kind, '.txt')).toEqual(namesIn(kind, '.net'));
  });
});
