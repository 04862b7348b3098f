/** Reports lines that begin with no clause: with the clause that is meant, and all of the line as it is written here. */
import { error, type Edit, type Fix } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import { across, type Span } from '../syntax/source.ts';
import type { Clause, Expr, Protocol } from '../syntax/tree.ts';
import type { Context } from '../typecheck/expr/context.ts';
import type { Scope } from '../typecheck/expr/values.ts';
import { clauseElsewhere } from './elsewhere/clauses.ts';
import { formElsewhere } from './elsewhere/forms.ts';
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { unknownForm } from './unknown-form.ts';

/** The clauses that there are, by their words, and those that only the other declaration has. */
type Rows<K extends string> = {
  readonly keys: readonly K[];
  readonly row: (key: K) => Pick<Row<unknown>, 'forms' | 'read'>;
  readonly theirs: readonly string[];
};

/** A line that begins with no clause, and what it is part of. */
type Unknown<K extends string> = {
  readonly cx: Context;
  readonly scope: Scope;
  readonly rows: Rows<K>;
  readonly declaration: Protocol;
  readonly clause: Clause;
  readonly ownersOf: Reading['ownersOf'];
};

/** The words of a clause, as `init from`. */
export const wordsOf = ({ words }: Clause): string => words.map((w) => w.text).join(' ');

/** Where they stand. */
export const placeOf = ({ words: [first, second] }: Clause): Span =>
  second === undefined ? first!.span : across(first!.span, second.span);

/** What a line was meant to be. */
type Meant<K extends string> = { readonly key: K; readonly fix: Fix; readonly label?: string };

/** A text with some of its places changed. */
const withEdits = (text: string, at: Span, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (changed, { span, newText }) =>
        changed.slice(0, span.start - at.start) + newText + changed.slice(span.end - at.start),
      text,
    );

/** A line with more than this is not shown in the title of its fix. */
const LONGEST = 60;

const whole = <K extends string>(
  { cx, clause }: Unknown<K>,
  key: K,
  edits: readonly Edit[],
): Meant<K> => {
  const text = withEdits(cx.text(clause.span), clause.span, edits).replaceAll(/[ \t]+/g, ' ');
  const isShort = edits.length > 1 && text.length <= LONGEST && !text.includes('\n');
  return {
    key,
    fix: { title: `write \`${isShort ? text : key}\``, edits, applicability: 'likely' },
  };
};

/** What reading a clause under another word would mend in its values. */
const mendedIn = <K extends string>(
  { cx, scope, rows, clause, ownersOf }: Unknown<K>,
  key: K,
): readonly Edit[] =>
  cx
    .quietly(() => rows.row(key).read({ cx, scope, clause, word: key, ownersOf }))
    .reports.flatMap(({ fixes: [fix, more] }) => (more === undefined ? (fix?.edits ?? []) : []));

/** The clause whose word is meant, with its values as they are written here. */
const renamed = <K extends string>(u: Unknown<K>, key: K): Meant<K> =>
  whole(u, key, [{ span: placeOf(u.clause), newText: key }, ...mendedIn(u, key)]);

/** The clause that has a form of this name, or one for the name that it has elsewhere; undefined where several have. */
const ownerOf = <K extends string>(
  { keys, row }: Rows<K>,
  name: string,
): { readonly key: K; readonly form: string } | undefined => {
  const own = keys.flatMap((key) =>
    row(key)
      .forms.filter((f) => f.name === name)
      .map(() => key),
  );
  const [key, more] = own;
  if (key !== undefined) return more === undefined ? { key, form: name } : undefined;
  const elsewhere = keys.flatMap((k) => {
    const form = formElsewhere(k, name)?.write;
    return form === undefined ? [] : [{ key: k, form }];
  });
  return elsewhere.length === 1 ? elsewhere[0] : undefined;
};

const nameOf = (e: Expr | undefined): string | undefined =>
  e?.tag === 'chain' ? e.word.parts[e.word.parts.length - 1]!.text : undefined;

/** A form that begins a line without its clause, or stands behind a word that is none: `StepLR(30)`, `rate StepLR(30)`. */
const ofForm = <K extends string>(u: Unknown<K>): Meant<K> | undefined => {
  const { cx, scope, rows, declaration, clause, ownersOf } = u;
  const [value, second] = clause.values;
  const [head, ...others] = value?.items ?? [];
  if (second !== undefined || clause.inner.length > 0) return undefined;
  const word = placeOf(clause);
  // a line that is a call has its word twice
  const isCall = head?.tag === 'chain' && head.word.span.start === word.start;
  const begins = ownerOf(rows, wordsOf(clause));
  const found = begins ?? ownerOf(rows, nameOf(head) ?? '');
  // a second clause of its word would be one too many
  if (found === undefined || declaration.clauses.some((c) => wordsOf(c) === found.key))
    return undefined;
  const { key, form } = found;
  const label =
    begins !== undefined && form === wordsOf(clause)
      ? { label: `\`${form}\` is a form of \`${key}\`` }
      : {};
  const as = (text: string, edits: readonly Edit[]): Meant<K> => ({
    key,
    fix: { title: `write \`${text}\``, edits, applicability: 'likely' },
    ...label,
  });
  if (begins !== undefined && !isCall) {
    const given = [head, ...others].flatMap((e) =>
      e === undefined || e.tag === 'missing' ? [] : [cx.text(e.span)],
    );
    // where the form is called otherwise there, its arguments may be, too
    if (given.length > 0 && form !== wordsOf(clause)) return undefined;
    const text = `${key} ${form}${given.length === 0 ? '' : `(${given.join(', ')})`}`;
    return as(text, [{ span: clause.span, newText: text }]);
  }
  if (head?.tag !== 'chain' || others.length > 0) return undefined;
  const reading = { cx, scope, clause, word: key, ownersOf };
  const isOwn = rows.row(key).forms.some(({ name }) => name === nameOf(head));
  const [fix] = isOwn ? [] : (unknownForm(reading, rows.row(key).forms, head)?.fixes ?? []);
  if (!isOwn && fix === undefined) return undefined;
  const text = `${key} ${withEdits(cx.text(head.span), head.span, fix?.edits ?? [])}`;
  return as(text, [{ span: across(word, head.span), newText: text }]);
};

/** E0921; the clause that was meant, where one can be told. */
export const reportClause = <K extends string>(u: Unknown<K>): K | undefined => {
  const { cx, rows, declaration, clause } = u;
  const { keys, theirs } = rows;
  const word = wordsOf(clause);
  if (word === '') return undefined;
  const answer = clauseElsewhere(word);
  const isTheirs = theirs.includes(word);
  const known = keys.find((key) => key === answer?.write);
  const close = known ?? keys.find((key) => key === near(word, keys)[0]);
  const named = isTheirs || answer?.says ? undefined : close;
  const form = isTheirs || named !== undefined ? undefined : ofForm(u);
  const meant = named === undefined ? form : renamed(u, named);
  const { tag } = declaration;
  const other = tag === 'train' ? 'eval' : 'train';
  const unknown = isTheirs ? `a clause of \`${other}\`` : (answer?.says ?? 'unknown here');
  const label = meant === undefined ? unknown : (meant.label ?? `did you mean \`${meant.key}\`?`);
  const list = keys.map((key) => `\`${key}\``).join(', ');
  cx.report(
    error('E0921', placeOf(clause), `\`${tag}\` has no clause \`${word}\``, {
      label,
      notes: label === 'unknown here' ? [`\`${tag}\` has the clauses ${list}`] : [],
      fixes: meant === undefined ? [] : [meant.fix],
    }),
  );
  return meant?.key;
};
