/** Every program of the repository, sound or not: examples, passes, fixtures, and what documents show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sources } from '../parser/corpus.ts';

const root = join(import.meta.dirname, '../..');

const below = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));

const fenced = /^```net[^\n]*\n([\s\S]*?)^```$/gm;

export const texts: readonly string[] = [
  ...sources,
  ...below('test/cases', '.net'),
  ...[...below('docs', '.md'), readFileSync(join(root, 'README.md'), 'utf8')].flatMap((page) =>
    Array.from(page.matchAll(fenced), ([, program]) => program ?? ''),
  ),
];
