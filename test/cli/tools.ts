/** The commands of session texts beside netc: they make inputs and show outputs. */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as E from 'fp-ts/lib/Either.js';
import sharp from 'sharp';
import { readNpy, writeNpy } from '../../src/runtime/files/arrays.ts';
import { openWeights, writeWeights } from '../../src/runtime/files/weights.ts';
import { createRun } from '../../src/runtime/runs/begin.ts';
import type { Tensor } from '../../src/runtime/runs/checkpoint.ts';
import { after, describing } from '../runtime/runs/made.ts';
import { fromFolder } from './session.ts';

/** Prints into the session. Paths are those of the session's folder. */
export type Tool = (path: (name: string) => string, args: readonly string[]) => Promise<string>;

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const numbersOf = (text: string): readonly number[] => text.split('x').map(Number);

/** `array X.npy 2x8x8x3`: numbers in [−1, 1], always the same. */
const array: Tool = async (path, [file = '', sides = '']) => {
  const shape = numbersOf(sides);
  const length = shape.reduce((n, k) => n * k, 1);
  const data = Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7));
  writeNpy(path(file), { shape, data });
  return '';
};

/** `picture P.png 40x48`: height × width; and the same numbers as an array in P.npy. */
const picture: Tool = async (path, [file = '', sides = '']) => {
  const [height = 0, width = 0] = numbersOf(sides);
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * i) % 4);
  await sharp(pixels, { raw: { width, height, channels: 3 } }).toFile(path(file));
  const data = Float32Array.from(pixels);
  writeNpy(path(file.replace('.png', '.npy')), { shape: [1, height, width, 3], data });
  return '';
};

/**
 * `training first W.safetensors finished`: a run in `runs/`, two of three epochs long, that saved these weights and ended
 * so; without weights it has lost what it saved.
 */
const training: Tool = async (path, [name = '', weights = '-', end = '']) => {
  const run = right(createRun(path('runs'), name, describing(), after(0), () => {}));
  const place = { step: 8, epoch: 2 };
  run.epoch(place, { loss: 0.5, validation_top1: 0.75 });
  const tensors: Tensor[] = [];
  if (weights === '-') rmSync(`${run.folder}/last.safetensors`);
  else {
    const file = right(openWeights(path(weights)));
    for (const { name: of, shape } of file.tensors.values())
      tensors.push({ path: of, shape, data: right(file.read(of)) });
    file.close();
    const slots = tensors.map((t) => ({ ...t, path: `${t.path}/velocity` }));
    const best = { metric: 'validation_top1', value: 0.75, epoch: 2 };
    const progress = { ...place, position: 0, kept: {}, best };
    right(run.save({ weights: tensors, slots, progress }, true));
  }
  if (end === 'finished') right(run.finish({ ...place, state: end, weights: tensors }));
  else if (end === 'failed') right(run.finish({ ...place, state: end, reason: 'the loss is NaN' }));
  else right(run.finish({ ...place, state: 'stopped' }));
  return '';
};

