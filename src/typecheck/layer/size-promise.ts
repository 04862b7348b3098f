/** Compares the sizes that the type of a net promises with those that the net admits. */
import * as E from 'fp-ts/lib/Either.js';
import { error, type Edit, type Fix } from '../../diagnostic/diagnostic.ts';
import { cropping } from '../../ops/roles.ts';
import { rowOf, type OperatorName } from '../../ops/table.ts';
import { sameAxis, type Axis, type MaybeAxis } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Signature, Definition } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import { differenceOf, isInside, sideOf, withSize } from '../net/branch-fixes.ts';
import type { Context } from '../expr/context.ts';
import { eachNode } from '../net/flow.ts';
import { isEmpty, both, showSizes, type Sizes } from '../../size/sizes.ts';
import type { Admissible, Narrowing, Typed, TypedNet } from '../net/typed.ts';

/**
 * A free size in a declared input promises every size of its form from the admissible lower bound on. An
 * upper bound or a congruence breaks the promise.
 */
export const checkPromise = (
  cx: Context,
  net: Definition,
  { input, body }: Pick<TypedNet, 'input' | 'body'>,
  admissible: Admissible,
): void => {
  const { signature } = net;
  if (input.tag !== 'map' || signature?.input.tag !== 'tensor') return;
  const { axes } = signature.input;
  const broken = (['h', 'w'] as const).flatMap((axis, i): readonly Broken[] => {
    const [declared, set, written] = [input[axis], admissible[axis], axes[i]];
    return written === undefined || declared === 'unknown' || kept(declared, set)
      ? []
      : [{ axis, declared, set, written }];
  });
  const [first] = broken;
  const last = broken[broken.length - 1];
  if (first === undefined || last === undefined) return;
  const words = broken.map(({ axis }) => (axis === 'h' ? 'height' : 'width'));
  const promised = words.join(' and ');
  const sets = [...new Set(broken.map(({ set }) => showSizes(set)))].join(' and ');
  const none = words.filter((_, i) => isEmpty(broken[i]!.set));
  const cause = admissible.narrowings
    .filter((n) => n.axis === last.axis && !isHalfLine(n.after))
    .pop();
  const join = cause && joinAt(body, cause);
  const form = fixesFor(broken, signature);
  const fixes = form.length > 0 || join === undefined ? form : agreeing(cx, net, join);
  cx.report(
    error(
      'E0209',
      { ...first.written.span, end: last.written.span.end },
      `\`${net.name.text}\` does not take every ${promised} that its type promises`,
      {
        label:
          none.length > 0
            ? `no ${none.join(' and no ')} fits`
            : `only ${sets} ${/^\d+$/.test(sets) ? 'fits' : 'fit'}`,
        labels:
          cause === undefined
            ? []
            : [
                {
                  span: cause.span,
                  message: asks(cause, join),
                },
              ],
        notes:
          fixes.length === 0 && cause !== undefined && isEmpty(cause.after) && join !== undefined
            ? [
                `cut the border of the larger branch off with \`${cropping.name}\`, or pad the smaller one`,
              ]
            : [],
        fixes,
      },
    ),
  );
};

type Broken = {
  readonly axis: 'h' | 'w';
  readonly declared: Axis;
  readonly set: Sizes;
  readonly written: Expr;
};

const signOf = (op: OperatorName): string => {
  const { inputs } = rowOf(op);
  return `\`${inputs.tag === 'join' ? inputs.sign : op}\``;
};

/** The two branches that a narrowing is about. */
type Meeting = {
  readonly span: Span;
  readonly op: OperatorName;
  readonly axis: 'h' | 'w';
  readonly branches: readonly [Typed, Typed];
};

/** The join that narrowed the sizes, with the first branch and the one that differs from it. */
const joinAt = (body: Typed, { span, op, axis }: Narrowing): Meeting | undefined => {
  let found: Meeting | undefined;
  eachNode(body, (typed) => {
    if (found !== undefined || typed.tag !== 'join' || typed.op !== op) return;
    if (!sameSpan(typed.span, span)) return;
    const [first, ...others] = typed.branches;
    const other = first && others.find((o) => !sameSide(first, o, axis));
    if (first !== undefined && other !== undefined)
      found = { span, op, axis, branches: [first, other] };
  });
  return found;
};

