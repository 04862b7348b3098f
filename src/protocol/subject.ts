/** A declaration with its net, as the checks see it: what its clauses say, and where. */
import { numberOf } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Context } from '../typecheck/expr/context.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Named } from './env.ts';
import type { Trained } from './row.ts';
import type { Clauses, Table } from './said.ts';

/** What is asked of a declaration whose clauses are T. */
export type Subject<T> = {
  readonly cx: Context;
  readonly net: TypedNet;
  /** where the declaration names its net */
  readonly at: Span;
  /** the parameters of that net, if it is declared as one */
  readonly parameters: readonly string[];
  /** what a clause says, or its default; undefined after a fault, and where it lacks and has no default */
  readonly value: <W extends keyof T>(word: W) => T[W] | undefined;
  /** whether a clause is written, and is a fault, which is reported */
  readonly isFaulty: (word: keyof T) => boolean;
  /** where it says that: a part as `crop` or `crop size`, or else the clause; undefined for a default */
  readonly place: (word: keyof T, part?: string) => Span | undefined;
};

/** The channels of what a net takes; undefined where they are not known. */
export const channelsIn = ({ input }: TypedNet): number | undefined =>
  input.tag === 'unknown' ? undefined : numberOf(input.c);

/** A subject, of the clauses that are read. `of` is what defaults depend on. */
export const subjectOf = <T>(
  cx: Context,
  table: Table<T>,
  clauses: Clauses<T>,
  { net, at, parameters, of }: Named & { readonly of: Trained },
): Subject<T> => ({
  cx,
  net,
  at,
  parameters,
  value: (word) => {
    const read = clauses[word];
    if (read === 'faulty') return undefined;
    return read === undefined ? table[word].fallback?.(of) : read.value;
  },
  isFaulty: (word) => clauses[word] === 'faulty',
  place: (word, part) => {
    const read = clauses[word];
    if (read === undefined || read === 'faulty') return undefined;
    return (part === undefined ? undefined : read.parts.get(part)) ?? read.span;
  },
});
