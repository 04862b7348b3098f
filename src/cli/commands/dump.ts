/** `netc dump --after PHASE FILE`: what a phase of the compiler made of a program. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { resultOf } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { lower } from '../../compile.ts';
import type { Graph } from '../../graph/graph.ts';
import { plan } from '../../lower/plan.ts';
import { showPlan } from '../../lower/show-plan.ts';
import { showGraph } from '../../graph/print.ts';
import { shapeOf } from '../../ops/types.ts';
import { windowed } from '../../ops/windowed.ts';
import { parse } from '../../parser/parse.ts';
import { graphOfNet } from '../../build/build.ts';
import { showTree } from '../../syntax/show.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { showTyped } from '../../report/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { netsAsked, loadProgram, loadSound, type LoadedProgram } from '../program/load.ts';
import { passesAsked, type Passes, type PassesGiven } from '../program/passes.ts';
import { fail, tell } from '../program/report.ts';
import { rewritten, tellRewrites } from '../program/rewrites.ts';
import { lines } from '../../report/table.ts';
import type { phases } from '../host/choices.ts';

type Given = PassesGiven & {
  readonly after: (typeof phases)[number] | undefined;
  readonly net: string | undefined;
  readonly trace: 'rewrite' | undefined;
};

/** Prints the trees, which exist for broken files too. */
const dumpTree = (loaded: LoadedProgram, io: Io): Exit => {
  tell(io, loaded.found, loaded.sources);
  const entry = [...loaded.sources.values()][0];
  const tree = entry === undefined ? undefined : resultOf(parse(entry, windowed));
  if (tree === undefined) return exit.faulty;
  io.out(`${showTree(tree).trimEnd()}\n`);
  return exit.fine;
};

/** A plan is for one image of the declared size. */
const planText = (graph: Graph, room: number): string => {
  const shape = shapeOf(graph.input.type, 1);
  return shape === undefined
    ? `-- ${graph.net}: the sizes are free, so nothing can be planned\n`
    : `-- ${graph.net}\n${showPlan(plan(lower(graph), { input: shape }), room).trimEnd()}\n`;
};

/** Prints a phase after rewriting, with the passes that `compile` and `run` would apply. */
const afterRewriting = (
  net: TypedNet,
  phase: 'rewrite' | 'plan',
  passes: Passes,
  given: Given,
  io: Io,
): Or<readonly Diagnostic[], string> => {
  const applied = rewritten(net, passes);
  if (Either.isLeft(applied)) return applied;
  const { graph, trace } = applied.right;
  tellRewrites(io, net, passes, trace, given.trace === 'rewrite');
  return Either.right(phase === 'rewrite' ? showGraph(graph) : planText(graph, io.room));
};

export const dump = async (file: string, given: Given, io: Io): Promise<Exit> => {
  const phase = given.after ?? 'check';
  const rewrites = phase === 'rewrite' || phase === 'plan';
  const concerned = given.pass.length > 0 || !given.defaultPasses || given.trace !== undefined;
  if (concerned && !rewrites) {
    io.err(lines('error: passes are applied later: say `--after rewrite` or `--after plan`'));
    return exit.usage;
  }
  if (phase === 'parse') return dumpTree(loadProgram(io.cwd, file), io);
  const loaded = loadSound(io, file);
  if (Either.isLeft(loaded)) return loaded.left;
  const passes = passesAsked(io, given, loaded.right);
  if (Either.isLeft(passes)) return passes.left;
  const nets = netsAsked(loaded.right, given.net);
  if (Either.isLeft(nets)) return fail(io, [nets.left]);
  for (const net of nets.right) {
    if (phase === 'check') io.out(`${showTyped(net)}\n`);
    else if (phase === 'lower') io.out(`${showGraph(graphOfNet(net))}\n`);
    else {
      const text = afterRewriting(net, phase, passes.right, given, io);
      if (Either.isLeft(text)) return fail(io, text.left, passes.right.sources);
      io.out(`${text.right}\n`);
    }
  }
  return exit.fine;
};
