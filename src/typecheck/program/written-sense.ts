/** Hints about what is written: parameters that a body ignores, joins that reach less far than they look. */
import {
  hint,
  replace,
  type Diagnostic,
  type Edit,
  type Fix,
} from '../../diagnostic/diagnostic.ts';
import { identity } from '../../ops/roles.ts';
import { table, type Row } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import { splitSize } from '../expr/split-size.ts';

type Text = (span: Span) => string;

/** Where each name stands last in a text; a size may touch the name of a layer. */
const lastUses = (text: string, names: ReadonlySet<string>): ReadonlyMap<string, number> => {
  const lengths = new Set([...names].map((name) => name.length));
  const last = new Map<string, number>();
  for (const { 0: word, index } of text.matchAll(/\w+/g)) {
    const stem = word.search(/\d*$/);
    for (const length of lengths) {
      if (length > word.length || length < stem) continue;
      const name = word.slice(0, length);
      if (names.has(name)) last.set(name, index);
    }
  }
  return last;
};

/** Parameters whose names occur nowhere behind their list; a size may touch the name of a layer. */
const ignored = (
  { parameters, body, signature, name, span }: Definition,
  text: Text,
): readonly Diagnostic[] => {
  if (parameters.length === 0 || body.tag === 'missing') return [];
  const last = lastUses(text(span), new Set(parameters.map((p) => p.name.text)));
  return parameters.flatMap((p) =>
    span.start + (last.get(p.name.text) ?? -1) >= p.span.end
      ? []
      : [
          hint(
            'W0229',
            p.name.span,
            `\`${name.text}\` does not use its parameter \`${p.name.text}\``,
            {
              label: 'has no effect',
              labels: [{ span: signature?.span ?? body.span, message: 'does not mention it' }],
              notes: ['leave it out, or use it'],
            },
          ),
        ],
  );
};

/** The operands of a join that is written without parentheses around it. */
const operandsOf = (step: Expr): readonly Expr[] =>
  step.tag === 'run' ? step.operands : step.tag === 'beside' ? step.branches : [];

/** The operator that a step is, where it is a word and no more; undefined for a definition, too. */
const operatorIn = (step: Expr | undefined): Row | undefined => {
  const [word, more] = step?.tag === 'chain' ? step.word.parts : [];
  if (word === undefined || more !== undefined) return undefined;
  return table.get(word.text) ?? table.get(splitSize(word.text)?.stem ?? '');
};

const isActivation = (step: Expr | undefined): boolean => operatorIn(step)?.family === 'activation';

const weighing: ReadonlySet<Row['family']> = new Set(['convolution', 'dense', 'normalisation']);

/** Whether a layer may end here that an activation follows: a convolution, its norm, or a call. */
const awaitsActivation = (step: Expr | undefined): boolean => {
  const row = operatorIn(step);
  if (step?.tag !== 'chain') return false;
  return row === undefined || weighing.has(row.family);
};

/** `relu + id` behind a convolution: a residual block whose branch is all that stands before it. */
const isLoneActivation = (
  { operands, signs }: Extract<Expr, { readonly tag: 'run' }>,
  before: Expr | undefined,
): boolean => {
  const [first, second, third] = operands;
  if (third !== undefined || signs[0]?.sign !== '+' || !awaitsActivation(before)) return false;
  return isActivation(first) && operatorIn(second) === identity;
};

/** The fixes for a `+` that joins less than it looks: with the steps from `start` on, or as it is. */
const grouped = (start: Span, first: Expr, join: Expr, text: Text): readonly Fix[] => {
  const at = (place: number): Span => ({ ...start, start: place, end: place });
  // in parentheses a line break is a space
  const isLong = text({ ...start, end: first.span.end }).includes('\n');
  const [open, close] = isLong ? ['{ ', ' }'] : ['(', ')'];
  return [
    {
      title: `write ${isLong ? 'braces' : 'parentheses'}, with all that stands before \`+\` in the branch`,
      edits: [
        { span: at(start.start), newText: open },
        { span: at(first.span.end), newText: close },
      ],
      applicability: 'likely',
    },
    replace(
      'write parentheses around the join, which is the same net',
      join.span,
      `(${text(join.span)})`,
    ),
  ];
};

/**
 * `conv3-16; relu; conv3-16 + id`: on one line a join looks as if it took all that stands before it, where a layer comes
 * again in one of its branches. So does `conv3-16; relu + id`, on several lines too.
 */
