/** Programs in memory, checked. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf, hasErrors, resultOf, type Checked } from '../../src/diagnostic/checked.ts';
import type { Diagnostic, Fix } from '../../src/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../src/diagnostic/terminal/render.ts';
import { isShipped, shippedFile, shippedPasses } from '../../src/rewrite/shipped.ts';
import type { Options } from '../../src/typecheck/program/check.ts';
import type { Files } from '../../src/typecheck/program/modules.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import type { Program } from '../../src/typecheck/program/program.ts';

/** Texts by path. */
export type Texts = ReadonlyMap<string, string>;

export const main = 'main.net';

const alone = (text: string): Texts => new Map([[main, text]]);
const texts = (program: string | Texts): Texts =>
  typeof program === 'string' ? alone(program) : program;

const passText = (path: string): string =>
  readFileSync(new URL(`../../passes/${shippedFile(path)}`, import.meta.url), 'utf8');

/** Files in memory, beside the passes that netc ships. */
export const inMemory = (files: Texts): Files => ({
  read: (path) => {
    const text = isShipped(path) ? passText(path) : files.get(path);
    return text === undefined
      ? E.left({ code: 'E0001', message: 'cannot be read: it does not exist' })
      : E.right({ path, text });
  },
  resolve: (from, written) => {
    if (isShipped(written)) return E.right(written);
    const path = posix.join(posix.dirname(from), written);
    return path.startsWith('..') || written.startsWith('/')
      ? E.left({ code: 'E0005', message: 'lies outside the project' })
      : E.right(path);
  },
  shipped: shippedPasses,
});

export const splitFiles = (text: string): Texts => {
  const [first = '', ...others] = text.split(/^-- ==> (.+)\n/m);
  const files = new Map([[main, first]]);
  for (let i = 0; i + 1 < others.length; i += 2) files.set(others[i]!, others[i + 1]!);
  return files;
};

export const analysed = (program: string | Texts, options?: Options): Checked<Program> =>
  analyse(inMemory(texts(program)), main, options);

export const faults = (program: string | Texts): readonly Diagnostic[] =>
  diagnosticsOf(analysed(program));

export const codes = (program: string | Texts): readonly string[] =>
  faults(program).map((d) => d.code);

export const isSound = (program: string | Texts): boolean => !hasErrors(analysed(program));

export const rendered = (program: string | Texts): string =>
  renderDiagnostics(
    faults(program),
    new Map([...texts(program)].map(([path, text]) => [path, { path, text }])),
    { colour: false, width: 100 },
  );

/** The nets of a program that must be free of errors. */
export const netsOf = (program: string | Texts): readonly TypedNet[] => {
  const checked = analysed(program);
  if (hasErrors(checked)) throw new Error(rendered(program));
  return resultOf(checked)?.nets ?? [];
};

/** A net of a program, unless there are errors. */
export const soundNet = (program: string | Texts, name: string): TypedNet | undefined => {
  const checked = analysed(program);
  return hasErrors(checked) ? undefined : resultOf(checked)?.nets.find((n) => n.name === name);
};

export const netOf = (program: string | Texts, name?: string): TypedNet => {
  const net = netsOf(program).find((n) => name === undefined || n.name === name);
  if (net === undefined) throw new Error(`no net ${name ?? ''}`);
  return net;
};

/** The texts after a fix. */
export const mended = (files: Texts, { edits }: Fix): Texts => {
  const result = new Map(files);
  // from the end, so that the places before stay where they are
  for (const { span, newText } of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    const text = result.get(span.path) ?? '';
    result.set(span.path, text.slice(0, span.start) + newText + text.slice(span.end));
  }
  return result;
};
