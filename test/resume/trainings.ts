/** Small trainings of all kinds, run in this process, and stopped or broken off after a step. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import sharp from 'sharp';
import { below, words } from '../../src/numeric/random.ts';
import type { Io } from '../../src/cli/host/io.ts';
import { locate } from '../../src/cli/program/disk.ts';
import { overridden, type TrainOptions } from '../../src/cli/program/training/asked.ts';
import { begun } from '../../src/cli/program/training/begin.ts';
import { chosen } from '../../src/cli/program/training/choose.ts';
import { ended } from '../../src/cli/program/training/end.ts';
import { trained } from '../../src/cli/program/training/going.ts';
import { prepare } from '../../src/cli/program/training/prepare.ts';
import { readCheckpoint } from '../../src/runtime/runs/checkpoint.ts';
import { engineNames } from '../../src/runtime/engines/names.ts';
import { readRecord } from '../../src/runtime/runs/record.ts';
import { idx, npy, tar, zip, type TarFile } from '../runtime/dataset/packed.ts';
import { engineNames as asked } from '../lower/engines.ts';
import type { Choices } from './factors.ts';

/** wasm, unless NETC_ENGINES names others. */
const onEngine = engineNames.find((name) => name === asked.at(-1)) ?? 'wasm';

/** Pictures to train on, and to validate with; seven batches of three and a smaller one make an epoch. */
const [trainedOn, keptApart] = [23, 8];

const noise = (count: number, index: number): Uint8Array => {
  const draw = words({ seed: 1, purpose: 'pixels', epoch: 0, index });
  return Uint8Array.from({ length: count }, () => below(draw, 256));
};

const picture = (i: number, h: number, w: number): Promise<Buffer> =>
  sharp(noise(h * w * 3, i), { raw: { width: w, height: h, channels: 3 } })
    .png()
    .toBuffer();

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** Puts the files of every kind of set into a folder. */
export const putData = async (folder: string): Promise<void> => {
  const put = (name: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  };
  const all = trainedOn + keptApart;
  for (const i of range(all))
    put(`folder/${i % 2 ? 'odd' : 'even'}/${i}.png`, await picture(i, 14, 17));
  for (const [name, count] of [
    ['train', trainedOn],
    ['t10k', keptApart],
  ] as const) {
    const labels = range(count).map((i) => i % 10);
    put(
      `mnist/${name}-images-idx3-ubyte.gz`,
      gzipSync(idx([count, 28, 28], noise(count * 784, count))),
    );
    put(`mnist/${name}-labels-idx1-ubyte`, idx([count], labels));
  }
  const record = (i: number): Buffer => Buffer.concat([Buffer.from([i % 10]), noise(3072, i)]);
  put('cifar/data_batch_1.bin', Buffer.concat(range(trainedOn).map(record)));
  put('cifar/test_batch.bin', Buffer.concat(range(keptApart).map(record)));
  const numbers = Float32Array.from(noise(all * 432, 5), (n) => n / 255);
  put(
    'arrays.npz',
    zip(
      {
        'x.npy': npy('<f4', [all, 12, 12, 3], new Uint8Array(numbers.buffer)),
        'y.npy': npy(
          '|u1',
          [all],
          Uint8Array.from(range(all), (i) => i % 2),
        ),
      },
      true,
    ),
  );
  const entries: TarFile[] = [];
  for (const i of range(all)) {
    entries.push({ name: `${i}.png`, content: await picture(i, 13, 12) });
    entries.push({ name: `${i}.cls`, content: String(i % 2) });
  }
  put('tar/set.tar', tar(...entries));
};

const nets = `net Plain(classes = 2) : [12, 12, 3] -> [classes] { conv3-4; relu; maxpool2; flatten; fc-classes; softmax }
net Normed(classes = 2) : [12, 12, 3] -> [classes] { conv3-4(bias = false); batchnorm; relu; gap; fc-classes; softmax }
net Dropped(classes = 2) : [12, 12, 3] -> [classes] { conv3-4; relu; gap; dropout-0.3; fc-classes; softmax }
net Both(classes = 2) : [12, 12, 3] -> [classes] {
  conv3-4(groups = 1); batchnorm; relu; dropout-0.2
  id + (conv3-4; batchnorm; relu)
  flatten; dropout-0.5; fc-classes; softmax
}
net Sided(classes = 2) : [12, 12, 3] -> [classes] {
  conv3-4; batchnorm; relu
  also aux { gap; fc-classes; softmax }
  avgpool2; flatten; fc-classes; softmax
}
`;

const clauseOf: { readonly [D in Choices['data']]: string } = {
  shapes: `shapes(size = 12, classes = 2, images = ${trainedOn}, validation = ${keptApart})`,
  folder: 'imagefolder("folder", validation = 0.3)',
  mnist: 'mnist("mnist", validation = usual)',
  cifar: 'cifar10("cifar", validation = usual)',
  arrays: 'arrays("arrays.npz", validation = 0.3)',
  tar: 'webdataset("tar/set.tar", validation = 0.3)',
};

