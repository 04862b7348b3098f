/** One message for what is wrong with many weights in the same way. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { thousands } from '../../numeric/figures.ts';

/** So many are told of; the rest is counted. */
const most = 5;

/** How faults of one kind are told: of one, of several, and what the several are called with their number. */
export type Kind<A> = {
  readonly alone: (one: A) => Diagnostic;
  readonly among: (one: A) => string;
  readonly title: (count: string) => string;
};

/** A diagnostic for all of these, if there are any; those of a kind have one code and are at one place. */
export const inOneMessage = <A>(
  all: readonly A[],
  { alone, among, title }: Kind<A>,
): readonly Diagnostic[] => {
  const [first, ...others] = all.slice(0, most).map(alone);
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
  const shared = first.notes.filter((note) => others.every((d) => d.notes.includes(note)));
  const more = all.length > most ? [`and ${thousands(all.length - most)} more`] : [];
  const notes = [...all.slice(0, most).map(among), ...more, ...shared];
  return [error(first.code, first.primary.span, title(thousands(all.length)), { notes })];
};
