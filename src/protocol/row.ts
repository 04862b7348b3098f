/** A clause is one row, stated once and read by everyone: the checker, the text of a recipe, the manual, the tests. */
import { error } from '../diagnostic/diagnostic.ts';
import type { Span } from '../syntax/source.ts';
import type { Choose, Form } from './form.ts';
import { itemOf, soleItem, valuesOf } from './items.ts';
import { readItem, readForm, readValue, type Placed, type ReadForm } from './read.ts';
import type { Reading } from './reading.ts';
import type { Data } from './recipe.ts';
import type { Takes } from './takes.ts';

/** What a clause says, with the places of its parts by the names of forms; `` `crop size` `` is an argument of `crop`. */
export type Read<A> = Placed<A> & { readonly parts: ReadonlyMap<string, Span> };

/** What a default may depend on, as far as it is known. */
export type Trained = {
  readonly channels?: number;
  readonly data?: Data['tag'];
  /** whether the net takes pictures of several sizes */
  readonly isFree?: boolean;
};

/** A clause: what it says as a value of the recipe. */
export type Row<A> = {
  readonly doc: string; // Markdown
  readonly forms: readonly Form<unknown>[];
  /** what it takes where it has no forms */
  readonly takes?: string;
  /** as in a program */
  readonly example: string;
  /** for a recipe that does not have the clause; absent where each must have it */
  readonly fallback?: (of: Trained) => A;
  /** undefined after a fault, which is reported */
  readonly read: (reading: Reading) => Read<A> | undefined;
  /**
   * The clause without its word, so that it is read as the same, where it is brief without defaults; undefined for what
   * is said by leaving it out.
   */
  readonly write: (value: A, isBrief?: boolean) => string | undefined;
  readonly sample: (choose: Choose) => A | undefined;
};

const partsOf = <X>(all: readonly ReadForm<X>[]): ReadonlyMap<string, Span> =>
  new Map(
    all.flatMap(({ name, span, args }) => [
      [name, span] as const,
      ...[...args].map(([arg, at]) => [`${name} ${arg}`, at] as const),
    ]),
  );

// forms are shown, and never made, by those who do not know what they make
const shown = <X>(forms: readonly Form<X>[]): readonly Form<unknown>[] =>
  forms as readonly Form<unknown>[];

const writtenIn = <X>(forms: readonly Form<X>[], made: X, isBrief: boolean): string =>
  forms.flatMap((f) => f.write(made, isBrief) ?? [])[0] ?? '';

const sampleOf = <X>(forms: readonly Form<X>[], choose: Choose): X | undefined =>
  choose(forms).sample(choose);

type About<A> = Pick<Row<A>, 'doc' | 'example' | 'fallback'>;

/** A clause that is one form. */
export const oneForm = <A>(about: About<A>, forms: readonly Form<A>[]): Row<A> => ({
  ...about,
  forms: shown(forms),
  read: (r) => {
    const expr = soleItem(
      r,
      forms.map(({ name }) => name),
    );
    const read = expr && readForm(r, forms, expr);
    return read && { value: read.value, span: r.clause.span, parts: partsOf([read]) };
  },
  write: (made, isBrief = false) => writtenIn(forms, made, isBrief),
  sample: (choose) => sampleOf(forms, choose),
});

/** Reports forms that are given twice. */
const reportAgain = <X>({ cx }: Reading, made: readonly ReadForm<X>[]): boolean => {
  const again = made.flatMap((m, i) => {
    const first = made.findIndex(({ name }) => name === m.name);
    return first < i ? [{ m, first: made[first]!.span }] : [];
  });
  for (const { m, first } of again)
    cx.report(
      error('E0924', m.span, `\`${m.name}\` is given twice`, {
        label: 'given again here',
        labels: [{ span: first, message: 'given first here' }],
      }),
    );
  return again.length > 0;
};

/** A clause that is several forms, each at most once, from which `join` makes a value and `split` makes them again. */
export const someForms = <X, A>(
  about: About<A>,
  forms: readonly Form<X>[],
  join: (made: readonly ReadForm<X>[], reading: Reading) => A | undefined,
  split: (value: A) => readonly X[],
  sample: Row<A>['sample'],
): Row<A> => ({
  ...about,
  forms: shown(forms),
  read: (r) => {
    const all = valuesOf(r).map((v) => {
      const expr = itemOf(
        r,
        v,
        forms.map(({ name }) => name),
      );
      return expr && readForm(r, forms, expr);
    });
    const made = all.flatMap((m) => m ?? []);
    const isWhole = made.length === all.length && !reportAgain(r, made);
    const value = isWhole ? join(made, r) : undefined;
    return value === undefined ? undefined : { value, span: r.clause.span, parts: partsOf(made) };
  },
  write: (value, isBrief = false) =>
    split(value)
      .map((x) => writtenIn(forms, x, isBrief))
      .join('; '),
  sample,
});

/** A clause that is a number or a word. */
export const plain = <A>(about: About<A>, takes: Takes<A>): Row<A> => ({
  ...about,
  forms: [],
  takes: takes.bounds === undefined ? takes.is : `${takes.is}, ${takes.bounds}`,
  read: (r) => {
    const read = readValue(r, takes);
    return read && { ...read, span: r.clause.span, parts: new Map() };
  },
  write: takes.write,
  sample: (choose) => choose(takes.samples),
});

/** A clause that is one number or several. */
export const someNumbers = (
  about: About<readonly number[]>,
  takes: Takes<number>,
): Row<readonly number[]> => ({
  ...about,
  forms: [],
  takes: `integers, each ${takes.bounds}`,
  read: (r) => {
    if (valuesOf(r).length === 0)
      r.cx.report(error('E0923', r.clause.span, `\`${r.word}\` needs a value`));
    const all = valuesOf(r).map((v) => {
      const expr = itemOf(r, v);
      return expr && readItem(r, takes, expr);
    });
    const read = all.flatMap((n) => n ?? []);
    if (read.length === 0 || read.length < all.length) return undefined;
    const parts = new Map(read.map(({ span }, i) => [String(i), span] as const));
    return { value: read.map(({ value }) => value), span: r.clause.span, parts };
  },
  write: (all) => (all.length === 0 ? undefined : all.map((n) => takes.write(n)).join(', ')),
  sample: (choose) => [256, 384, 512].filter(() => choose([true, false])),
});
