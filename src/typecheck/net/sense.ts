/** Hints about nets that have a meaning and little sense: layers that change nothing, values that nobody takes. */
import { hint, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { batchNormalisation, projectionOf } from '../../ops/roles.ts';
import { rowOf } from '../../ops/table.ts';
import { isExtent } from '../../ops/parts/args.ts';
import type { Span } from '../../syntax/source.ts';
import { childrenOf, eachNode } from './flow.ts';
import type { Typed, TypedNet } from './typed.ts';

type Op = Extract<Typed, { readonly tag: 'op' }>;

/** The layers at the ends of a subtree; none where it does not begin or end with a single layer. */
type Ends = { readonly first: Op | undefined; readonly last: Op | undefined };

const noEnds: Ends = { first: undefined, last: undefined };

/** Two layers, one directly behind the other. */
type Pair = readonly [before: Op, behind: Op];

/** The pairs of neighbours of nets, each subtree once, and the ends of each. */
const neighbours = (): { readonly pairs: Pair[]; readonly endsOf: (typed: Typed) => Ends } => {
  const pairs: Pair[] = [];
  const met = new Map<Typed, Ends>();
  const inRow = (parts: readonly Typed[]): Ends => {
    const ends = parts.filter(({ tag }) => tag !== 'also').map(endsOf);
    ends.forEach(({ first }, i) => {
      const before = ends[i - 1]?.last;
      if (before !== undefined && first !== undefined) pairs.push([before, first]);
    });
    return { first: ends[0]?.first, last: ends[ends.length - 1]?.last };
  };
  const found = (typed: Typed): Ends => {
    switch (typed.tag) {
      case 'op':
        return { first: typed, last: typed };
      case 'sequence':
        for (const part of typed.steps) if (part.tag === 'also') endsOf(part.body);
        return inRow(typed.steps);
      case 'repeat':
        // further copies are neighbours as the first two are
        return inRow(typed.copies.slice(0, 2));
      case 'folder':
      case 'remember':
        return endsOf(typed.body);
      default:
        childrenOf(typed).forEach(endsOf);
        return noEnds;
    }
  };
  const endsOf = (typed: Typed): Ends => {
    const known = met.get(typed);
    if (known !== undefined) return known;
    const ends = found(typed);
    met.set(typed, ends);
    return ends;
  };
  return { pairs, endsOf };
};

const written = ({ handed, span }: Op): Span => handed ?? span;

/** Whether one layer is repeated, which is meant. */
const isRepeated = ([before, behind]: Pair): boolean =>
  written(before).path === written(behind).path && written(before).start === written(behind).start;

/** An activation right behind itself, such as a second softmax. */
const twice = ([before, behind]: Pair): readonly Diagnostic[] => {
  const { family, training, scales } = rowOf(behind.op);
  if (isRepeated([before, behind])) return [];
  const isSame =
    before.op === behind.op && JSON.stringify(before.args) === JSON.stringify(behind.args);
  if (!isSame || family !== 'activation' || training !== undefined || scales === true) return [];
  return [
    hint('W0225', written(behind), `\`${behind.op}\` stands right behind \`${behind.op}\``, {
      label: 'the second',
      labels: [{ span: written(before), message: 'the first' }],
      notes: ['one of them is enough'],
    }),
  ];
};

/** An activation that takes the sign of the scores away, behind the last fully connected layer. */
const lastScores = ([before, behind]: Pair): readonly Diagnostic[] =>
  before.op === projectionOf('vector').name && rowOf(behind.op).rectifies === true
    ? [
        hint(
          'W0225',
          written(behind),
          `\`${behind.op}\` is the last layer, behind \`${before.op}\``,
          {
            label: 'scores below 0 become 0',
            labels: [{ span: written(before), message: 'gives the scores' }],
            notes: ['a net ends with its scores, or with what makes probabilities of them'],
          },
        ),
      ]
    : [];

const isWide = ({ op, args }: Op): boolean => {
  const size = args['size'];
  return op === projectionOf('map').name && isExtent(size) && size.h > 1 && size.w > 1;
};

/** Two convolutions with nothing between are one, where others have something between. */
const linear = (pairs: readonly Pair[]): readonly Diagnostic[] =>
  pairs.flatMap(([before, behind]) =>
    isWide(before) && isWide(behind) && !isRepeated([before, behind])
      ? [
          hint('W0226', written(behind), `nothing stands between two \`${behind.op}\``, {
            label: 'the second of two convolutions',
            labels: [{ span: written(before), message: 'the first' }],
            notes: [
              'together they are one linear function; elsewhere an activation stands between',
            ],
          }),
        ]
      : [],
  );

/** `batchnorm(64, 0.9)`: what was meant as the momentum is added to the variance. */
const largeEps = (op: Op): readonly Diagnostic[] => {
  const eps = op.args['eps'];
  if (typeof eps !== 'number' || eps < 0.1) return [];
  const order = rowOf(op.op).params.map(({ name }) => `\`${name}\``);
  return [
    hint('W0227', written(op), `${eps} is added to the variance in this \`${op.op}\``, {
      label: `\`eps\` is ${eps}`,
      notes: [
        `the order is ${order.join(', ')}; ${op.op === batchNormalisation.name ? 'a momentum is given by name' : 'the usual number is 1e-5'}`,
      ],
    }),
  ];
};

/** `batchnorm(momentum = 0.99)`: what Keras calls so is 1 − momentum here. */
const largeMomentum = (op: Op): readonly Diagnostic[] => {
  const momentum = op.args['momentum'];
  if (typeof momentum !== 'number' || momentum <= 0.5) return [];
  const kept = Number((1 - momentum).toFixed(6));
  return [
    hint('W0227', written(op), `the newest batch weighs ${momentum} in this \`${op.op}\``, {
      label: `\`momentum\` is ${momentum}`,
      notes: [
        `in Keras and TensorFlow the momentum is the weight of all batches before, so ${momentum} there is ${kept} here`,
      ],
    }),
  ];
};

/** Values that are remembered and never taken. */
const forgotten = (
  remembered: readonly Typed[],
  recalled: ReadonlySet<number>,
): readonly Diagnostic[] =>
  remembered.flatMap((typed) => {
    if (typed.tag !== 'remember' || recalled.has(typed.key)) return [];
    const place = { ...typed.span, start: typed.value.end };
    return [
      hint('W0228', place, 'this value is remembered and never taken', {
        label: 'nothing recalls it with `@`',
        labels: [{ span: typed.value, message: 'the value' }],
        fixes: [replace('leave the name out', place, '')],
      }),
    ];
  });

/** What little sense a net has, by itself and beside others. */
export type Sense = {
  readonly found: readonly Diagnostic[];
  /** hints about two convolutions in a row; they hold where another net has an activation behind one */
  readonly linear: readonly Diagnostic[];
  /** whether an activation stands behind a convolution */
  readonly activates: boolean;
};

/** Looks for what has little sense in a net. */
export const senseOf = ({ body }: TypedNet): Sense => {
  const { pairs, endsOf } = neighbours();
  const found: Diagnostic[] = [];
  const remembered: Typed[] = [];
  const recalled = new Set<number>();
  const { last } = endsOf(body);
  found.push(...pairs.filter(([, behind]) => behind === last).flatMap(lastScores));
  eachNode(body, (node) => {
    if (node.tag === 'op') found.push(...largeEps(node), ...largeMomentum(node));
    if (node.tag === 'remember') remembered.push(node);
    if (node.tag === 'recall') recalled.add(node.key);
  });
  return {
    found: [...found, ...pairs.flatMap(twice), ...forgotten(remembered, recalled)],
    linear: linear(pairs),
    activates: pairs.some(
      ([before, behind]) => isWide(before) && rowOf(behind.op).family === 'activation',
    ),
  };
};

/** Hints about the nets of a program, all together: a habit of one is seen in the others. */
export const hintsOf = (senses: readonly Sense[]): readonly Diagnostic[] => [
  ...senses.flatMap(({ found }) => found),
  ...(senses.some(({ activates }) => activates) ? senses.flatMap((sense) => sense.linear) : []),
];
