/** Changes that would make two branches of a join agree. */
import { replace, type Fix } from '../diagnostic/diagnostic.ts';
import { extentOf, type MaybeAxis } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Typed } from './typed.ts';

type Text = (span: Span) => string;

/** The layers of one path: those of a branch with joins in it cannot be taken one by one. */
const straight = (typed: Typed): readonly Extract<Typed, { readonly tag: 'op' }>[] => {
  switch (typed.tag) {
    case 'op':
      return [typed];
    case 'sequence':
      return typed.steps.flatMap(straight);
    case 'folder':
    case 'remember':
      return straight(typed.body);
    default:
      return [];
  }
};

/** The branch with other channels: a 1×1 convolution in place of `id`, or at its end. */
export const withChannels = (branch: Typed, channels: number, text: Text): readonly Fix[] => {
  const written = text(branch.span);
  const added = `${branch.output.tag === 'vector' ? 'fc' : 'conv1'}-${channels}`;
  const changed = written === 'id' ? added : `(${written}; ${added})`;
  return written === '' || written.includes('\n')
    ? []
    : [replace(`write \`${changed}\` for \`${written}\``, branch.span, changed)];
};

/** What is written last of a branch's layers that `wanted` holds for. */
const written = (
  branch: Typed,
  text: Text,
  wanted: (op: Extract<Typed, { readonly tag: 'op' }>, word: string) => boolean,
): { readonly span: Span; readonly word: string } | undefined => {
  const found = straight(branch).flatMap((op) => {
    const span = op.handed ?? op.span;
    return wanted(op, text(span)) ? [{ span, word: text(span) }] : [];
  });
  return found[found.length - 1];
};

/**
 * A stride for the branch whose map is a multiple of the other's, or no `pad = valid` where that made the
 * smaller one smaller.
 */
export const withSize = (
  [first, other]: readonly [Typed, Typed],
  [a, b]: readonly [MaybeAxis, MaybeAxis],
  text: Text,
): readonly Fix[] => {
  const [m, n] = [extentOf(a), extentOf(b)];
  if (m === undefined || n === undefined) return [];
  const [large, small] = m > n ? [first, other] : [other, first];
  const ratio = Math.round(Math.max(m, n) / Math.min(m, n));
  const plain = written(large, text, (op, word) => {
    const sliding = ['conv', 'depthwise', 'maxpool', 'avgpool'].includes(op.op);
    return sliding && /^[\w.]+(-\w+)*$/.test(word);
  });
  if (ratio > 1 && plain !== undefined) {
    const changed = `${plain.word}/${ratio}`;
    return [replace(`write \`${changed}\` for \`${plain.word}\``, plain.span, changed)];
  }
  const valid = written(small, text, (_, word) => /\(pad = (valid|0)\)$/.test(word));
  if (ratio > 1 || valid === undefined) return [];
  const changed = valid.word.replace(/\(pad = \w+\)$/, '');
  return [replace(`write \`${changed}\` for \`${valid.word}\``, valid.span, changed)];
};
