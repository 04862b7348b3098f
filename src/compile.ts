/**
 * The pipeline in one screen; start reading here.
 *
 *   source ─parser→ tree ─typecheck→ typed program ─build→ graph ─rewrite, resize→ graph ─lower→ kernels
 *
 * What follows takes the kernels: `lower/plan` for running, `emit` for a GraphModel. Everything is
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
import type { Diagnostic } from './diagnostic/diagnostic.ts';
import { fuse } from './lower/fuse.ts';
import type { Graph } from './graph/graph.ts';
import { kernels } from './lower/from-graph.ts';
import type { Kernels } from './lower/kernels.ts';
import { resize, type Images } from './build/resize.ts';
import { windowed } from './ops/windowed.ts';
import { parse } from './parser/parse.ts';
import { admissibleSizes } from './build/admissible.ts';
import type { Applied } from './rewrite/match/apply.ts';
import { checkRules } from './rewrite/verify/check-rules.ts';
import type { Pass } from './rewrite/rule/pattern.ts';
import { applyPasses } from './rewrite/passes.ts';
import { graphOfNet } from './build/build.ts';
import { applyPassesOf } from './rewrite/variants.ts';
import { checkProgram, type Options } from './typecheck/program/check.ts';
import type { Files } from './typecheck/program/modules.ts';
import type { TypedNet } from './typecheck/net/typed.ts';
import type { Program } from './typecheck/program/program.ts';
import { freedByPasses } from './graph/retype.ts';

/** What can be said of a program, however broken: for the editor and for `check`. */
export const analyse = (
  files: Files,
  entry: string,
  options: Options = { asserts: true },
): Checked<Program> => {
  const program = checkProgram(
    files,
    (source) => parse(source, windowed),
    entry,
    options,
    applyPassesOf,
  );
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
  if (passes.length === 0) return applied(graphOf(net, images), []);
  const before = graphOfNet(net);
  return andThen(applyPasses(before, passes), ({ graph, trace }) =>
    applied(sized(freedByPasses(before, graph), images), trace),
  );
};

/** A graph that passes have left, for images of a size that it admits, or as it is (E0213, E0508). */
export const sized = (graph: Graph, images: Images | undefined): E.Either<Diagnostic, Graph> =>
  images === undefined ? E.right(graph) : resize(graph, admissibleSizes(graph), images);

const applied = (result: E.Either<Diagnostic, Graph>, trace: Applied['trace']): Checked<Applied> =>
  pipe(
    result,
    E.match(failed, (graph) => checked({ graph, trace }, [])),
  );

/** The kernels of a graph, for images of every size that it takes. */
export const lower = (graph: Graph): Kernels => fuse(kernels(graph));
