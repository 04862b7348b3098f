/** Hints about what is written: parameters that a body ignores, joins that reach less far than they look. */
import { hint, replace, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';

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

/**
 * `conv3-16; relu; conv3-16 + id`: on one line a join looks as if it took all that stands before it, where a layer comes
 * again in one of its branches.
 */
const shortJoins = (e: Expr, text: Text): readonly Diagnostic[] => {
  if (e.tag !== 'sequence' || text(e.span).includes('\n')) return [];
  const before = new Set<string>(); // what stands before a step
  return e.steps.flatMap((step, i) => {
    const operands = operandsOf(step);
    const again = operands.some(({ tag, span }) => tag === 'chain' && before.has(text(span)));
    before.add(text(step.span));
    const [first, second] = operands;
    const last = e.steps[i - 1];
    if (!again || last === undefined || first === undefined || second === undefined) return [];
    const start = { ...first.span, start: e.steps[0]!.span.start, end: e.steps[0]!.span.start };
    const end = { ...first.span, start: first.span.end };
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
          fixes:
            sign === '+'
              ? [
                  {
                    title: `write parentheses, with all that stands before \`${sign}\` in the branch`,
                    edits: [
                      { span: start, newText: '(' },
                      { span: end, newText: ')' },
                    ],
                    applicability: 'likely',
                  },
                  replace(
                    'write parentheses around the join, which is the same net',
                    step.span,
                    `(${text(step.span)})`,
                  ),
                ]
              : [],
        },
      ),
    ];
  });
};

const below = (e: Expr, text: Text): readonly Diagnostic[] => [
  ...shortJoins(e, text),
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
