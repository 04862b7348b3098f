/**
 * A step of training on wasm, with as many threads as NETC_WASM_THREADS says, sgd with momentum and decay: VGG-A for 32 × 32
 * and the small VGG of examples/first-training.net, by turns with PyTorch where it is installed; VGG-A on one image, by
 * turns with `tf.layers`; ResNet-20 of examples/vgg-cifar.net.
 */
import { accept } from '../src/check.ts';
import { forNet } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import type { Graph } from '../src/graph/graph.ts';
import { files, median, sure, type Measured } from './measure.ts';
import { onWasm, type OnWasm } from './on-wasm.ts';
import { pytorch, tfLayers, type Layers, type Rival, type Taken } from './rivals.ts';
import { graphFor, several, stepOf, timed, vggA } from './step.ts';

const firstTraining: Layers = {
  stages: [16, 32, 64].map((c) => [c, 2] as const),
  units: [64, 8],
};

const resNet20 = (): Graph => {
  const { nets } = sure(resultOf(accept(files, 'examples/vgg-cifar.net')), 'program');
  const net = sure(
    nets.find(({ name }) => name === 'ResNet20'),
    'ResNet20',
  );
  return sure(resultOf(forNet({ passes: [] }).rewrite(net)), 'graph').graph;
};

/** Who else takes the step, and what is asked of the ratio of times. */
type Against = {
  readonly start: (batch: number) => Promise<Rival | undefined>;
  readonly ratio: string; // what is measured
  readonly of: (own: number, other: number) => number;
  readonly target: string;
};

const againstPytorch = (layers: Layers, target: string): Against => ({
  start: (batch) => pytorch({ what: 'step', batch, side: 32, ...layers }),
  ...{ ratio: '/ PyTorch', target },
  of: (own, other) => own / other,
});

type Race = {
  readonly name: string;
  readonly graph: Graph;
  readonly batch: number;
  readonly rounds: number;
  /** steps of ours in a turn, of which the median counts: a long step of the other's leaves our memory cold */
  readonly steps: number;
  readonly against: Against | undefined;
};

const races = (): readonly Race[] => [
  {
    ...{ name: 'VGG-A 32x32', graph: graphFor(vggA), batch: 32, rounds: 9, steps: 1 },
    against: againstPytorch(vggA, '<= 5'),
  },
  {
    ...{ name: 'first training', graph: graphFor(firstTraining), batch: 32, rounds: 9, steps: 1 },
    against: againstPytorch(firstTraining, ''),
  },
  { name: 'ResNet-20', graph: resNet20(), batch: 32, rounds: 9, steps: 1, against: undefined },
  {
    ...{ name: 'VGG-A 32x32, one image', graph: graphFor(vggA), batch: 1, rounds: 3, steps: 9 },
    against: {
      start: (batch) => tfLayers(vggA, batch),
      ...{ ratio: 'tf.layers / it', target: '>= 300' },
      of: (own, other) => other / own,
    },
  },
];

/** Milliseconds of a step; `spent` gets those of each kernel. */
const ours = (on: OnWasm, { graph, batch }: Race, spent: Map<string, number>) => {
  const { program, weightAt, inputs, sized } = stepOf(graph, batch);
  let [peak, resting] = [0, 0];
  const loaded = on.load(program, weightAt, (op, ms) => {
    spent.set(op, (spent.get(op) ?? 0) + ms);
    peak = Math.max(peak, on.bytes() - resting);
  });
  resting = on.bytes();
  const rival = { step: () => timed(() => loaded.step(inputs)), dispose: loaded.dispose };
  return { rival, planned: loaded.plan(sized), peak: () => peak };
};

type Turn = { readonly own: Taken; readonly other: Taken | undefined };

const measured = async (on: OnWasm, race: Race): Promise<readonly Measured[]> => {
  const { name, rounds, against } = race;
  const spent = new Map<string, number>();
  const { rival, planned, peak } = ours(on, race, spent);
  const other = await against?.start(race.batch);
  for (let i = 0; i < 5; i++) await rival.step(); // V8 compiles what is hot
  await other?.step();
  spent.clear();
  const turns: Turn[] = [];
  for (let round = 0; round < rounds; round++)
    turns.push({ own: await several(rival, race.steps), other: await other?.step() });
  rival.dispose();
  other?.dispose();
  const kernels = [...spent].sort((a, b) => b[1] - a[1]).slice(0, 6);
  const ratios = (by: keyof Taken): readonly number[] =>
    turns.flatMap(({ own, other }) =>
      against === undefined || other === undefined ? [] : [against.of(own[by], other[by])],
    );
  const rowOf = (of: string, value: number, unit: string, target = ''): Measured => ({
    ...{ name: `${name}${of}`, value, unit, target },
  });
  return [
    rowOf(', a step', median(turns.map(({ own }) => own.clock)), 'ms'),
    rowOf(', processor time of a step', median(turns.map(({ own }) => own.processor)), 'ms'),
    ...kernels.map(([op, ms]) => rowOf(`, of it ${op}`, ms / (rounds * race.steps), 'ms')),
    ...(against === undefined || other === undefined
      ? []
      : [
          rowOf(`, ${against.ratio}`, median(ratios('clock')), '', against.target),
          rowOf(`, ${against.ratio}, processor time`, median(ratios('processor')), ''),
        ]),
    rowOf(', peak / plan', peak() / planned.peakBytes, '', '<= 1.05'),
    rowOf(', peak and weights', (planned.peakBytes + planned.weightBytes) / 2 ** 20, 'MiB'),
  ];
};

export const rows = async (): Promise<readonly Measured[]> => {
  const on = await onWasm();
  const all: Measured[] = [];
  for (const race of races()) all.push(...(await measured(on, race)));
  return all;
};
