/** Random programs that are well typed, written along the types of their values. */
import * as E from 'fp-ts/lib/Either.js';
import { withDefaults } from '../../src/ops/parts/args.ts';
import type { Args } from '../../src/ops/params.ts';
import { rowOf, type OperatorName } from '../../src/ops/table.ts';
import { extentOf, image, showType, type TensorType } from '../../src/ops/types.ts';

/** A whole number from 0 up to and without n: mulberry32, so that a seed is a program. */
export type Random = (n: number) => number;

export const randomFrom = (seed: number): Random => {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * n);
  };
};

type Layer = { readonly text: string; readonly type: TensorType };

/** A layer of the table as it is written, and its arguments for the row. */
const layers: readonly ((r: Random) => readonly [text: string, op: OperatorName, args: Args])[] = [
  (r) => {
    const [k, c, s] = [1 + r(4), 1 + r(4), 1 + r(2)];
    return [
      `conv${k}-${c}/${s}`,
      'conv',
      { size: { h: k, w: k }, channels: c, stride: { h: s, w: s } },
    ];
  },
  (r) => {
    const c = 1 + r(4);
    return [
      `conv1x3-${c}(pad = valid)`,
      'conv',
      { size: { h: 1, w: 3 }, channels: c, pad: 'valid' },
    ];
  },
  (r) => {
    const m = 1 + r(2);
    return [
      `depthwise3(multiplier = ${m}, bias = false)`,
      'depthwise',
      { size: { h: 3, w: 3 }, multiplier: m, bias: false },
    ];
  },
  (r) => {
    const c = 1 + r(3);
    return [
      `deconv(2, ${c}, 2)`,
      'deconv',
      { size: { h: 2, w: 2 }, channels: c, stride: { h: 2, w: 2 } },
    ];
  },
  (r) => {
    const round = r(2) === 0 ? 'floor' : 'ceil';
    return [
      `maxpool3/2(round = ${round})`,
      'maxpool',
      { size: { h: 3, w: 3 }, stride: { h: 2, w: 2 }, round },
    ];
  },
  () => ['maxpool', 'maxpool', {}],
  () => [
    'avgpool3/1(pad = same)',
    'avgpool',
    { size: { h: 3, w: 3 }, stride: { h: 1, w: 1 }, pad: 'same' },
  ],
  () => ['gap', 'gap', {}],
  () => ['flatten', 'flatten', {}],
  (r) => {
    const n = 1 + r(5);
    return [`fc-${n}`, 'fc', { units: n }];
  },
  () => ['relu', 'relu', {}],
  () => ['sigmoid', 'sigmoid', {}],
  () => ['batchnorm', 'batchnorm', {}],
  () => ['softmax', 'softmax', {}],
  () => ['dropout-0.3', 'dropout', { rate: 0.3 }],
  () => ['pad(1)', 'pad', { by: { top: 1, bottom: 1, left: 1, right: 1 } }],
  () => ['crop([0, 1])', 'crop', { by: { top: 0, bottom: 1, left: 0, right: 1 } }],
  () => ['upsample(2)', 'upsample', { scale: 2 }],
  () => ['channels(0..1)', 'channels', { range: { from: 0, to: 1 } }],
  () => ['std.relu6', 'relu6', {}],
];

const small = (t: TensorType): boolean => {
  if (t.tag !== 'map') return t.tag === 'vector' && typeof t.c === 'number' && t.c <= 400;
  const [h, w] = [extentOf(t.h) ?? 0, extentOf(t.w) ?? 0];
  return h >= 1 && w >= 1 && h <= 20 && w <= 20 && typeof t.c === 'number' && t.c <= 24;
};

const one = (r: Random, input: TensorType): Layer => {
  for (let i = 0; i < 20; i++) {
    const [text, op, args] = layers[r(layers.length)]!(r);
    const row = rowOf(op);
    const shape = row.shape(withDefaults(row.params, args), [input]);
    if (E.isRight(shape) && small(shape.right.type)) return { text, type: shape.right.type };
  }
  return { text: 'relu', type: input };
};

/** A layer that gives what it gets, of any rank. */
const keeping = (r: Random, { tag, c }: Exclude<TensorType, { tag: 'unknown' }>): string =>
  tag === 'map'
    ? ['relu', `conv3-${c}`, 'id', 'batchnorm'][r(4)]!
    : ['relu', `fc-${c}`, 'id'][r(3)]!;

