/** Programs in memory, for tests: files by name, and their diagnostics. */
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { analyse } from '../src/check.ts';
import { diagnosticsOf, resultOf } from '../src/diagnostic/checked.ts';
import type { Diagnostic } from '../src/diagnostic/diagnostic.ts';
import type { Files } from '../src/typecheck/program/modules.ts';
import type { TypedNet } from '../src/typecheck/net/typed.ts';
import type { Program } from '../src/typecheck/program/program.ts';

/** Files in memory; an import is resolved relative to its file. */
export const inMemory = (texts: { readonly [path: string]: string }): Files => ({
  read: (path) => {
    const text = texts[path];
    return text === undefined
      ? E.left({ code: 'E0001', message: 'cannot be read: it does not exist' })
      : E.right({ path, text });
  },
  resolve: (from, written) => E.right(posix.join(posix.dirname(from), written)),
});

export const example = (name: string): string =>
  readFileSync(new URL(`../examples/${name}`, import.meta.url), 'utf8');

export type Checked = {
  readonly program: Program;
  readonly found: readonly Diagnostic[];
  readonly net: (name: string) => TypedNet;
};

/** A program of one file. */
export const check = (text: string): Checked => {
  const result = analyse(inMemory({ 'test.net': text }), 'test.net');
  const program = resultOf(result);
  if (program === undefined) throw new Error('there is always a program');
  return {
    program,
    found: diagnosticsOf(result),
    net: (name) => {
      const net = program.nets.find((n) => n.name === name);
      if (net === undefined) throw new Error(`no net ${name}`);
      return net;
    },
  };
};
