/**
 * Finds the net that a weight file is for. In netc's own files the paths of weights show it, `D/block3/conv2/kernel`; a
 * file of torchvision's is for the net whose layers have weights of its shapes.
 */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Outputs } from '../../graph/main-output.ts';
import { graphOfNet } from '../../build/build.ts';
import type { Graph } from '../../graph/graph.ts';
import { passesOfNet } from '../../typecheck/net/variants.ts';
import { weightsAmong } from '../../runtime/store/training-state.ts';
import type { Header } from '../../runtime/store/safetensors.ts';
import type { WeightFile } from '../../runtime/files/weights.ts';
import type { AskedNet } from '../../runtime/store/weights.ts';
import { startOf } from '../../syntax/source.ts';
import { sourceOf, type TypedNet } from '../../typecheck/net/typed.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import type { Io } from '../host/io.ts';
import { netAsked, optionsFor } from './load.ts';
import { lines } from '../../report/table.ts';
import type { Program } from '../../typecheck/program/program.ts';

const hasExactly = (net: TypedNet, { tensors }: Header): boolean => {
  const wanted = weightsOf(graphOfNet(net));
  const found = weightsAmong(tensors);
  return wanted.length === found.size && wanted.every(({ path }) => found.has(path));
};

/**
 * The nets whose name, or whose source's name, begins the paths of the weights. If there are several, those that have
 * exactly these weights, if any: this distinguishes a net with fresh layers from its source.
 */
export const ownersOf = (
  nets: readonly TypedNet[],
  weights: Pick<WeightFile, 'tensors' | 'metadata'>,
): readonly TypedNet[] => {
  const owners = new Set(Array.from(weights.tensors.keys(), (path) => path.split('/')[0]));
  const named = nets.filter((n) => owners.has(n.name) || owners.has(sourceOf(n).name));
  const exact = named.length > 1 ? named.filter((n) => hasExactly(n, weights)) : [];
  return exact.length > 0 ? exact : named;
};

/**
 * What weight files of a net are compared with beside its weights: its name, the shortest command that makes weights,
 * and the weights of outputs that are left out.
 */
export const askedNet = (file: string, net: TypedNet, outputs: Outputs): AskedNet => ({
  name: net.name,
  passes: passesOfNet(net).map(({ name }) => name.text),
  init: `netc weights init ${file} --net ${net.name} -o ${net.name}.safetensors`,
  spare: outputs === 'all' ? [] : weightsOf(graphOfNet(net)).map((w) => w.path),
});

/**
 * The net that was asked for, else the only one, else the only one that the weights are for, which is then reported
 * (E0316).
 */
export const netFor = (
  io: Io,
  loaded: { readonly program: Program; readonly file: string },
  asked: string | undefined,
  weights: Header & { readonly path: string },
): Or<Diagnostic, TypedNet> => {
  const { nets } = loaded.program;
  const owners = asked === undefined && nets.length > 1 ? ownersOf(nets, weights) : [];
  const [net, ...others] = owners;
  if (net === undefined) return netAsked(loaded, asked);
  if (others.length > 0)
    return Either.left(
      error('E0316', startOf(loaded.file), `${owners.length} nets have these weights; say which`, {
        notes: [optionsFor(owners.map((n) => n.name))],
      }),
    );
  io.err(lines(`taking ${net.name}: ${weights.path} has its weights`));
  return Either.right(net);
};

const ofNet = (net: TypedNet): Graph => graphOfNet(sourceOf(net));

/** What a file of another framework holds, in words, and which graphs its weights are for. */
type Foreign = {
  readonly what: string;
  /** the same, and where it is, without quotes */
  readonly place: string;
  readonly fits: (graph: Graph) => boolean;
};

/**
 * The net that was asked for, else the only one, else the only one that weights of another framework fit, which is then
 * reported (E0316, and the faults of `recognised`).
 */
export const netThatFits = (
  io: Io,
  loaded: { readonly program: Program; readonly file: string },
  asked: string | undefined,
  recognised: () => Or<Diagnostic, Foreign>,
): Or<Diagnostic, TypedNet> => {
  const { nets } = loaded.program;
  if (asked !== undefined || nets.length <= 1) return netAsked(loaded, asked);
  const known = recognised();
  if (Either.isLeft(known)) return known;
  const { what, place, fits } = known.right;
  const fitting = nets.filter((net) => fits(ofNet(net)));
  const [net, ...others] = fitting;
  if (net !== undefined && others.length === 0) {
    io.err(lines(`taking ${net.name}: ${place} fits it`));
    return Either.right(net);
  }
  const [message, choice] =
    net === undefined
      ? [`${what} fits none of the ${nets.length} nets of this file`, nets]
      : [`${what} fits ${fitting.length} nets; say which`, fitting];
  const how = optionsFor(choice.map((n) => n.name));
  return Either.left(
    error('E0316', startOf(loaded.file), message, {
      notes: [net === undefined ? `${how}, shows what does not fit` : how],
    }),
  );
};
