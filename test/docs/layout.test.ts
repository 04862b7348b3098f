/** Programs in the documents are laid out as `netc fmt` does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { format } from '../../src/format/format.ts';

const root = join(import.meta.dirname, '../..');
const documents = ['docs', 'docs/errors']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .concat('README.md')
  .filter((path) => path.endsWith('.md'));

/** The programs of a document. */
const programsIn = (path: string): readonly string[] =>
  Array.from(
    readFileSync(join(root, path), 'utf8').matchAll(/^```net(?: file=\S+)?\n([\s\S]*?)^```$/gm),
    ([, text]) => text!,
  );

test.each(documents.filter((path) => programsIn(path).length > 0))('%s', (path) => {
  for (const text of programsIn(path)) expect(format({ path, text }).text).toBe(text);
});
