/** `netc dump --after PHASE FILE`: what a phase of the compiler made of a program. */
import * as Either from 'fp-ts/lib/Either.js';
import { valueOf } from '../diagnostic/checked.ts';
import { lower } from '../compile.ts';
import { plan, showPlan } from '../lower/plan.ts';
import { showGraph } from '../lower/print.ts';
import { shapeOf } from '../ops/types.ts';
import { parse } from '../parser/parse.ts';
import { graphOfNet } from '../rewrite/remade.ts';
import { showTree } from '../syntax/show.ts';
import type { TypedNet } from '../typecheck/typed.ts';
import type { phases } from './commands.ts';
import { showTyped } from './dump-typed.ts';
import { exit, type Exit } from './exit.ts';
import type { Io } from './io.ts';
import { renamed } from './renamed.ts';
import { netsAsked, open, openSound, type Opened } from './open.ts';
import { fail, tell } from './report.ts';

type Given = {
  readonly after: (typeof phases)[number] | undefined;
  readonly net: string | undefined;
};

/** Trees are there for broken files too. */
const dumpTree = (opened: Opened, io: Io): Exit => {
  tell(io, opened.found, opened.sources);
  const entry = [...opened.sources.values()][0];
  const tree = entry === undefined ? undefined : valueOf(parse(entry));
  if (tree === undefined) return exit.faulty;
  io.out(`${showTree(tree).trimEnd()}\n`);
  return exit.fine;
};

/** A plan is for one image of the declared size. */
const planText = (net: TypedNet, shown: (path: string) => string) => {
  const program = lower(graphOfNet(net));
  if (Either.isLeft(program)) return Either.left(renamed(program.left, shown));
  const shape = shapeOf(net.input, 1)?.slice(1);
  return Either.right(
    shape === undefined
      ? `-- ${net.name}: the sizes are free, so nothing can be planned\n`
      : `-- ${net.name}\n${showPlan(plan(program.right, { batch: 1, input: shape })).trimEnd()}\n`,
  );
};

export const dump = async (file: string, given: Given, io: Io): Promise<Exit> => {
  const phase = given.after ?? 'check';
  if (phase === 'parse') return dumpTree(open(io.cwd, file), io);
  const opened = openSound(io, file);
  if (Either.isLeft(opened)) return opened.left;
  const nets = netsAsked(opened.right, given.net);
  if (Either.isLeft(nets)) return fail(io, [nets.left]);
  for (const net of nets.right) {
    if (phase === 'check') io.out(`${showTyped(net)}\n`);
    else if (phase === 'lower') io.out(`${showGraph(graphOfNet(net))}\n`);
    else {
      const text = planText(net, opened.right.shown);
      if (Either.isLeft(text)) return fail(io, [text.left]);
      io.out(`${text.right}\n`);
    }
  }
  return exit.fine;
};