/** A program that trains so. */
export const programOf = (row: Choices): string => {
  const classes = row.data === 'mnist' || row.data === 'cifar' ? '(classes = 10)' : '';
  const side = row.net === 'Sided' ? ', aux = 0.3' : '';
  return `${nets}train t : ${row.net}${classes} {
  data       ${clauseOf[row.data]}
  augment    ${row.augment}
  optimizer  ${row.optimizer}
  schedule   ${row.schedule}
  accumulate ${row.accumulate}
  loss       cross_entropy(smoothing = ${row.smoothing}${side})
  ${row.more}
  batch 3
  epochs 3
  seed 11
}
`;
};

/** How a training is broken off: after a step, by Ctrl-C or by what no process survives. */
export type Cut = { readonly after: number; readonly by: 'a stop' | 'a crash' };

class Crash extends Error {}

/** Runs `netc train FILE`, from the beginning or going on with a run, as far as `cut`. */
export const run = async (
  folder: string,
  file: string,
  {
    resume,
    workers,
    epochs,
    cut,
  }: {
    readonly resume?: string;
    readonly workers: number;
    readonly epochs?: number;
    readonly cut?: Cut;
  },
): Promise<{ readonly err: string; readonly folder: string; readonly steps: number }> => {
  let err = '';
  let stop = (): void => {};
  const io: Io = {
    cwd: folder,
    ...{ input: async () => '', out: () => {} },
    err: (text) => (err += text),
    colour: { out: false, err: false },
    ...{ width: 100, room: 100, progress: () => {}, atOnce: (work) => work(), live: false },
    interruptible: (asked, work) => {
      stop = () => asked('SIGINT');
      return work();
    },
  };
  const given: TrainOptions = {
    ...{
      train: undefined,
      all: false,
      set: [],
      epochs,
      seed: undefined,
      engine: onEngine,
      workers,
    },
    ...{
      strict: false,
      resume,
      recompute: false,
      force: false,
      dryRun: false,
      overfit: undefined,
      runs: undefined,
    },
  };
  const right = <A>(value: E.Either<unknown, A>): A => {
    if (E.isLeft(value)) throw new Error(`${JSON.stringify(value.left)} ${err}`);
    return value.right;
  };
  const { loaded, training: declared } = right(chosen(io, file, given));
  const training = overridden(declared, given);
  const warn = (w: { readonly message: string }): void => void (err += w.message);
  const command = { file, given, io, warn, chosen: { loaded, training } };
  const resumed = resume === undefined ? undefined : right(readRecord(`runs/${resume}`));
  const made = right(
    await prepare({
      ...{ training, program: loaded.program, shown: loaded.shown, engine: onEngine, workers },
      ...{
        root: locate(folder, file).root,
        runs: 'runs',
        warn,
        say: () => {},
        strict: false,
        recompute: false,
        resumed,
      },
    }),
  );
  const going = right(await begun(command, made));
  let steps = going.begin.step;
  const trainer = {
    ...going.trainer,
    step: async (...[batch, at]: Parameters<typeof going.trainer.step>) => {
      if (cut?.by === 'a crash' && steps === cut.after) throw new Crash();
      steps = at.step;
      if (cut?.by === 'a stop' && steps === cut.after) stop();
      return going.trainer.step(batch, at);
    },
  };
  try {
    right(
      await ended(command, { ...going, trainer }, await trained(command, { ...going, trainer })),
    );
  } catch (thrown) {
    if (!(thrown instanceof Crash)) throw thrown;
  } finally {
    trainer.dispose();
    await made.close();
  }
  return { err, folder: going.run.folder, steps };
};

/** What depends on the clock and on the machine. */
const ofTheClock = new Set(['seconds', 'images_per_second', 'ms_per_step', 'waiting', 'memory']);

/** All that a run has come to, without times: its log, its last weights, its checkpoints. */
export const cameTo = (folder: string): { readonly [what: string]: unknown } => {
  const entries = readFileSync(join(folder, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  const log = entries.flatMap((line) => {
    const entry: { readonly event: string } = JSON.parse(line);
    if (entry.event !== 'step' && entry.event !== 'epoch') return [];
    return [Object.entries(entry).filter(([name]) => !ofTheClock.has(name))];
  });
  const checkpoint = (name: string): unknown => {
    const read = readCheckpoint(join(folder, name));
    if (E.isLeft(read)) return read.left;
    const { weights, slots, progress } = read.right;
    const bits = [...weights, ...slots].map((t) => [
      t.path,
      Buffer.from(t.data.buffer).toString('hex'),
    ]);
    return { bits, progress };
  };
  return {
    log,
    weights: readFileSync(join(folder, 'weights.safetensors'), 'hex'),
    last: checkpoint('last.safetensors'),
    best: checkpoint('best.safetensors'),
  };
};
