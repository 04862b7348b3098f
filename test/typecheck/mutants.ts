/** Programs that are wrong on purpose, with the place that makes them so. */
import { resultOf } from '../../src/diagnostic/checked.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import type { TensorType } from '../../src/ops/types.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import type { Span } from '../../src/syntax/source.ts';
import type { Expr } from '../../src/syntax/tree.ts';
import { partsOf } from '../../src/syntax/walk.ts';
import { eachNode } from '../../src/typecheck/net/flow.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { main } from './program.ts';
import type { Random } from './random-programs.ts';

/** A changed program, and where in it the new text stands. */
export type Mutant = {
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

const put = (text: string, { start, end }: Span, written: string): Mutant => ({
  text: text.slice(0, start) + written + text.slice(end),
  start,
  end: start + written.length,
});

/** Wrong whatever comes in. */
const wrongAnywhere: readonly string[] = [
  'rleu',
  'relu(3)',
  '@nothing',
  '3',
  'half',
  'conv3',
  'dropout-0.5(raet = 2)',
  'conv3-8(pad = 1.5)',
  'softmax-8-8',
  'conv3-(1/0)',
  'conv3-0',
  '3.5x relu',
  '99999x relu',
  'relu(relu)',
  'dropout-2',
  'batchnorm(eps = relu)',
  'if 3 then id else id',
  'conv3-8 - 2',
  'relu as q_; relu as q_',
  'relu as q_; @r_',
  'if 1 > relu then id else id',
  'nosuch.conv3-8',
];

/** Layers that cannot follow a value of this type. */
export const misfits = (t: TensorType): readonly string[] => {
  if (t.tag === 'unknown' || typeof t.c !== 'number') return wrongAnywhere;
  const always = [`batchnorm-${t.c + 1}`, `channels(0..${t.c + 1})`];
  const shaped =
    t.tag === 'vector'
      ? ['conv3-8', 'maxpool', 'gap', `(fc-3 : [${t.c + 2}] -> _)`, `id + fc-${t.c + 1}`, 'lrn']
      : [
          'fc-8',
          'conv(50, 8, pad = valid)',
          'maxpool50',
          `conv3-${t.c + 1}(groups = ${t.c + 2})`,
          `conv3-${t.c + 1} + id`,
          'id | gap',
          'id | upsample(2)',
          'crop(30)',
          'maxpool2(pad = 2)',
          `conv3-8 | conv3-8 + conv3-9`,
          `(id : [_, _, ${t.c}] -> [_, _, ${t.c + 1}])`,
          `(id : [_, _, ${t.c + 3}] -> _)`,
        ];
  return [...always, ...shaped, ...wrongAnywhere];
};

/** A layer of the net, wherever it is written, in whose place stands one that does not fit what arrives. */
export const misfitted = (text: string, net: TypedNet, r: Random): Mutant | undefined => {
  // what arrives the first time does not depend on what is put there; a second copy's input may
  const firsts = new Map<number, { readonly span: Span; readonly input: TensorType }>();
  eachNode(net.body, (node) => {
    if (node.tag !== 'op') return;
    const span = node.handed ?? node.span;
    if (!firsts.has(span.start)) firsts.set(span.start, { span, input: node.input });
  });
  if (firsts.size === 0) return undefined;
  const { span, input } = [...firsts.values()][r(firsts.size)]!;
  const bad = misfits(input);
  return put(text, span, `(${bad[r(bad.length)]!})`);
};

const words: readonly string[] = [
  'id',
  'gap',
  'flatten',
  'fc-3',
  'conv3-2',
  'conv1-5/2',
  'maxpool',
  'upsample(3)',
  'softmax',
  'batchnorm-2',
  'channels(1..2)',
  'crop(1)',
];

/** The expressions of the bodies of a program, parts before what holds them. */
export const expressionsOf = (text: string): readonly Expr[] => {
  const found: Expr[] = [];
  const visit = (e: Expr): void => {
    partsOf(e).forEach(visit);
    found.push(e);
  };
  const tree = resultOf(parse({ path: main, text }, operatorWords));
  for (const d of tree?.declarations ?? []) if (d.tag === 'def' || d.tag === 'net') visit(d.body);
  return found;
};

/** A program with one expression changed, which may be none the worse for it. */
export const changed = (text: string, r: Random): Mutant => {
  const expressions = expressionsOf(text);
  const e = expressions[r(expressions.length)]!;
  const old = text.slice(e.span.start, e.span.end);
  const braced = old.startsWith('{');
  const other = words[r(words.length)]!;
  const forms: readonly string[] =
    e.tag === 'number'
      ? [...['0', '1', '2', '3', '7', '50'].filter((n) => n !== old), `(${old} + 1)`, 'relu']
      : braced
        ? [`{ ${other} }`, `{ ${other}\n${old.slice(1)}`, `{ ${old.slice(1, -1)}\n${other} }`]
        : [
            `(${other})`,
            `(${old}; ${other})`,
            `(${other}; ${old})`,
            `(${old} + id)`,
            `(${old} | ${other})`,
            `(${r(4)}x (${old}))`,
            `(${old}; ${old})`,
          ];
  return put(text, e.span, forms[r(forms.length)]!);
};

const within = ({ start, end }: Mutant, span: Span): boolean =>
  span.start === span.end
    ? start <= span.start && span.end <= end
    : span.start < end && start < span.end;

/** Whether the first error is at the new text, and whether it points there at all. */
export const pointing = (
  mutant: Mutant,
  first: Diagnostic,
): { readonly primary: boolean; readonly any: boolean } => {
  const primary = within(mutant, first.primary.span);
  return { primary, any: primary || first.labels.some((l) => within(mutant, l.span)) };
};