const sameSpan = (a: Span, b: Span): boolean =>
  a.path === b.path && a.start === b.start && a.end === b.end;

const sameSide = (a: Typed, b: Typed, axis: 'h' | 'w'): boolean =>
  a.output.tag !== 'map' || b.output.tag !== 'map' || sameAxis(a.output[axis], b.output[axis]);

/** Fixes for two branches: add a forgotten stride, or cut off a border. */
const agreeing = (cx: Context, net: Definition, join: Meeting): readonly Fix[] =>
  withSize(join.op, join.branches, join.axis, {
    text: cx.text,
    called: !isInside(join.span, net.body.span),
    numberOf: () => undefined,
    takesStride: () => false,
    operator: (name) => name,
  });

/** The pixels by which the branches of a join differ, if that is the same number for every image. */
const apart = ({ branches, axis }: Meeting): number | undefined => {
  const [a, b] = branches.map((branch) => sideOf(branch, axis));
  return a === undefined || b === undefined ? undefined : differenceOf(a, b);
};

const pixels = (n: number): string => `${Math.abs(n)} pixel${Math.abs(n) === 1 ? '' : 's'}`;

/** The label at the layer that narrowed the sizes: the sizes it needs, or that no size fits. */
const asks = ({ op, after }: Narrowing, join: Meeting | undefined): string => {
  if (!isEmpty(after)) return `${signOf(op)} needs ${showSizes(after)}`;
  const difference = join && apart(join);
  return difference === undefined
    ? `no size fits ${signOf(op)}`
    : `the branches of ${signOf(op)} differ by ${pixels(difference)}, whatever the size`;
};

/** Fixes that write a type which holds: `16*n` in the input, and in the output `16*n` for the old n. */
const fixesFor = (broken: readonly Broken[], signature: Signature): readonly Fix[] => {
  const edits = new Map<number, Edit>();
  for (const { declared, set, written } of broken) {
    const form = formOf(set, declared);
    if (form === undefined) return [];
    edits.set(written.span.start, { span: written.span, newText: shown(form, declared.variable) });
    const outputs = signature.output?.tag === 'tensor' ? signature.output.axes : [];
    for (const { word, links, span } of outputs.flatMap(chainsOf)) {
      if (word.parts.length > 1 || word.parts[0]!.text !== declared.variable) continue;
      const alone =
        links.length === 0 &&
        outputs.some((o) => o.span.start === span.start && o.span.end === span.end);
      const text = shown(inTermsOf(form, declared), declared.variable);
      edits.set(word.span.start, { span: word.span, newText: alone ? text : `(${text})` });
    }
  }
  const inputs = broken.map(({ written }) => edits.get(written.span.start)!.newText);
  const title = `write \`${[...new Set(inputs)].join('` and `')}\``;
  return [{ title, edits: [...edits.values()], applicability: 'likely' }];
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

/** a·n + b for n = 1, 2, … */
type Form = { readonly a: number; readonly b: number };

/** The form of a set of every a-th size; undefined for other sets, which have no short form. */
const formOf = (set: Sizes, declared: Axis): Form | undefined => {
  if (set.tag !== 'from' || set.residues.length !== 1 || declared.size.tag !== 'floor')
    return undefined;
  const form = { a: set.modulus, b: set.lo - set.modulus };
  const { a, b } = inTermsOf(form, declared);
  return Number.isInteger(a) && Number.isInteger(b) ? form : undefined;
};

/** What the declared name was, in terms of the new one: A·m + B = a·n + b gives m. */
const inTermsOf = ({ a, b }: Form, { size }: Axis): Form =>
  size.tag === 'floor' ? { a: a / size.a, b: (b - size.b) / size.a } : { a, b };

const shown = ({ a, b }: Form, name: string): string =>
  `${a === 1 ? '' : `${a}*`}${name}${b === 0 ? '' : b > 0 ? ` + ${b}` : ` - ${-b}`}`;
