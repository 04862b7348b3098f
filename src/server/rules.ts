/** Rules of passes: the layers that they name, and what may be asked of those. */
import { showKind } from '../ops/show.ts';
import { table, type Row } from '../ops/table.ts';
import { weightNames } from '../rewrite/document.ts';
import type { Expr, Rule } from '../syntax/tree.ts';
import { partsOf } from '../syntax/walk.ts';
import { splitSize } from '../typecheck/expr/split-size.ts';
import type { Ground } from './ground.ts';
import { lastOf } from './meaning.ts';
import { outermostBefore } from './tree-at.ts';

/** The rule that begins last before a place. */
export const ruleBefore = (ground: Ground, offset: number): Rule | undefined => {
  const d = outermostBefore(ground, offset);
  return d?.tag === 'rewrite'
    ? d.rules.findLast(({ span }) => ground.view.locate(span).start <= offset)
    : undefined;
};

/** The operator that a word stands for, with its size. */
export const operatorNamed = (word: string): Row | undefined =>
  table.get(word) ?? table.get(splitSize(word)?.stem ?? '');

type Named = readonly (readonly [name: string, row: Row])[];

const namedIn = (expr: Expr): Named => {
  const inner = partsOf(expr).flatMap(namedIn);
  if (expr.tag !== 'as' || expr.body.tag !== 'chain') return inner;
  const row = operatorNamed(lastOf(expr.body.word).text);
  return row === undefined ? inner : [[expr.name.text, row], ...inner];
};

/** The operators of the layers that the pattern around or before a place names. */
export const layersNamed = (ground: Ground, offset: number): ReadonlyMap<string, Row> => {
  const rule = ruleBefore(ground, offset);
  return new Map(rule === undefined ? [] : namedIn(rule.pattern));
};

type Member = { readonly name: string; readonly is: string; readonly doc: string };

/** What stands behind the `.` of a layer that is named: its weights, and its numbers. */
export const membersOf = (row: Row): readonly Member[] => [
  ...weightNames(row).map((name) => ({ name, is: `a weight of ${row.name}`, doc: '' })),
  ...row.params
    .filter(({ kind }) => kind.tag === 'integer' || kind.tag === 'real')
    .map(({ name, kind, doc }) => ({ name, is: showKind(kind), doc })),
];