const shortJoins = (e: Expr, text: Text): readonly Diagnostic[] => {
  if (e.tag !== 'sequence') return [];
  const isOneLine = !text(e.span).includes('\n');
  const inRows = new Set<Expr>(rowsOfJoins(e.steps).flat()); // they have a hint of their own
  const before = new Set<string>(); // what stands before a step
  return e.steps.flatMap((step, i) => {
    const operands = operandsOf(step);
    const again =
      isOneLine &&
      !inRows.has(step) &&
      operands.some(({ tag, span }) => tag === 'chain' && before.has(text(span)));
    before.add(text(step.span));
    const [first, second] = operands;
    const last = e.steps[i - 1];
    const isAlone = step.tag === 'run' && isLoneActivation(step, last);
    if (!(again || isAlone) || last === undefined || first === undefined || second === undefined)
      return [];
    const sign = text({ ...first.span, start: first.span.end, end: second.span.start }).trim();
    return [
      hint(
        'W0230',
        step.span,
        `\`${sign}\` joins \`${text(first.span)}\` alone, and not what stands before it`,
        {
          label: 'the first branch begins here',
          labels: [
            {
              span: { ...e.span, end: last.span.end },
              message: 'is not part of a branch',
            },
          ],
          notes: [
            `\`;\` binds less than \`${sign}\`; parentheses around the join say that it is meant`,
          ],
          fixes: sign === '+' ? grouped(e.steps[0]!.span, first, step, text) : [],
        },
      ),
    ];
  });
};

type Beside = Extract<Expr, { readonly tag: 'beside' }>;

/** Joins by `|` that stand one right behind the other; those that stand alone are left out. */
const rowsOfJoins = (steps: readonly Expr[]): readonly (readonly Beside[])[] => {
  const rows: Beside[][] = [[]];
  for (const step of steps) {
    if (step.tag === 'beside') rows.at(-1)!.push(step);
    else rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
};

const around = ({ start, end, path }: Span, write: readonly [string, string]): readonly Edit[] => [
  { span: { path, start, end: start }, newText: write[0] },
  { span: { path, start: end, end }, newText: write[1] },
];

/**
 * `conv1-64 | conv1-96; conv3-128 | conv5-32` on one line: it reads like three branches, the second of two layers, and
 * is one join behind another.
 */
const joinsInRow = (e: Expr, text: Text): readonly Diagnostic[] => {
  if (e.tag !== 'sequence' || text(e.span).includes('\n')) return [];
  return rowsOfJoins(e.steps).map((row) => {
    const between = row.slice(1).map((join, i): Span => {
      const last = row[i]!.branches.at(-1)!;
      return { ...last.span, end: join.branches[0]!.span.end };
    });
    const [first, last] = [row[0]!, row.at(-1)!];
    const sign = '`|`';
    return hint(
      'W0230',
      { ...first.span, end: last.span.end },
      `each ${sign} joins up to the next \`;\`: these are ${row.length} joins, one behind the other`,
      {
        label: 'reads like branches of several layers',
        labels: row
          .slice(1)
          .map(({ span }) => ({ span, message: 'joins what the one before gives' })),
        notes: [`\`;\` binds less than ${sign}; parentheses say what is meant`],
        fixes: [
          {
            title: 'write parentheses around each join, which is the same net',
            edits: row.flatMap(({ span }) => around(span, ['(', ')'])),
            applicability: 'likely',
          },
          // what stands before may belong to the first branch
          ...(e.steps[0] === first
            ? [
                {
                  title: `write parentheses between two ${sign}, with branches of several layers`,
                  edits: between.flatMap((span) => around(span, ['(', ')'])),
                  applicability: 'likely',
                } as const,
              ]
            : []),
        ],
      },
    );
  });
};

const below = (e: Expr, text: Text): readonly Diagnostic[] => [
  ...shortJoins(e, text),
  ...joinsInRow(e, text),
  ...(e.tag === 'sequence'
    ? e.defs.flatMap((d) => (d.tag === 'def' ? writtenSense(d, text) : []))
    : []),
  ...partsOf(e).flatMap((part) => below(part, text)),
];

/** Hints about one definition as it is written. */
export const writtenSense = (definition: Definition, text: Text): readonly Diagnostic[] => [
  ...ignored(definition, text),
  ...below(definition.body, text),
];
