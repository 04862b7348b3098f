/**
 * A step of training on wasm, one thread: VGG-A for 32 × 32 and the small VGG of examples/first-training.net, batch 32,
 * sgd with momentum and decay; by turns with PyTorch on two cores, where /usr/bin/python3 has it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as Either from 'fp-ts/lib/Either.js';
import type { Graph } from '../src/graph/graph.ts';
import { fuse } from '../src/lower/fuse.ts';
import { sgd } from '../src/lower/training/optimisers.ts';
import { trainingStep } from '../src/lower/training/step.ts';
import { elements } from '../src/numeric/tensor.ts';
import { image } from '../src/ops/types.ts';
import { withPlans } from '../src/runtime/engines/by-calls.ts';
import type { CalledEngine } from '../src/runtime/engines/engine.ts';
import { load } from '../src/runtime/engines/session.ts';
import { wasmCalls } from '../src/runtime/engines/wasm.ts';
import { node } from '../src/runtime/node/host.ts';
import { initialValues } from '../src/runtime/store/initialise.ts';
import { graphOf, numbers } from '../test/lower/graphs.ts';
import { addStages, type Stages } from './stages.ts';
import { median, sure, type Measured } from './measure.ts';

const rounds = 9;
const batch = 32;

/** Stages of convolutions, then layers that are fully connected. */
type Shape = {
  readonly stages: Stages;
  readonly units: readonly number[];
};

const shapes: { readonly [name: string]: Shape } = {
  'VGG-A 32x32': {
    stages: [
      ...[64, 128].map((c) => [c, 1] as const),
      ...[256, 512, 512].map((c) => [c, 2] as const),
    ],
    units: [512, 512, 10],
  },
  'first training': { stages: [16, 32, 64].map((c) => [c, 2] as const), units: [64, 8] },
};

const graphFor = ({ stages, units }: Shape): Graph =>
  graphOf(image(32, 32, 3), (b) => {
    addStages(b, stages);
    b.op('flatten');
    units.forEach((n, i) => {
      if (i > 0) b.op('relu');
      b.op('fc', { units: n });
    });
    return b.op('softmax');
  });

const optimiser = sgd({ momentum: 0.9, nesterov: false, weightDecay: 5e-4 });

type Rival = { readonly step: () => Promise<number>; readonly dispose: () => void };

/** Milliseconds of a step; `spent` gets those of each kernel. */
const ours = <V>(on: CalledEngine<V>, shape: Shape, spent: Map<string, number>) => {
  const graph = graphFor(shape);
  const made = trainingStep(graph, {
    ...{ optimiser, smoothing: 0, sideLosses: {}, trains: () => true },
    decays: (weight) => weight === 'kernel',
  });
  if (Either.isLeft(made)) throw new Error(made.left.tag);
  const program = fuse(made.right.program);
  let [peak, resting] = [0, 0];
  const watching: typeof on = {
    ...on,
    call: (kernel, operands, results) => {
      const begin = performance.now();
      const value = on.call(kernel, operands, results);
      spent.set(kernel.op, (spent.get(kernel.op) ?? 0) + performance.now() - begin);
      peak = Math.max(peak, on.memory().bytes - resting);
      return value;
    },
  };
  const weights = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w]));
  const sizes = new Map(program.parameters.map((p) => [p.path, p.shape]));
  const loaded = load(withPlans(watching), program, (path) => {
    const [weight, size] = [weights.get(path), sizes.get(path)!];
    const data = weight ? initialValues(weight, 1) : new Float32Array(elements(size));
    return { shape: size, data };
  });
  if (Either.isLeft(loaded)) throw new Error('no room');
  resting = on.memory().bytes;
  const classes = sure(shape.units.at(-1), 'classes');
  const labels = numbers(batch * classes, 0).map((_, i) =>
    Math.floor(i / classes) % classes === i % classes ? 1 : 0,
  );
  const inputs = {
    input: { shape: [batch, 32, 32, 3], data: numbers(batch * 32 * 32 * 3, 1) },
    labels: { shape: [batch, classes], data: labels },
    rate: { shape: [], data: Float32Array.of(0.01) },
  };
  const { plan, step, dispose } = loaded.right;
  const rival: Rival = {
    step: async () => {
      const begin = performance.now();
      if (Either.isLeft(await step(inputs))) throw new Error('no room');
      return performance.now() - begin;
    },
    dispose,
  };
  const planned = plan({ input: [batch, 32, 32, 3], labels: [batch, classes], rate: [] });
  return { rival, planned, peak: () => peak };
};

