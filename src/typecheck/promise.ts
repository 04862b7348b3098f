/** What the type of a net promises, compared with the images that it admits. */
import * as E from 'fp-ts/lib/Either.js';
import { error, replace } from '../diagnostic/diagnostic.ts';
import type { MaybeAxis, TensorType } from '../ops/types.ts';
import type { Context } from './context.ts';
import { both, showSizes, type Sizes } from './sizes.ts';
import type { Admissible } from './typed.ts';
import type { Definition } from './values.ts';

/**
 * A free size in a declared input promises every size of its form from the admissible lower bound on. An
 * upper bound or a congruence breaks the promise.
 */
export const checkPromise = (
  cx: Context,
  net: Definition,
  input: TensorType,
  admissible: Admissible,
): void => {
  if (input.tag !== 'map' || net.signature === undefined) return;
  const written = net.signature.input;
  (['h', 'w'] as const).forEach((axis, i) => {
    const declared = input[axis];
    const set = admissible[axis];
    if (kept(declared, set)) return;
    const cause = admissible.narrowings
      .filter((n) => n.axis === axis && !isHalfLine(n.after))
      .pop();
    const span = written.tag === 'tensor' ? (written.axes[i]?.span ?? written.span) : written.span;
    const word = axis === 'h' ? 'height' : 'width';
    const better = writtenFor(set, declared);
    cx.report(
      error(
        'E0209',
        span,
        `\`${net.name.text}\` does not take every ${word} that its type promises`,
        {
          label: `only ${showSizes(set)}`,
          labels:
            cause === undefined
              ? []
              : [
                  {
                    span: cause.span,
                    message: `\`${cause.op}\` narrows the ${word} to ${showSizes(cause.after)}`,
                  },
                ],
          fixes: better === undefined ? [] : [replace(`write \`${better}\``, span, better)],
        },
      ),
    );
  });
};

const isHalfLine = (s: Sizes): boolean => s.tag === 'from' && s.modulus === 1;

const kept = (declared: MaybeAxis, set: Sizes): boolean => {
  if (declared === 'unknown' || declared.size.tag !== 'floor') return true;
  const { a, b } = declared.size;
  if (a === 0) return true;
  const residue = ((b % a) + a) % a;
  const image: Sizes = { tag: 'from', lo: Math.max(1, b + a), modulus: a, residues: [residue] };
  const met = both(set, image);
  return E.isRight(met) && met.right.tag === 'from' && met.right.modulus === a;
};

/** `16*n` for a set of every sixteenth size; nothing short describes other sets. */
const writtenFor = (set: Sizes, declared: MaybeAxis): string | undefined => {
  if (set.tag !== 'from' || set.residues.length !== 1 || declared === 'unknown') return undefined;
  const rest = set.lo - set.modulus;
  return `${set.modulus}*${declared.variable}${rest === 0 ? '' : rest > 0 ? ` + ${rest}` : ` - ${-rest}`}`;
};