/** Names that definitions, labels and remembered values take. */
export type Program = { readonly defs: string[]; names: number };

export const layer = (r: Random, program: Program, input: TensorType, depth: number): Layer => {
  if (depth === 0 || input.tag === 'unknown') return one(r, input);
  const name = (): string => `n${program.names++}_`;
  const inside = (): Layer => layer(r, program, input, depth - 1);
  switch (r(15)) {
    case 0:
    case 1:
    case 2: {
      const steps: string[] = [];
      let type: TensorType = input;
      for (let i = 0; i < 1 + r(4); i++) {
        const step = layer(r, program, type, depth - 1);
        steps.push(step.text);
        type = step.type;
      }
      return { text: `(${steps.join('; ')})`, type };
    }
    case 3: {
      const f = inside();
      return f.type.tag === 'unknown'
        ? f
        : { text: `(${f.text}; ${keeping(r, f.type)} + id)`, type: f.type };
    }
    case 4: {
      const f = inside();
      const { type } = f;
      if (type.tag === 'unknown' || typeof type.c !== 'number') return f;
      return {
        text: `(${f.text}; ${keeping(r, type)} | ${keeping(r, type)})`,
        type: { ...type, c: 2 * type.c },
      };
    }
    case 5: {
      const f = inside();
      return f.type.tag === 'unknown'
        ? f
        : { text: `(${f.text}; ${r(4)}x (${keeping(r, f.type)}))`, type: f.type };
    }
    case 6: {
      const f = inside();
      const def = name();
      program.defs.push(`def ${def} = ${f.text}`);
      return { text: def, type: f.type };
    }
    case 7: {
      const f = inside();
      const [def, p] = [name(), name()];
      program.defs.push(`def ${def}(${p}, n = 2) { relu; ${p}; if n > 1 then id else softmax }`);
      return { text: `${def}((${f.text}))`, type: f.type };
    }
    case 8: {
      const f = inside();
      if (f.type.tag === 'unknown' || typeof f.type.c !== 'number') return f;
      const a = name();
      const shown = `(${f.text} as ${a}; ${keeping(r, f.type)}; @${a} | id)`;
      return { text: shown, type: { ...f.type, c: 2 * f.type.c } };
    }
    case 9: {
      const f = inside();
      return { text: `(${name()}: (${f.text}))`, type: f.type };
    }
    case 10: {
      const f = inside();
      return { text: `(also ${name()} { ${f.text} })`, type: input };
    }
    case 11: {
      const f = inside();
      return { text: `(${f.text} : ${showType(input)} -> ${showType(f.type)})`, type: f.type };
    }
    case 12: {
      const f = inside();
      if (input.tag !== 'map' || f.type.tag !== 'map') return f;
      const def = name();
      program.defs.push(`def ${def} : [h, w, c] -> _ = ${f.text}; relu`);
      return { text: def, type: f.type };
    }
    case 13: {
      // `@` of each copy, handed over; the first copy gets other channels than the rest
      const f = inside();
      if (f.type.tag === 'unknown') return f;
      const [def, p, a] = [name(), name(), name()];
      program.defs.push(`def ${def}(${p}) = ${p}; relu`);
      const type = { ...f.type, c: 7 };
      const first = type.tag === 'map' ? 'conv3-7' : 'fc-7';
      const copy = `${first} as ${a}; ${keeping(r, type)}; ${def}(@${a} + id)`;
      return { text: `(${f.text}; ${1 + r(3)}x (${copy}))`, type };
    }
    default:
      return one(r, input);
  }
};

/** A program of one net `N`, the types before and behind each of its steps, and the steps. */
export const randomProgram = (
  seed: number,
): { readonly defs: string; readonly steps: readonly Layer[]; readonly input: TensorType } => {
  const r = randomFrom(seed);
  const program: Program = { defs: [], names: 0 };
  const input = image(3 + r(10), 3 + r(10), 1 + r(4));
  const steps: Layer[] = [];
  let type: TensorType = input;
  for (let i = 0; i < 1 + r(5); i++) {
    const step = layer(r, program, type, 3);
    steps.push(step);
    type = step.type;
  }
  return { defs: program.defs.join('\n'), steps, input };
};

export const written = (
  { defs, input }: Pick<ReturnType<typeof randomProgram>, 'defs' | 'input'>,
  steps: readonly string[],
  output = '_',
): string => `${defs}\nnet N : ${showType(input)} -> ${output} {\n  ${steps.join('\n  ')}\n}\n`;
