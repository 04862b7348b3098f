/** A net of free size on one image against the same net checked for that image. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fixedAxis, image, mapType, showType } from '../../src/ops/types.ts';
import { atSize } from '../../src/typecheck/net/at-size.ts';
import { fieldsOf, lastFieldOf } from '../../src/typecheck/net/receptive.ts';
import { childrenOf } from '../../src/typecheck/net/flow.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import type { Typed, TypedNet } from '../../src/typecheck/net/typed.ts';
import { example } from '../programs.ts';
import { codes, main, netOf, netsOf, soundNet } from './program.ts';
import { randomFrom, randomProgram, written } from './random-programs.ts';
import { defaultLimits } from '../../src/diagnostic/limits.ts';

/** Types and sums of every node. */
const shown = (typed: Typed): unknown => [
  typed.tag,
  showType(typed.input),
  showType(typed.output),
  { ...typed.totals },
  childrenOf(typed).map(shown),
];

const atFree = (program: string): string => program.replace(/(net N : )\[\d+, \d+, /, '$1[h, w, ');

const most = defaultLimits.elements;

const programs = process.env['NETC_DEEP'] === undefined ? 250 : 4_000;

it('knows what a check would find, and no image that is not admissible', () => {
  let [taken, refused] = [0, 0];
  for (let seed = 0; seed < programs; seed++) {
    const program = randomProgram(seed);
    const text = written(
      program,
      program.steps.map((s) => s.text),
    );
    const free = atFree(text);
    const net = soundNet(free, 'N');
    if (free === text || net === undefined) continue;
    const r = randomFrom(seed);
    for (let i = 0; i < 3; i++) {
      const [h, w] = [1 + r(40), 1 + r(40)];
      if (net.input.tag !== 'map' || typeof net.input.c !== 'number') continue;
      const input = image(h, w, net.input.c);
      const fixed = free.replace('net N : [h, w, ', `net N : [${h}, ${w}, `);
      const sized = atSize(net, input, most);
      const checked = soundNet(fixed, 'N');
      if (checked !== undefined) {
        taken++;
        expect(sized && shown(sized.body), fixed).toEqual(shown(checked.body));
      } else {
        refused++;
        expect(sized, fixed).toBeUndefined();
      }
    }
  }
  expect(taken).toBeGreaterThan(programs / 4);
  expect(refused).toBeGreaterThan(programs / 25);
});

it('leaves to a check what is no image of the net', () => {
  const net = netOf('net N : [h, w, 3] -> _ = conv3-8; upsample(4)\n');
  expect(atSize(net, image(5, 6, 3), most)?.output).toEqual(
    mapType(fixedAxis(20), fixedAxis(24), 8),
  );
  expect(atSize(net, image(5, 6, 4), most)).toBeUndefined();
  expect(atSize(net, image(5, 6, 3), 20 * 24 * 8 - 1)).toBeUndefined();
  expect(atSize(net, net.input, most)).toBeUndefined();
  const even = netOf('net N : [2*h, w, 3] -> _ = conv3-8\n');
  expect(atSize(even, image(4, 6, 3), most)).toBeUndefined();
});

it('is what an assertion of a net on an image asks', () => {
  const net = 'net N : [h, w, 3] -> _ = conv(5, 8, pad = valid); upsample(100)\n';
  const macs = (n: number): number => (n - 4) ** 2 * 8 * 75;
  expect(codes(`${net}assert macs(N : [9, 9, 3]) == ${macs(9)}\n`)).toEqual([]);
  expect(codes(`${net}assert macs(N : [9, 9, 3] -> _) == ${macs(9) + 1}\n`)).toEqual(['E0601']);
  expect(codes(`${net}assert macs(N : [4, 9, 3]) == 0\n`)).toEqual(['E0202']);
  expect(codes(`${net}assert macs(N : [9, 9, 4]) == 0\n`)).not.toEqual([]);
  expect(codes(`${net}assert macs(N : [99999, 99999, 3]) == 0\n`)).not.toEqual([]);
});

// ------------------------------------------------------------------------------ the last map's field

/** The same with the net written out: the last map among what the main output depends on. */
const lastWrittenOut = (net: TypedNet): unknown => {
  const placed = writtenOut(net);
  const fields = fieldsOf(placed.layers);
  const onTheWay = new Set([placed.outputs[0]!.id]);
  for (let id = fields.length - 1; id > 0; id--) {
    const field = fields[id]!;
    if (!onTheWay.has(id)) continue;
    if (field !== 'whole') return field;
    for (const input of placed.layers[id - 1]!.inputs) onTheWay.add(input);
  }
  return fields[0];
};

it('finds the receptive field of the last map without writing the net out', () => {
  const examples = readdirSync(new URL('../../examples', import.meta.url))
    .filter((file) => file.endsWith('.net'))
    .map((file) => [file, example(file)] as const);
  const nets = examples.flatMap(([, text]) => netsOf(new Map([...examples, [main, text]])));
  const random = Array.from({ length: 150 }, (_, seed) => {
    const program = randomProgram(seed);
    const steps = program.steps.map((s) => s.text);
    return netsOf(written(program, steps));
  }).flat();
  let heads = 0;
  for (const net of [...nets, ...random]) {
    const placed = writtenOut(net);
    const joinsHeads = placed.layers.some((l) => l.inputs.length > 1 && l.output.tag === 'vector');
    if (joinsHeads) continue; // of several last maps the widest counts
    if (fieldsOf(placed.layers).at(-1) === 'whole') heads++;
    expect(lastFieldOf(net.body), net.name).toEqual(lastWrittenOut(net));
  }
  expect(heads).toBeGreaterThan(50);
});

it('takes the widest of several last maps', () => {
  const net = netOf('net N : [32, 32, 3] -> _ = (conv7-4; gap) | (conv3-4; gap)\n');
  expect(lastFieldOf(net.body).h.span).toBe(7);
});

it('follows a head that is called again with what arrives there', () => {
  const head = 'def f = conv3-3; maxpool; gap\n';
  const span = (body: string): number =>
    lastFieldOf(netOf(`${head}net N : [32, 32, 3] -> _ = ${body}\n`).body).h.span;
  expect(span('(conv1-3; f) | (conv7-3; f)')).toBe(10);
  expect(span('(conv7-3; f) | (conv1-3; f)')).toBe(10);
});
