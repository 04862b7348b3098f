/** What reading a clause needs. */
import type { Clause } from '../syntax/tree.ts';
import type { Context } from '../typecheck/expr/context.ts';
import type { Scope } from '../typecheck/expr/values.ts';

/** A clause that is being read, and from where. */
export type Reading = {
  readonly cx: Context;
  readonly scope: Scope;
  readonly clause: Clause;
  /** `init from` */
  readonly word: string;
  /** the clauses that have a form of this name */
  readonly ownersOf: (form: string) => readonly string[];
};
