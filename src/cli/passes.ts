/** The passes of a command, from the files that netc ships: those asked for, then those of inference. */
import { readFileSync } from 'node:fs';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, valueOf } from '../diagnostic/checked.ts';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/near.ts';
import type { Pass } from '../rewrite/pattern.ts';
import { loadPasses, passTable } from '../rewrite/registry.ts';
import { startOf, type Source } from '../syntax/source.ts';
import { inHome } from './home.ts';
import type { Sources } from './report.ts';

/** As the options of commands have it. */
export type PassesGiven = {
  readonly pass: readonly string[];
  readonly defaultPasses: boolean;
};

export type Passes = {
  /** the names that were given, each once: what became of these is always told */
  readonly asked: readonly string[];
  /** in the order in which they are applied */
  readonly all: readonly Pass[];
  readonly defaultPasses: boolean;
  readonly sources: Sources;
};

/** The options that ask for them again. */
export const passOptions = ({ asked, defaultPasses }: Passes): string =>
  [...asked.map((name) => ` --pass ${name}`), defaultPasses ? '' : ' --no-default-passes'].join('');

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

/** The cheap exact ones come last: a pass that was asked for may leave them something to do (E0801). */
export const passesAsked = ({
  pass: asked,
  defaultPasses,
}: PassesGiven): Or<readonly Diagnostic[], Passes> => {
  const strange = asked.filter((name) => !passTable.some((row) => row.name === name));
  if (strange.length > 0) return Either.left(strange.map(unknown));
  const byDefault = passTable.filter((row) => row.byDefault && defaultPasses);
  const names = [...asked, ...byDefault.map((row) => row.name)];
  const files = passTable.filter((row) => names.includes(row.name)).map((row) => row.file);
  const sources = [...new Set(files)].map(sourceOf);
  const loaded = loadPasses(sources);
  const passes = valueOf(loaded) ?? [];
  const all = names.flatMap((name) => passes.find((p) => p.name === name) ?? []);
  return all.length === names.length
    ? Either.right({
        asked: [...new Set(asked)],
        all,
        defaultPasses,
        sources: new Map(sources.map((s) => [s.path, s])),
      })
    : Either.left(diagnosticsOf(loaded));
};
