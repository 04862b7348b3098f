/** Fixes where a result is not what its type says: the type, or the layer that made the channels. */
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import { sameAxis, sameChannels, showType, type TensorType } from '../../ops/types.ts';
import type { Expr, TypeExpr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Context } from '../expr/context.ts';
import { lookup } from '../expr/scope.ts';
import type { Scope } from '../expr/values.ts';
import type { Typed } from '../net/typed.ts';

/** A type as it is written, what it says, and what was found. */
type Result = {
  readonly written: TypeExpr;
  readonly declared: TensorType;
  readonly found: TensorType;
  readonly scope: Scope;
};

/** Whether an entry of a type says a number of its own, and not one that is known by a name, such as `classes`. */
const isOpen = (axis: Expr, scope: Scope): boolean =>
  chainsOf(axis).every(({ word }) => {
    const found = lookup(scope, word.parts[0]!.text);
    return found?.tag === 'entry' && found.entry.from === 'size';
  });

/** For each entry of two types of one rank, whether they agree in it. */
const agreements = (a: TensorType, b: TensorType): readonly boolean[] | undefined => {
  if (a.tag === 'map' && b.tag === 'map')
    return [sameAxis(a.h, b.h), sameAxis(a.w, b.w), sameChannels(a.c, b.c)];
  return a.tag === 'vector' && b.tag === 'vector' ? [sameChannels(a.c, b.c)] : undefined;
};

/** The type as it was found, unless a name would be lost that says what was meant. */
const asFound = (cx: Context, { written, declared, found, scope }: Result): readonly Fix[] => {
  if (written.tag !== 'tensor') return [];
  const gives = showType(found);
  const parts = gives.slice(1, -1).split(', ');
  const agree = agreements(declared, found);
  const differ = written.axes.filter((_, i) => agree?.[i] !== true);
  if (!differ.every((axis) => isOpen(axis, scope))) return [];
  const edits =
    agree === undefined
      ? [{ span: written.span, newText: gives }]
      : written.axes.flatMap((axis, i) =>
          agree[i] === true ? [] : [{ span: axis.span, newText: parts[i]! }],
        );
  const axes = parts.map((part, i) =>
    agree?.[i] === true ? cx.text(written.axes[i]!.span) : part,
  );
  return [{ title: `write \`[${axes.join(', ')}]\``, edits, applicability: 'likely' }];
};

/** The last layer with the channels that the type says: `fc-classes` for `fc-10`. */
const layerAsSaid = (cx: Context, result: Result, last: Typed): readonly Fix[] => {
  const { written, declared, found } = result;
  const agree = agreements(declared, found);
  const isOnlyChannels = agree?.every((same, i) => same || i === agree.length - 1) === true;
  if (written.tag !== 'tensor' || !isOnlyChannels || found.tag === 'unknown') return [];
  const axis = written.axes[written.axes.length - 1]!;
  const said = cx.text(axis.span);
  const word = cx.text(last.span);
  const number = new RegExp(`-${String(found.c)}(?![\\w.])`);
  if (last.tag !== 'op' || !/^[\w.]+(?:[-/]\w+)+$/.test(word) || !number.test(word)) return [];
  const changed = word.replace(number, /^\w+$/.test(said) ? `-${said}` : `-(${said})`);
  return [replace(`write \`${changed}\` for \`${word}\``, last.span, changed)];
};

/** All of them, the likeliest first. `last` is the step that gave the result, or undefined where it stands outside. */
export const resultFixes = (
  cx: Context,
  result: Result,
  last: Typed | undefined,
): readonly Fix[] => [
  // in a definition another call may give another size
  ...(cx.calls.length > 0 ? [] : asFound(cx, result)),
  ...(last === undefined ? [] : layerAsSaid(cx, result, last)),
];
