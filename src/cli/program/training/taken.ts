/** The weights that a training takes over: compared with its net before anything else is opened. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph } from '../../../graph/graph.ts';
import type { HostTensor } from '../../../lower/weight-part.ts';
import type { InitFrom, Training } from '../../../protocol/recipe.ts';
import { missText, type Selection } from '../../../protocol/selection.ts';
import { choiceThatFits, layersTaken, type Misfit } from '../../../protocol/transfer.ts';
import { choiceNote } from '../../../protocol/weights.ts';
import { plural } from '../../../numeric/figures.ts';
import { unreadable, type FileFault } from '../../../runtime/data/bytes.ts';
import { sha256OfFile } from '../../../runtime/disk/digest.ts';
import { openFile } from '../../../runtime/disk/random-access.ts';
import type { Start } from '../../../runtime/runs/record.ts';
import { layersIn, layersOf, netsIn, type FiledLayer } from '../../../runtime/store/layers.ts';
import { readWeights, type Weights } from '../../../runtime/store/safetensors.ts';
import { beginner, meantInstead, weightsSource, type Asking } from './source.ts';

/** A training that asks for weights. */
type Beginning = Asking & { readonly training: Training };

/** Weights that were taken over. */
export type Taken = {
  /** what the run remembers of it */
  readonly start: Start;
  /** the numbers for a weight of the net; undefined for one that begins as `init` says */
  readonly read: (path: string) => Or<Diagnostic, HostTensor> | undefined;
  readonly close: () => void;
};

/** Finds, compares and opens the weights to begin with (E0001, E0504, E0510, E0933, E0950 to E0952, E0956). */
export const takenFor = (
  asking: Beginning,
  graph: Graph,
  from: InitFrom,
): Or<Diagnostic, Taken> => {
  const { places, span } = asking.training;
  const place = places.get('init from') ?? span;
  // what is said of a file is said where the recipe names it
  return Either.mapLeft((fault: Diagnostic) => ({
    ...fault,
    primary: { span: place, message: fault.primary.span === place ? fault.primary.message : '' },
  }))(takenFrom(asking, graph, from));
};

const takenFrom = (
  asking: Beginning,
  graph: Graph,
  { source, selections }: InitFrom,
): Or<Diagnostic, Taken> => {
  const path = weightsSource(asking, beginner(asking.training), source);
  if (Either.isLeft(path)) return path;
  const file = openFile(path.right);
  if (Either.isLeft(file)) return Either.left(notOpened(asking, source, path.right, file.left));
  const weights = readWeights(file.right);
  const sum = sha256OfFile(file.right);
  const layers = Either.chain((w: Weights) =>
    Either.chain((found: readonly FiledLayer[]) => sound(asking.training, w, found))(
      chosen(asking.training, graph, w, selections),
    ),
  )(weights);
  if (Either.isRight(weights) && Either.isRight(sum) && Either.isRight(layers))
    return Either.right({
      start: startOf(graph, path.right, sum.right, layers.right),
      read: reader(graph, weights.right, layers.right),
      close: file.right.close,
    });
  file.right.close();
  if (Either.isLeft(sum)) return Either.left(unreadable(path.right, sum.left));
  return Either.isLeft(weights) ? weights : (layers as Either.Left<Diagnostic>);
};

/** A file that is not there, with what is called nearly so (E0001). */
const notOpened = (
  asking: Asking,
  source: InitFrom['source'],
  path: string,
  fault: FileFault,
): Diagnostic => {
  const said = unreadable(path, fault);
  return source.tag === 'file' && fault.tag === 'missing'
    ? { ...said, notes: meantInstead(asking, source.path, path) }
    : said;
};

/** The layers, whose numbers are all finite (E0956). */
const sound = (
  { places, span }: Training,
  { path, read }: Weights,
  layers: readonly FiledLayer[],
): Or<Diagnostic, readonly FiledLayer[]> => {
  const odd: string[] = [];
  for (const name of layers.flatMap(({ weights }) => [...weights.values()])) {
    const numbers = read(name);
    if (Either.isLeft(numbers)) return numbers;
    const at = numbers.right.findIndex((x) => !Number.isFinite(x));
    if (at >= 0) odd.push(`\`${name}\` has ${numbers.right[at]} at ${at}`);
  }
  const [first, ...others] = odd;
  if (first === undefined) return Either.right(layers);
  return Either.left(
    error('E0956', places.get('init from') ?? span, `of the weights in \`${path}\`, ${first}`, {
      notes: [
        ...(others.length === 0 ? [] : [`so do ${plural(others.length, 'other weight')}`]),
        'a training that came apart leaves such weights; take those of another',
      ],
    }),
  );
};

