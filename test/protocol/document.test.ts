/** docs/training.md: its reference is that of the table, and its programs are without errors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { withReference } from '../../src/protocol/document.ts';
import { rendered } from '../typecheck/program.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/training.md'), 'utf8');

it('is fresh: else run node scripts/training-doc.mjs', () => {
  expect(page).toBe(withReference(page));
});

const programs = Array.from(page.matchAll(/^```net\n([^]*?)^```$/gm), ([, text]) => text!);

test.skipIf(programs.length === 0).each(programs)('is a program without errors: %s', (text) => {
  expect(rendered(text)).toBe('');
});
