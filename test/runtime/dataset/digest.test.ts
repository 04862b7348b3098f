/** The digest of a set sees pictures that are another, also of the same length. */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/runtime/dataset/digest.ts';
import { listed } from '../../../src/runtime/batches/listing.ts';
import { newShelf } from '../../../src/runtime/dataset/shelf.ts';
import { put } from './sets.ts';

const text = 'not decoded';
const partsOf = (room: string) => ({
  classes: ['a', 'b'],
  train: listed(
    ['1.png', '2.png'].map((name, label) => {
      const bytes = { tag: 'whole', path: join(room, name), length: text.length } as const;
      return { key: name, name, label, address: { tag: 'encoded', bytes } };
    }),
  ),
  validation: undefined,
});
const digest = (room: string, most?: number): string =>
  digestOf(partsOf(room), newShelf([]), most).sum;

it('reads the bytes of a small set, wherever it lies and however old it is', () => {
  const files = { '1.png': text, '2.png': text };
  const [here, there] = [put(files), put(files)];
  utimesSync(join(there, '1.png'), 1e9, 1e9);
  expect(digest(there)).toBe(digest(here));
  writeFileSync(join(there, '2.png'), text.toUpperCase());
  expect(digest(there)).not.toBe(digest(here));
});

it('goes by the times of files where there is too much to read', () => {
  const room = put({ '1.png': text, '2.png': text });
  for (const name of ['1.png', '2.png']) utimesSync(join(room, name), 1e9, 1e9);
  const before = digest(room, 10);
  expect(digest(room, 10)).toBe(before);
  writeFileSync(join(room, '2.png'), text.toUpperCase());
  expect(digest(room, 10)).not.toBe(before);
});
