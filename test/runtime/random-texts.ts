/** Random programs of every operator with every parameter, with branches, skips and side outputs, written along types. */
import * as Either from 'fp-ts/lib/Either.js';
import { withDefaults } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import { showCall } from '../../src/ops/show.ts';
import { standing } from '../../src/ops/standing.ts';
import { table, type Row } from '../../src/ops/table.ts';
import { image, shapeOf, showType, vectorType, type TensorType } from '../../src/ops/types.ts';
import { drawn, type Choices } from '../../src/rewrite/verify/choices.ts';
import { randomArg } from '../../src/rewrite/verify/random-args.ts';

/** Layers as they are written, and the type that they give. */
type Part = { readonly text: string; readonly type: TensorType };

type Writing = {
  readonly choose: Choices;
  readonly layers: readonly Row[];
  /** those of them that have weights: they are taken more often than there are of them */
  readonly weighted: readonly Row[];
  /** of side outputs and remembered values */
  names: number;
};

const all = [...table.values()];
const joins = all.filter((row) => row.inputs.tag === 'join');
const layers = all.filter((row) => row.inputs.tag === 'one');

const activations = layers.filter((row) => row.elementwise);

const hasNoWeights = (row: Row): boolean =>
  row.samples.every(({ args, inputs }) => row.weights(args, inputs).length === 0);

/** Small enough for plain JavaScript. */
const isSmall = (type: TensorType): boolean => {
  const shape = shapeOf(type, 1);
  return (
    shape !== undefined &&
    shape.every((n) => n >= 1 && n <= 400) &&
    shape.reduce((a, b) => a * b, 1) <= 1200
  );
};

const argsFor = (row: Row, type: TensorType, choose: Choices): Args => {
  const shape = shapeOf(type, 1) ?? [];
  const around = {
    channels: shape[shape.length - 1] ?? 1,
    height: shape[1] ?? 1,
    width: shape[2] ?? 1,
    groups: 1,
  };
  const args: { [name: string]: Args[string] } = {};
  for (const param of row.params) {
    const { groups } = args;
    const value = randomArg(
      param,
      { ...around, groups: typeof groups === 'number' ? groups : 1 },
      choose,
    );
    if (value !== undefined) args[param.name] = value;
  }
  return args;
};

/** What a row gives; undefined where it does not take that, or gives too much. */
const applied = (row: Row, args: Args, inputs: readonly TensorType[]): TensorType | undefined => {
  const shape = row.shape(withDefaults(row.params, args), inputs);
  if (Either.isLeft(shape) || standing(shape.right) !== undefined) return undefined;
  const { type } = shape.right;
  return isSmall(type) ? type : undefined;
};

const one = (w: Writing, type: TensorType, rows: readonly Row[] = w.layers): Part => {
  for (let i = 0; i < 30; i++) {
    const among =
      w.weighted.length > 0 && rows === w.layers && w.choose.once(3) ? w.weighted : rows;
    const row = among[w.choose.below(among.length)]!;
    const args = argsFor(row, type, w.choose);
    const output = applied(row, args, [type]);
    if (output === undefined) continue;
    const text = showCall(row, args);
    // what is fused with a product stands right behind it
    if (row.elementwise || hasNoWeights(row) || !w.choose.once(2)) return { text, type: output };
    const next = one(w, output, activations);
    return { text: `${text}; ${next.text}`, type: next.type };
  }
  return { text: 'relu', type };
};

const chain = (w: Writing, type: TensorType, most: number, depth: number): Part => {
  const texts: string[] = [];
  let at = type;
  for (let i = w.choose.below(most + 1); i > 0; i--) {
    const next = step(w, at, depth);
    texts.push(next.text);
    at = next.type;
  }
  return { text: texts.length === 0 ? 'id' : texts.join('; '), type: at };
};

/** Two branches and what joins them; a gate by a vector is one of them. */
const joined = (w: Writing, type: TensorType, depth: number): Part | undefined => {
  for (let i = 0; i < 8; i++) {
    const row = joins[w.choose.below(joins.length)]!;
    const branches = [chain(w, type, 2, depth - 1), chain(w, type, 1, depth - 1)];
    const output = applied(
      row,
      {},
      branches.map((b) => b.type),
    );
    if (output !== undefined && row.inputs.tag === 'join')
      return {
        text: `(${branches.map((b) => `(${b.text})`).join(` ${row.inputs.sign} `)})`,
        type: output,
      };
  }
  return undefined;
};

/** A value that is read again behind further layers. */
const skipping = (w: Writing, type: TensorType, depth: number): Part | undefined => {
  const name = `v${w.names++}`;
  const first = one(w, type);
  const between = chain(w, first.type, 2, depth - 1);
  const row = joins[w.choose.below(joins.length)]!;
  const output = applied(row, {}, [between.type, first.type]);
  return output === undefined || row.inputs.tag !== 'join'
    ? undefined
    : {
        text: `((${first.text}) as ${name}; ${between.text}; id ${row.inputs.sign} @${name})`,
        type: output,
      };
};

const step = (w: Writing, type: TensorType, depth: number): Part => {
  const kind = depth === 0 ? 0 : w.choose.below(8);
  if (kind === 5) return joined(w, type, depth) ?? one(w, type);
  if (kind === 6) return skipping(w, type, depth) ?? one(w, type);
  if (kind === 7 && depth > 1) {
    const name = `side${w.names++}`;
    return { text: `also ${name} { ${chain(w, type, 2, depth - 1).text} }`, type };
  }
  return one(w, type);
};

/** The program of this number: one net `N`; of every fifth no layer has weights. */
export const randomText = (seed: number): string => {
  const choose = drawn(seed, 'programs', 0);
  const bare = seed % 5 === 0;
  const rows = bare ? layers.filter(hasNoWeights) : layers;
  const weighted = rows.filter((row) => !hasNoWeights(row));
  const w: Writing = { choose, layers: rows, weighted, names: 1 };
  const channels = choose.of(1, 2, 3, 4, 6);
  const input = choose.once(8)
    ? vectorType(channels)
    : image(choose.side() + 1, choose.side() + 1, channels);
  const steps: string[] = [];
  let type: TensorType = input;
  for (let i = choose.below(6) + 1; i > 0; i--) {
    const next = step(w, type, 2);
    steps.push(next.text);
    type = next.type;
  }
  return `net N : ${showType(input)} -> _ {\n${steps.map((s) => `  ${s}\n`).join('')}}\n`;
};
