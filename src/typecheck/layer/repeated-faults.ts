/** Faults inside a repetition: what is inserted there comes once for every copy, and the next copy gets what it gives. */
import type { Diagnostic, Fix } from '../../diagnostic/diagnostic.ts';
import { flattening, meanOfMap } from '../../ops/roles.ts';
import { vectorType, type TensorType } from '../../ops/types.ts';
import { pixelsOf } from '../net/costs.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import { throughGroups } from '../../syntax/walk.ts';
import { insertedBefore } from '../net/inserted.ts';

type Times = Extract<Expr, { readonly tag: 'times' }>;
type Text = (span: Span) => string;

const needsOtherRank = ({ code, fixes }: Diagnostic): boolean =>
  code === 'E0201' && fixes.length > 0;

/** What is written to make a vector of a map, and that vector. */
const vectorOf = (map: TensorType): { readonly word: string; readonly type: TensorType } => {
  const pixels = map.tag === 'map' ? pixelsOf(map) : undefined;
  const c = map.tag !== 'unknown' && typeof map.c === 'number' ? map.c : 1;
  return pixels === undefined
    ? { word: meanOfMap.name, type: vectorType(c) }
    : { word: flattening.name, type: vectorType(c * pixels) };
};

/**
 * The reports of the first of several copies. A vector that is made inside is what the next copy gets; so it is made
 * before the repetition where every layer takes one, and else there is no fix, and a note says why.
 */
export const ofFirstCopy = (
  reports: readonly Diagnostic[],
  expr: Times,
  input: TensorType,
  isSound: (input: TensorType) => boolean,
  text: Text,
): readonly Diagnostic[] => {
  if (input.tag !== 'map' || !reports.some(needsOtherRank)) return reports;
  const { word, type } = vectorOf(input);
  const fits = isSound(type);
  const fixes = fits
    ? insertedBefore(text, expr.span, word, `insert \`${word}\` before the repetition`)
    : [];
  const why =
    'each copy gets what the one before it gives: what needs a vector stands behind the repetition';
  return reports.map((d) =>
    needsOtherRank(d) ? { ...d, fixes, notes: fits ? d.notes : [...d.notes, why] } : d,
  );
};

/** The reports of a later copy, which gets a vector where a map is needed: the layer that makes it stands last. */
export const ofLaterCopy = (
  reports: readonly Diagnostic[],
  expr: Times,
  input: TensorType,
  text: Text,
): readonly Diagnostic[] => {
  const body = throughGroups(expr.body);
  if (input.tag !== 'vector' || body.tag !== 'sequence') return reports;
  const [before, last] = body.steps.slice(-2);
  const word = last === undefined ? '' : text(last.span);
  if (before === undefined || last === undefined) return reports;
  if (word !== flattening.name && word !== meanOfMap.name) return reports;
  const { path, end } = expr.span;
  const fix: Fix = {
    title: `write \`${word}\` behind the repetition`,
    edits: [
      { span: { path, start: before.span.end, end: last.span.end }, newText: '' },
      { span: { path, start: end, end }, newText: `; ${word}` },
    ],
    applicability: 'likely',
  };
  return reports.map((d) =>
    d.code === 'E0201' && d.fixes.length === 0 ? { ...d, fixes: [fix] } : d,
  );
};