/** `birds DIR`: a folder of pictures of three classes, two of them broken. */
const birds: Tool = async (path, [folder = '']) => {
  const put = async (name: string, width: number, height: number, light: number): Promise<void> => {
    const file = path(`${folder}/${name}`);
    mkdirSync(dirname(file), { recursive: true });
    const background = { r: light, g: 255 - light, b: 90 };
    await sharp({ create: { width, height, channels: 3, background } }).toFile(file);
  };
  for (const [i, name] of ['crow/1.jpg', 'crow/2.jpg', 'crow/old/3.png', 'gull/1.png'].entries())
    await put(`train/${name}`, 40 + 8 * (i % 2), 30, 60 * i);
  for (const name of ['crow/4.png', 'gull/2.png']) await put(`val/${name}`, 16, 16, 200);
  writeFileSync(path(`${folder}/train/gull/2.jpg`), 'no picture');
  writeFileSync(path(`${folder}/train/gull/3.jpg`), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  return '';
};

/** `format FILE.png`: what sharp finds in it. */
const format: Tool = async (path, [file = '']) => {
  const { format, width, height, channels } = await sharp(path(file)).metadata();
  return `${format} ${width}x${height}x${channels}\n`;
};

/** `compare A.npy B.npy`: whether the numbers agree to 1e-5. */
const compare: Tool = async (path, [first = '', second = '']) => {
  const [a, b] = [right(readNpy(path(first))), right(readNpy(path(second)))];
  if (`${a.shape}` !== `${b.shape}`) return `[${a.shape}] and [${b.shape}]\n`;
  const off = a.data.reduce((worst, x, i) => {
    const d = Math.abs(x - b.data[i]!);
    return Number.isNaN(d) ? Infinity : Math.max(worst, d);
  }, 0);
  const shape = `[${a.shape.join(', ')}]`;
  return off < 1e-5 ? `${shape}, the same to 1e-5\n` : `${shape}, different\n`;
};

/** `same A B`: whether two files have the same bytes. */
const same: Tool = async (path, [first = '', second = '']) =>
  readFileSync(path(first)).equals(readFileSync(path(second))) ? 'the same\n' : 'different\n';

/** `operators DIR`: the model in a folder, with the number of nodes of each kind; a constant is not a weight. */
const operators: Tool = async (path, [folder = '']) => {
  const json = JSON.parse(readFileSync(join(path(folder), 'model.json'), 'utf8'));
  const nodes: readonly { readonly op: string }[] = json.modelTopology.node;
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  const groups: readonly { readonly weights: readonly { readonly name: string }[] }[] =
    json.weightsManifest;
  const stored = groups.flatMap((g) => g.weights).filter((w) => w.name.includes('/'));
  const shards = stored.length === 0 ? 'without weights' : 'with weights';
  const lines = Array.from(counts, ([op, n]) => `${n} ${op}\n`).sort();
  return `${json.format} ${shards}\n${lines.join('')}`;
};

/** `outputs DIR`: what the model in a folder gives, in order. */
const outputs: Tool = async (path, [folder = '']) => {
  const { signature } = JSON.parse(readFileSync(join(path(folder), 'model.json'), 'utf8'));
  return `${Object.keys(signature.outputs).join(' ')}\n`;
};

/** `netc.input order: "rgb"`: a line for every value in a text that is JSON; lists stay together. */
const leaves = (path: string, value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(`${path} ${key}`, inner))
    : [`${path}: ${JSON.stringify(value)}\n`];

const told = (metadata: Iterable<readonly [string, string]>): string =>
  Array.from(metadata, ([key, text]) =>
    leaves(key, /^[{[]/.test(text) ? JSON.parse(text) : text).join(''),
  )
    .sort()
    .join('');

/** `metadata FILE`: the metadata of a weight file, or of a model as TensorFlow.js opens it. */
const metadata: Tool = async (path, [file = '']) => {
  if (statSync(path(file)).isDirectory()) {
    const model = await loadGraphModel(fromFolder(path(file)));
    return told(Object.entries(model.metadata ?? {}).map(([k, v]) => [k, String(v)]));
  }
  const opened = right(openWeights(path(file)));
  opened.close();
  return told(opened.metadata);
};

/** `describe A.safetensors B.safetensors KEY TEXT`: the same weights with one more entry of metadata. */
const describe: Tool = async (path, [from = '', to = '', key = '', text = '']) => {
  const { tensors, metadata: before, read, close } = right(openWeights(path(from)));
  writeWeights(path(to), [...tensors.values()], read, new Map([...before, [key, text]]));
  close();
  return '';
};

/** `ls DIR`: every file below a folder. */
const ls: Tool = async (path, [folder = '.']) =>
  readdirSync(path(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${relative(path(folder), join(entry.parentPath, entry.name))}\n`)
    .sort()
    .join('');

const cat: Tool = async (path, [file = '']) => readFileSync(path(file), 'utf8');

/** `head FILE`: its first line. */
const head: Tool = async (path, args) => `${(await cat(path, args)).split('\n')[0]}\n`;

const cp: Tool = async (path, [from = '', to = '']) => {
  copyFileSync(path(from), path(to));
  return '';
};

const rm: Tool = async (path, [file = '']) => {
  rmSync(path(file));
  return '';
};

/** The tools by name. */
export const tools: { readonly [name: string]: Tool } = {
  array,
  picture,
  training,
  birds,
  format,
  compare,
  same,
  operators,
  outputs,
  metadata,
  describe,
  ls,
  cat,
  head,
  cp,
  rm,
};
