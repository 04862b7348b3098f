/** `netc dump --after PHASE FILE`: what a phase of the compiler made of a program. */
import * as Either from 'fp-ts/lib/Either.js';
import { forNet, forTraining, type Built, type Rewritten } from '../../compile.ts';
import { diagnosticsOf, resultOf } from '../../diagnostic/checked.ts';
import type { Outputs } from '../../graph/main-output.ts';
import { phasesWithPasses, type Made, type PhaseName, type Watch } from '../../phase.ts';
import { showProtocols } from '../../protocol/write.ts';
import { lines } from '../../report/table.ts';
import { showNets } from '../../report/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { tellDoubts } from '../program/doubts.ts';
import { loadProgram, loadSound, netsAsked, type Held } from '../program/load.ts';
import { tellLeftOut } from '../program/outputs.ts';
import { passesAsked, type PassesGiven } from '../program/passes.ts';
import { fail, tell } from '../program/report.ts';
import { resultFor, tellRewrites } from '../program/rewrites.ts';
import { timed } from '../program/timing.ts';
import { trainingsAsked } from '../program/training/several.ts';
import { needing } from '../program/unneeded.ts';

type DumpOptions = PassesGiven & {
  readonly after: PhaseName | undefined;
  readonly net: string | undefined;
  readonly outputs: Outputs | undefined;
  readonly trace: 'rewrite' | undefined;
  readonly recompute: boolean;
  readonly time: boolean;
};

/** Keeps what a phase made, the last of several, and lets another watch see everything too. */
const keeping = (
  wanted: PhaseName,
  other: Watch,
): { readonly watch: Watch; readonly kept: () => Made | undefined } => {
  let kept: Made | undefined;
  const after: Watch['after'] = (phase, made) => {
    other.after(phase, made);
    if (phase === wanted) kept = made;
  };
  return { watch: { before: other.before, after }, kept: () => kept };
};

/** Trees are there for broken files too. */
const dumpTree = (file: string, outer: Watch, io: Io): Exit => {
  const { watch, kept } = keeping('parse', outer);
  const { found, sources } = loadProgram(io.cwd, file, watch);
  tell(io, found, sources);
  const text = sources.size === 0 ? undefined : kept()?.show(io.room);
  if (text === undefined) return exit.faulty;
  io.out(`${text}\n`);
  return exit.fine;
};

const isRewritten = (made: Built | Rewritten): made is Rewritten => 'trace' in made;

/** The trainings and evaluations of a net, or of all. */
const protocolsAsked = (
  { program: { trainings, evaluations } }: Held,
  net: string | undefined,
): string =>
  showProtocols(
    trainings.filter((t) => net === undefined || t.net.name === net),
    evaluations.filter((e) => net === undefined || (e.tag === 'net' && e.net.name === net)),
  );

/** The steps of the trainings of a file, or of one, or of those of one net. */
const dumpSteps = (file: string, { net, recompute }: DumpOptions, outer: Watch, io: Io): Exit => {
  const loaded = loadSound(io, file, { nets: [], recipes: true }, outer);
  if (Either.isLeft(loaded)) return loaded.left;
  const trainings = trainingsAsked(loaded.right, net);
  if (Either.isLeft(trainings)) return fail(io, [trainings.left]);
  tellDoubts(
    io,
    loaded.right,
    trainings.right.map(({ net: trained }) => trained),
  );
  const { watch, kept } = keeping('derive', outer);
  for (const training of trainings.right) {
    const made = forTraining(training, recompute)(training.net, watch);
    if (resultOf(made) === undefined) return fail(io, diagnosticsOf(made), loaded.right.sources);
    io.out(`${kept()?.show(io.room) ?? ''}\n`);
  }
  return exit.fine;
};

const dumpNets = (
  file: string,
  phase: Exclude<PhaseName, 'parse' | 'derive'>,
  given: DumpOptions,
  outer: Watch,
  io: Io,
): Exit => {
  const recipes = phase === 'check' ? { recipes: true as const } : {};
  const loaded = loadSound(io, file, { ...needing(given.net), ...recipes }, outer);
  if (Either.isLeft(loaded)) return loaded.left;
  const passes = passesAsked(io, given, loaded.right);
  if (Either.isLeft(passes)) return passes.left;
  const nets = netsAsked(loaded.right, given.net);
  if (Either.isLeft(nets)) return fail(io, [nets.left]);
  tellDoubts(io, loaded.right, nets.right);
  if (phase === 'check') {
    io.out(`${showNets(nets.right)}${protocolsAsked(loaded.right, given.net)}`);
    return exit.fine;
  }
  const { watch, kept } = keeping(phase, outer);
  const outputs = given.outputs ?? 'all';
  const beside = nets.right.map(({ name }) => name);
  const line = forNet({ passes: passes.right.all, outputs, beside })[phase];
  for (const net of nets.right) {
    tellLeftOut(io, net, outputs);
    const made = resultFor(io, line(net, watch), passes.right);
    if (Either.isLeft(made)) return fail(io, made.left, passes.right.sources);
    if (isRewritten(made.right))
      tellRewrites(io, net, passes.right, made.right.trace, given.trace === 'rewrite');
    io.out(`${kept()?.show(io.room) ?? ''}\n`);
  }
  return exit.fine;
};

export const dump = async (file: string, given: DumpOptions, io: Io): Promise<Exit> => {
  const phase = given.after ?? 'check';
  const concerned = given.pass.length > 0 || !given.defaultPasses || given.trace !== undefined;
  if (concerned && !phasesWithPasses.includes(phase)) {
    const later = phasesWithPasses.map((name) => `\`--after ${name}\``);
    io.err(lines(`error: passes are applied later: say ${later.join(' or ')}`));
    return exit.usage;
  }
  return timed(given.time, io, (watch) => {
    if (phase === 'parse') return dumpTree(file, watch, io);
    if (phase === 'derive') return dumpSteps(file, given, watch, io);
    return dumpNets(file, phase, given, watch, io);
  });
};
