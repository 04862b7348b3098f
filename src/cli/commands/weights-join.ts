/** `netc weights join FILE A B … -o OUT`: the weights of a net whose layers lie in several files, as a body and its head. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { GraphWeight } from '../../graph/graph.ts';
import { plural } from '../../numeric/figures.ts';
import { sameShape } from '../../numeric/tensor.ts';
import { lines } from '../../report/table.ts';
import { writeWeights, type WeightFile } from '../../runtime/files/weights.ts';
import { classesKey } from '../../runtime/store/classes.ts';
import { inputKey } from '../../runtime/store/preprocess.ts';
import { matchWeights } from '../../runtime/store/weights.ts';
import { startOf } from '../../syntax/source.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { tellDoubts } from '../program/doubts.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { loadSound, netAsked } from '../program/load.ts';
import { runLine } from '../program/next-steps.ts';
import { naming } from '../program/naming.ts';
import { withNetOf } from '../program/own-weights.ts';
import { askedNet } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { openMeant } from '../program/run-files.ts';
import { needing } from '../program/unneeded.ts';

type JoinOptions = { readonly net: string | undefined; readonly output: string };

/** The layer that a weight is of. */
const layerOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** The file that each layer is taken from: the last one that has all its weights in their shapes, else that has one. */
const sourcesOf = (
  files: readonly WeightFile[],
  wanted: readonly GraphWeight[],
): ReadonlyMap<string, WeightFile> => {
  const layers = new Set(wanted.map(({ path }) => layerOf(path)));
  return new Map(
    Array.from(layers).flatMap((layer) => {
      const weights = wanted.filter(({ path }) => layerOf(path) === layer);
      const fits = ({ tensors }: WeightFile): boolean =>
        weights.every(({ path, spec }) => {
          const found = tensors.get(path);
          return found !== undefined && sameShape(found.shape, spec.shape);
        });
      const has = ({ tensors }: WeightFile): boolean =>
        weights.some(({ path }) => tensors.has(path));
      const from = files.findLast(fits) ?? files.findLast(has);
      return from === undefined ? [] : [[layer, from] as const];
    }),
  );
};

/** How pictures are prepared is said by the first file that says it, and the classes by that of the last layer. */
const metadataOf = (
  files: readonly WeightFile[],
  last: WeightFile | undefined,
): ReadonlyMap<string, string> => {
  const input = files.flatMap(({ metadata }) => metadata.get(inputKey) ?? [])[0];
  const classes = last?.metadata.get(classesKey);
  return new Map([
    ...(input === undefined ? [] : [[inputKey, input] as const]),
    ...(classes === undefined ? [] : [[classesKey, classes] as const]),
  ]);
};

/** Writes the weights (E0501, E0502, E0509, E0510), and says where they come from. */
const joined = (
  file: string,
  net: TypedNet,
  opened: readonly WeightFile[],
  output: string,
  io: Io,
): Or<readonly Diagnostic[], readonly string[]> => {
  const wanted = weightsOf(graphOfNet(net));
  const files = opened.map((one) => withNetOf(one, wanted));
  const sources = sourcesOf(files, wanted);
  const taken = new Set(sources.values());
  const idle = opened.filter((_, i) => !taken.has(files[i]!));
  if (idle.length > 0) return Either.left(idle.map((one) => unused(net, one, wanted)));
  const from = (path: string): WeightFile | undefined => sources.get(layerOf(path));
  const all = {
    path: files.map(({ path }) => path).join(', '),
    tensors: new Map(
      wanted.flatMap(({ path }) => {
        const found = from(path)?.tensors.get(path);
        return found === undefined ? [] : [[path, found] as const];
      }),
    ),
    read: (path: string) => from(path)!.read(path),
  };
  const matched = matchWeights(all, wanted, askedNet(file, net, 'all'));
  const read = resultOf(matched);
  if (read === undefined) return Either.left(diagnosticsOf(matched));
  const outgoing = wanted.map(({ path, spec }) => ({ name: path, shape: spec.shape }));
  const written = io.atOnce(() =>
    writeWeights(output, outgoing, naming(io)(read), metadataOf(files, from(lastOf(wanted)))),
  );
  io.progress('');
  return Either.bimap(
    (d: Diagnostic): readonly Diagnostic[] => [d],
    () =>
      files.map((one) => {
        const layers = [...sources.values()].filter((source) => source === one).length;
        return `  ${one.path}: ${plural(layers, 'layer')}`;
      }),
  )(written);
};

const lastOf = (wanted: readonly GraphWeight[]): string => wanted.at(-1)?.path ?? '';

/** A file of which no layer is taken (E0501). */
const unused = (
  net: TypedNet,
  { path, tensors }: WeightFile,
  wanted: readonly GraphWeight[],
): Diagnostic =>
  error('E0501', startOf(path), `no layer of \`${net.name}\` is taken from \`${path}\``, {
    notes: [
      wanted.some(({ path: own }) => tensors.has(own))
        ? 'files that come later have all of its layers'
        : `its first weight is \`${[...tensors.keys()][0] ?? 'missing'}\`, and the first of the net \`${wanted[0]?.path ?? 'missing'}\``,
      'layers go by their paths without the net; a label gives a layer the name that it has elsewhere',
    ],
  });

export const join = async (
  file: string,
  named: readonly string[],
  given: JoinOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const net = netAsked(loaded.right, given.net);
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
  const opened: WeightFile[] = [];
  try {
    for (const one of named) {
      const weights = openMeant(io, one);
      if (Either.isLeft(weights)) return fail(io, [weights.left]);
      opened.push(weights.right);
    }
    const done = joined(file, net.right, opened, given.output, io);
    if (Either.isLeft(done)) return fail(io, done.left);
    io.err(
      lines(
        `${given.output}: ${net.right.name}, joined of ${plural(named.length, 'file')}`,
        ...done.right,
        `next: ${runLine(file, net.right, given.output)}`,
      ),
    );
    return exit.fine;
  } finally {
    opened.forEach((weights) => weights.close());
  }
};
