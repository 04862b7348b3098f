/** Forms: what a clause may hold, each a word with parameters, `sgd(rate = 0.01, momentum = 0.9)`. */
import type { Takes } from './takes.ts';

/** A parameter of a form. Without a default it must be given. */
export type Param<A> = {
  readonly doc: string;
  readonly takes: Takes<A>;
  readonly fallback?: { readonly value: A };
};

/** A parameter that must be given. */
export const required = <A>(takes: Takes<A>, doc: string): Param<A> => ({ doc, takes });

/** A parameter with a default. */
export const param = <A>(takes: Takes<A>, value: A, doc: string): Param<A> => ({
  doc,
  takes,
  fallback: { value },
});

/** A parameter with its name, for those who do not know what it takes. */
export type ParamInfo = {
  readonly name: string;
  readonly doc: string;
  readonly takes: Takes<unknown>;
  /** its default, with the text that is read as it; undefined where it must be given */
  readonly fallback: { readonly value: unknown; readonly text: string | undefined } | undefined;
};

/** What is wrong with arguments each of which is fine; `at` is the parameter that it is about. */
export type Mismatch = { readonly at?: string; readonly message: string; readonly label: string };

/** Arguments by the names of their parameters, as `takes.read` of each has given them; none is lacking. */
export type Found = ReadonlyMap<string, unknown>;

/** Numbers under names that are known only where a form is used, such as those of side outputs. */
export type Others = { readonly [name: string]: number };

/** A form of what a clause says. */
export type Form<X> = {
  readonly name: string;
  readonly doc: string; // Markdown; the formula and its source
  readonly example: string;
  readonly params: readonly ParamInfo[];
  /** what an argument by any other name is */
  readonly others: ParamInfo | undefined;
  /** what is wrong with the arguments together */
  readonly check: (found: Found) => Mismatch | undefined;
  readonly make: (found: Found, others: Others) => X;
  /** text that is read as the same, without what is a default where it is brief; undefined for what another form makes */
  readonly write: (made: X, isBrief?: boolean) => string | undefined;
  /** one whose arguments `choose` picks */
  readonly sample: (choose: Choose) => X | undefined;
};

/** Picks one of several. */
export type Choose = <A>(from: readonly A[]) => A;

type Spec<X, P> = {
  readonly name: string;
  readonly doc: string;
  readonly example: string;
  readonly params: { readonly [K in keyof P]-?: Param<P[K]> };
  readonly others?: Param<number>;
  readonly check?: (args: P) => Mismatch | undefined;
  readonly make: (args: P, others: Others) => X;
  /** the arguments that make it; undefined for what another form makes */
  readonly parts: (made: X) => { readonly args: P; readonly others?: Others } | undefined;
};

const infoOf = <A>(name: string, { doc, takes, fallback }: Param<A>): ParamInfo => ({
  name,
  doc,
  // what is written was read, so it is of the type that the parameter takes
  takes: takes as Takes<unknown>,
  fallback: fallback && { value: fallback.value, text: takes.write(fallback.value) },
});

/** A form, of its parameters by their names. */
export const form = <X, P extends object>(spec: Spec<X, P>): Form<X> => {
  const { name, doc, example, params, others, check, make, parts } = spec;
  const names = Object.keys(params) as (keyof P & string)[];
  // each argument was read by the parameter of its name
  const argsOf = (found: Found): P => Object.fromEntries(found) as P;
  const written = <K extends keyof P & string>(
    key: K,
    args: P,
    isBrief: boolean,
  ): readonly string[] => {
    const { takes, fallback } = params[key];
    const text = takes.write(args[key]);
    const isSaid = isBrief && fallback !== undefined && text === takes.write(fallback.value);
    return text === undefined || isSaid ? [] : [`${key} = ${text}`];
  };
  const sampled = (choose: Choose): P => {
    const one = <K extends keyof P>(key: K): P[K] => {
      const { takes, fallback } = params[key];
      return choose(fallback === undefined ? takes.samples : [...takes.samples, fallback.value]);
    };
    return argsOf(new Map(names.map((key) => [key, one(key)])));
  };
  return {
    name,
    doc,
    example,
    params: names.map((key) => infoOf(key, params[key])),
    others: others && infoOf('NAME', others),
    check: (found) => check?.(argsOf(found)),
    make: (found, more) => make(argsOf(found), more),
    write: (made, isBrief = false) => {
      const found = parts(made);
      if (found === undefined) return undefined;
      const more = Object.entries(found.others ?? {}).map(
        ([key, n]) => `${key} = ${others?.takes.write(n)}`,
      );
      const all = [...names.flatMap((key) => written(key, found.args, isBrief)), ...more];
      return all.length === 0 ? name : `${name}(${all.join(', ')})`;
    },
    sample: (choose) => {
      const args = sampled(choose);
      return check?.(args) === undefined ? make(args, {}) : undefined;
    },
  };
};