const startOf = (
  graph: Graph,
  file: string,
  digest: string,
  layers: readonly FiledLayer[],
): Start => {
  const taken = new Set(layers.map(({ path }) => path));
  const all = layersOf(graph).map(({ path }) => path);
  return {
    ...{ file, digest },
    taken: all.filter((path) => taken.has(path)),
    drawn: all.filter((path) => !taken.has(path)),
  };
};

/** Numbers of the file by the paths of the net. */
const reader = (
  graph: Graph,
  { read, tensors }: Weights,
  layers: readonly FiledLayer[],
): Taken['read'] => {
  const theirs = new Map(layers.map((layer) => [layer.path, layer.weights]));
  const names = new Map(
    layersOf(graph).flatMap(({ path, weights }) =>
      Array.from(weights, ([name, own]) => [own, theirs.get(path)?.get(name)] as const),
    ),
  );
  return (path) => {
    const name = names.get(path);
    const shape = name === undefined ? undefined : tensors.get(name)?.shape;
    if (name === undefined || shape === undefined) return undefined;
    return Either.map((data: Float32Array): HostTensor => ({ shape, data }))(read(name));
  };
};

/** The layers of the file that go to the net (E0933). */
const chosen = (
  training: Training,
  graph: Graph,
  { path: file, tensors }: Weights,
  selections: readonly Selection[],
): Or<Diagnostic, readonly FiledLayer[]> => {
  const nets = netsIn(tensors);
  const fault = (message: string, notes: readonly string[]): Or<Diagnostic, never> =>
    Either.left(
      error('E0933', training.places.get('init from') ?? training.span, message, { notes }),
    );
  const net = nets.length === 1 ? nets[0] : nets.find((name) => name === training.net.name);
  if (net === undefined)
    return fault(
      `\`${file}\` has weights of ${nets.length} nets, none of them \`${training.net.name}\``,
      [
        `it has those of ${nets
          .slice(0, 4)
          .map((n) => `\`${n}\``)
          .join(', ')}`,
        'weights are taken from a file of one net, or of a net of this name',
      ],
    );
  const [theirs, own] = [layersIn(tensors, net, graph), layersOf(graph)];
  const paths = new Set(own.map(({ path }) => path));
  if (!theirs.some(({ path }) => paths.has(path)))
    return fault(`\`${file}\` has none of the layers of \`${training.net.name}\``, [
      `its first weight is \`${[...tensors.keys()][0] ?? 'missing'}\`, and the net needs \`${[...(own[0]?.weights.values() ?? [])][0] ?? 'none'}\``,
      '`netc weights import` converts weights of torchvision, and with `--from pytorch` those of any module',
    ]);
  const notes = selections.length > 0 ? [] : [choiceNote(choiceThatFits(theirs, own))];
  const layers = layersTaken(theirs, own, selections);
  return Either.isLeft(layers) ? fault(...said(training, file, layers.left, notes)) : layers;
};

/** A misfit in words: the message, and its notes. */
const said = (
  { net }: Training,
  file: string,
  misfit: Misfit<FiledLayer, Selection>,
  notes: readonly string[],
): readonly [string, readonly string[]] => {
  switch (misfit.tag) {
    case 'miss': {
      const { message, instead } = missText(file, misfit.miss);
      return [message, instead === undefined ? [] : [`write \`${instead}\``]];
    }
    case 'no place':
      return [
        `\`${net.name}\` has no layer \`${misfit.layer.path}\`, and \`${file}\` has`,
        ['layers go by their paths', ...notes],
      ];
    case 'shape': {
      const { layer, other, at } = misfit;
      return [
        `the weights of \`${layer.path}\` differ in shape`,
        [
          `\`${layer.shapes[at] ?? 'none'}\` in \`${file}\``,
          `\`${other.shapes[at] ?? 'none'}\` in \`${net.name}\``,
          ...notes,
        ],
      ];
    }
  }
};