const script = `
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F
shape, batch = json.loads(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(2)
layers, c, size = [], 3, 32
for channels, count in shape["stages"]:
    for _ in range(count):
        layers += [nn.Conv2d(c, channels, 3, padding=1), nn.ReLU(inplace=True)]
        c = channels
    layers.append(nn.MaxPool2d(2))
    size //= 2
layers.append(nn.Flatten())
c *= size * size
for i, units in enumerate(shape["units"]):
    layers += [nn.ReLU(inplace=True)] * (i > 0) + [nn.Linear(c, units)]
    c = units
net = nn.Sequential(*layers)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
x, y = torch.randn(batch, 3, 32, 32), torch.arange(batch) % c
print("ready", flush=True)
for _ in sys.stdin:
    begin = time.perf_counter()
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
    print(1000 * (time.perf_counter() - begin), flush=True)
`;

/** PyTorch in a process of its own, which takes a step for each line; undefined where it is not there. */
const pytorch = async (shape: Shape): Promise<Rival | undefined> => {
  const args = ['-c', script, JSON.stringify(shape), String(batch)];
  const child: ChildProcess = spawn('/usr/bin/python3', args, {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: sure(child.stdout ?? undefined, 'output') })[
    Symbol.asyncIterator
  ]();
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  };
  child.on('error', () => undefined);
  if ((await next()) !== 'ready') return undefined;
  return {
    step: async () => {
      child.stdin?.write('\n');
      return Number(await next());
    },
    dispose: () => void child.kill(),
  };
};

const measured = async <V>(
  on: CalledEngine<V>,
  name: string,
  shape: Shape,
): Promise<readonly Measured[]> => {
  const spent = new Map<string, number>();
  const { rival, planned, peak } = ours(on, shape, spent);
  const other = await pytorch(shape);
  for (let i = 0; i < 2; i++) await Promise.all([rival.step(), other?.step()]);
  spent.clear();
  const times: { readonly own: number; readonly busy: number; readonly other?: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const own = await rival.step();
    const busy = process.cpuUsage(before).user / 1e3;
    const others = await other?.step();
    times.push({ own, busy, ...(others === undefined ? {} : { other: others }) });
  }
  rival.dispose();
  other?.dispose();
  const own = median(times.map((t) => t.own));
  const kernels = [...spent].sort((a, b) => b[1] - a[1]).slice(0, 5);
  const ratios = times.flatMap((t) => (t.other === undefined ? [] : [t.own / t.other]));
  const most = name.startsWith('VGG') ? '<= 5' : '';
  return [
    { name: `${name}, a step`, value: own, unit: 'ms', target: '' },
    {
      ...{ name: `${name}, processor time of a step`, unit: 'ms', target: '' },
      value: median(times.map(({ busy }) => busy)), // which others on the machine move less
    },
    ...kernels.map(([op, ms]) => ({
      ...{ name: `${name}, of it ${op}`, value: ms / rounds, unit: 'ms', target: '' },
    })),
    ...(ratios.length === 0
      ? []
      : [{ name: `${name} / PyTorch`, value: median(ratios), unit: '', target: most }]),
    {
      name: `${name}, peak / plan`,
      value: peak() / planned.peakBytes,
      unit: '',
      target: '<= 1.05',
    },
    {
      ...{ name: `${name}, peak and weights`, unit: 'MiB', target: '' },
      value: (planned.peakBytes + planned.weightBytes) / 2 ** 20,
    },
  ];
};

export const rows = async (): Promise<readonly Measured[]> => {
  const engine = await wasmCalls(node);
  if (Either.isLeft(engine)) throw new Error(engine.left.reason);
  const all: Measured[] = [];
  for (const [name, shape] of Object.entries(shapes))
    all.push(...(await measured(engine.right, name, shape)));
  return all;
};
