/**
 * The pipeline in one screen; start reading here.
 *
 *   source ─parser→ tree ─typecheck→ typed program ─build→ graph ─rewrite, resize→ graph ─lower→ kernels
 *
 * What follows takes the kernels: `lower/plan` for running, `lower/emit` for a GraphModel. Everything is
 * pure: files come from `Files`, and what is compiled goes back as data.
 */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  andThen,
  checked,
  diagnosticsOf,
  failed,
  gate,
  type Checked,
} from './diagnostic/checked.ts';
import { error, type Diagnostic } from './diagnostic/diagnostic.ts';
import { fuse } from './lower/fuse.ts';
import type { Graph } from './lower/graph.ts';
import { kernels, type NotLowered, type Program as Kernels } from './lower/kernels.ts';
import { resize, type Images } from './lower/resize.ts';
import { parse } from './parser/parse.ts';
import { admissibleSizes } from './rewrite/admissible.ts';
import type { Applied } from './rewrite/apply.ts';
import { checkRules } from './rewrite/check-rules.ts';
import type { Pass } from './rewrite/pattern.ts';
import { applyPasses } from './rewrite/registry.ts';
import { graphOfNet, opened, rewriting } from './rewrite/remade.ts';
import { checkProgram, type Options } from './typecheck/check.ts';
import type { Files } from './typecheck/modules.ts';
import type { Program, TypedNet } from './typecheck/typed.ts';

/** What can be said of a program, however broken: for the editor and for `check`. */
export const analyse = (
  files: Files,
  entry: string,
  options: Options = { asserts: true },
): Checked<Program> => {
  const program = checkProgram(files, parse, entry, options, rewriting);
  return andThen(program, (p) =>
    checked(p, checkRules(p.files.get(entry), diagnosticsOf(program))),
  );
};

/** A program without errors, or nothing: the one gate before a graph is built. */
export const compile = (files: Files, entry: string): Checked<Program> =>
  gate(analyse(files, entry, { asserts: false }));

/** The graph of a net of a sound program, for its declared input or for images that it admits too (E0508). */
export const graphOf = (net: TypedNet, images?: Images): E.Either<Diagnostic, Graph> =>
  resize(graphOfNet(net), net.admissible, images);

/**
 * The graph after some passes, in order, and what they did. A head that held the size of the image may be
 * gone; then the input is free (E0508).
 */
export const rewrite = (
  net: TypedNet,
  passes: readonly Pass[],
  images?: Images,
): Checked<Applied> => {
  const before = graphOfNet(net);
  return andThen(applyPasses(before, passes), ({ graph, trace }) =>
    pipe(
      resize(opened(before, graph), admissibleSizes(graph), images),
      E.match(failed, (sized) => checked({ graph: sized, trace }, [])),
    ),
  );
};

/** The kernels of a graph; `left` when a layer has none for images of every size (E0511). */
export const lower = (graph: Graph): E.Either<Diagnostic, Kernels> =>
  pipe(kernels(graph), E.bimap(notLowered, fuse));

const notLowered = ({ node, reason }: NotLowered): Diagnostic =>
  error('E0511', node.span, `\`${node.op}\` cannot be lowered for images of every size`, {
    label: reason,
    notes: ['choose a size: `--input 224x224`'],
  });
