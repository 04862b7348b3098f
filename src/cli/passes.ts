/** Rewrite passes by name, from the files that netc ships. */
import { readFileSync } from 'node:fs';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, valueOf } from '../diagnostic/checked.ts';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/near.ts';
import { plural } from '../numeric/figures.ts';
import type { TraceEvent } from '../rewrite/apply.ts';
import type { Pass } from '../rewrite/pattern.ts';
import { loadPasses, passTable } from '../rewrite/registry.ts';
import { startOf, type Source } from '../syntax/source.ts';
import { inHome } from './home.ts';
import { lines } from './table.ts';

const unknown = (name: string): Diagnostic => {
  const names = passTable.map((row) => row.name);
  const [close] = near(name, names);
  return error('E0801', startOf('--pass'), `there is no pass \`${name}\``, {
    label: close === undefined ? '' : `did you mean \`${close}\`?`,
    notes: [`the passes are ${names.map((p) => `\`${p}\``).join(', ')}`],
  });
};

const sourceOf = (file: string): Source => {
  const path = `passes/${file}`;
  return { path, text: readFileSync(inHome('passes', file), 'utf8') };
};

/** The passes that were asked for, in that order (E0801). */
export const passesAsked = (
  asked: readonly string[],
): Or<readonly Diagnostic[], readonly Pass[]> => {
  const rows = asked.map((name) => passTable.find((row) => row.name === name));
  const strange = asked.filter((_, i) => rows[i] === undefined);
  if (strange.length > 0) return Either.left(strange.map(unknown));
  const files = [...new Set(rows.flatMap((row) => (row === undefined ? [] : [row.file])))];
  const loaded = loadPasses(files.map(sourceOf));
  const passes = valueOf(loaded) ?? [];
  const found = asked.flatMap((name) => passes.find((p) => p.name === name) ?? []);
  return found.length === asked.length ? Either.right(found) : Either.left(diagnosticsOf(loaded));
};

/** What passes did to a net, a line each. */
export const showRewrites = (
  net: string,
  passes: readonly Pass[],
  trace: readonly TraceEvent[],
): string =>
  lines(
    ...passes.map(({ name }) => {
      const rules = trace.filter((event) => event.pass === name);
      return `${net}: ${name} ${rules.length === 0 ? 'has nothing to do' : `applied ${plural(rules.length, 'rule')}`}`;
    }),
  );
