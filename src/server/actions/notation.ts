/** `conv3-64/2` as `conv(size = 3, channels = 64, stride = 2)`, and back. */
import { linkedBy } from '../../ops/paper.ts';
import { table } from '../../ops/table.ts';
import { pathAt, exprsOf } from '../tree-at.ts';
import type { Offer } from './action.ts';
import { calleeOf, filledIn, isAtom, together, type Callee, type Filled } from './calls.ts';

const named = ({ name, parameters }: Callee, filled: readonly Filled[]): string => {
  const inOrder = parameters.flatMap((p) => filled.filter((f) => f.parameter === p.name));
  return `${name}(${inOrder.map((f) => `${f.parameter} = ${f.text}`).join(', ')})`;
};

/** A size can only touch its word where the two cannot be read as another. */
const isSize = (text: string): boolean => /^\d+(x\d+)?$/.test(text);

/** The parameter that `-` fills; that of a window which may be left out is named, as `-` would be read as a stride. */
const mainOf = ({ parameters, use }: Callee): string | undefined => {
  const main = linkedBy('-', parameters);
  const slides = use.from === 'std' && table.get(use.text)?.windows !== undefined;
  return main !== undefined && (main.required || !slides) ? main.name : undefined;
};

const paper = (callee: Callee, filled: readonly Filled[]): string => {
  const { name } = callee;
  const main = mainOf(callee);
  const of = (parameter: string | undefined): Filled | undefined =>
    filled.find((f) => f.parameter === parameter);
  const size = of('size');
  const sized = size !== undefined && isSize(size.text) && !/\d$/.test(name) ? size : undefined;
  const touching = (f: Filled | undefined, sign: string): string =>
    f === undefined ? '' : `${sign}${together(f.text)}`;
  const [first, stride] = [of(main), of('stride')];
  const canTouch = (f: Filled | undefined): boolean =>
    f === undefined || isAtom(f.text) || !/^[["]/.test(f.text);
  const touched = [sized, ...[first, stride].filter(canTouch)];
  const others = filled.filter((f) => !touched.includes(f));
  const head = [
    `${name}${sized?.text ?? ''}`,
    canTouch(first) ? touching(first, '-') : '',
    canTouch(stride) ? touching(stride, '/') : '',
  ].join('');
  const rest = others.map((f) => `${f.parameter} = ${f.text}`).join(', ');
  if (rest === '') return head;
  return head.endsWith(')') ? `${head.slice(0, -1)}, ${rest})` : `${head}(${rest})`;
};

/** Both ways of writing the call at a place, but the one that is written there. */
export const notation: Offer = (ground, { start }) => {
  const chain = exprsOf(pathAt(ground, start)).findLast((e) => e.tag === 'chain');
  const callee = chain && calleeOf(ground, chain);
  const filled = chain && callee && filledIn(ground, chain, callee);
  if (filled === undefined || filled.length === 0) return [];
  const span = ground.view.locate(chain!.span);
  const now = ground.text.text.slice(span.start, span.end);
  const ways = [
    ['write its arguments with names', named(callee!, filled)],
    ['write it in paper notation', paper(callee!, filled)],
  ] as const;
  return ways
    .filter(([, text]) => text.replaceAll(/\s/g, '') !== now.replaceAll(/\s/g, ''))
    .map(([title, newText]) => ({
      title: `${title}: \`${newText}\``,
      kind: 'refactor.rewrite',
      changes: [{ span, newText }],
    }));
};
