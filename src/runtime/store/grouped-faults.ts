/** Joins the same fault of many weights in one message. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { thousands } from '../../numeric/figures.ts';

/** The number of faults listed; others are counted. */
const most = 5;

/** How to report faults of one kind: one alone, one among several, and the title for several. */
export type Wording<A> = {
  readonly alone: (one: A) => Diagnostic;
  readonly among: (one: A) => string;
  readonly title: (count: string) => string;
};

/** One diagnostic for all faults, if there are any; faults of a kind have one code and one place. */
export const inOneMessage = <A>(
  all: readonly A[],
  { alone, among, title }: Wording<A>,
): readonly Diagnostic[] => {
  const [first, ...others] = all.slice(0, most).map(alone);
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
  const shared = first.notes.filter((note) => others.every((d) => d.notes.includes(note)));
  const more = all.length > most ? [`and ${thousands(all.length - most)} more`] : [];
  const notes = [...all.slice(0, most).map(among), ...more, ...shared];
  return [error(first.code, first.primary.span, title(thousands(all.length)), { notes })];
};
