/** `netc weights import --from pytorch FILE IN -o OUT`: weights of a module that somebody wrote in PyTorch. */
import * as Either from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../build/build.ts';
import { plural } from '../../numeric/figures.ts';
import { columns, lines } from '../../report/table.ts';
import { fittingPytorch, importPytorch, readTable } from '../../runtime/files/pytorch.ts';
import type { Imported } from '../../runtime/pytorch/import.ts';
import { mayBeWeight } from '../../runtime/pytorch/modules.ts';
import { noTable, rowsOf } from '../../runtime/pytorch/table.ts';
import { inputKey } from '../../runtime/store/preprocess.ts';
import { sourceOf, type TypedNet } from '../../typecheck/net/typed.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { attachedFor } from '../program/attached.ts';
import { tellDoubts } from '../program/doubts.ts';
import { weightsOf } from '../../rewrite/match/read-weights.ts';
import { loadSound } from '../program/load.ts';
import { naming } from '../program/naming.ts';
import { runLine, showContent } from '../program/next-steps.ts';
import { netThatFits } from '../program/owners.ts';
import { fail } from '../program/report.ts';
import { needing } from '../program/unneeded.ts';

export type PytorchOptions = {
  readonly net: string | undefined;
  readonly map: string | undefined;
  readonly input: string | undefined;
  readonly classes: string | undefined;
  readonly json: boolean;
  readonly output: string;
};

/** The names of the first tensors of a list. */
const namesOf = (tensors: Imported['leftOut']): string => {
  const names = tensors.slice(0, 3).map((t) => t.name);
  return tensors.length > 3 ? `${names.join(', ')}, …` : names.join(', ');
};

/** What to look at, if anything. */
const remarks = ({ pairs, prefix, leftOut, lost, rounded }: Imported): readonly string[] => {
  const by = (how: string): number => pairs.filter((pair) => pair.by === how).length;
  const [guessed, ordered, all] = [by('guess'), by('order'), plural(pairs.length, 'pair')];
  const of = (n: number): string => `${n} of ${all} ${n === 1 ? 'is' : 'are'}`;
  return [
    ...(prefix === '' ? [] : [`names are without the \`${prefix}\` that all of them begin with`]),
    ...(ordered === 0
      ? []
      : [
          `${of(ordered)} by order: other modules have the same shapes; \`--map TABLE\` pairs otherwise`,
        ]),
    ...(guessed === 0 ? [] : [`${of(guessed)} a guess: look at them in the table`]),
    ...(leftOut.length === 0
      ? []
      : [`${plural(leftOut.length, 'tensor')} left out: ${namesOf(leftOut)}`]),
    ...(rounded === 0
      ? []
      : [
          `${plural(rounded, 'tensor')} of float64 rounded to float32: an export has rounded numbers`,
        ]),
    ...(lost.length === 0
      ? []
      : [`too large to be kept, so that an export is without: ${namesOf(lost)}`]),
  ];
};

/** The table for machines; `--map` takes it too. */
const asJson = (net: TypedNet, { pairs, prefix, leftOut }: Imported): string =>
  JSON.stringify(
    {
      net: net.name,
      prefix,
      pairs: pairs.map(({ slot, module, by, alike, taken }) => ({
        ...{ layer: slot.layer, module, by, alike },
        weights: taken.map(({ slot: { weight }, tensor: { name, dtype, shape } }) => ({
          ...{ path: weight.path, tensor: name, dtype, shape },
        })),
      })),
      leftOut: leftOut.filter(mayBeWeight).map((t) => t.name),
    },
    undefined,
    2,
  );

export const importPytorchs = async (
  file: string,
  weights: string,
  given: PytorchOptions,
  io: Io,
): Promise<Exit> => {
  const loaded = loadSound(io, file, needing(given.net));
  if (Either.isLeft(loaded)) return loaded.left;
  const table = given.map === undefined ? Either.right(noTable) : readTable(given.map);
  if (Either.isLeft(table)) return fail(io, [table.left]);
  const net = netThatFits(io, loaded.right, given.net, () =>
    Either.map((fits: (graph: ReturnType<typeof graphOfNet>) => boolean) => ({
      ...{ what: `\`${weights}\``, place: weights, fits },
    }))(fittingPytorch(weights, table.right)),
  );
  if (Either.isLeft(net)) return fail(io, [net.left]);
  tellDoubts(io, loaded.right, [net.right]);
  const attached = attachedFor(net.right, given);
  if (Either.isLeft(attached)) return fail(io, [attached.left]);
  const graph = graphOfNet(sourceOf(net.right));
  const done = io.atOnce(() =>
    importPytorch(weights, graph, given.output, table.right, naming(io), attached.right),
  );
  io.progress('');
  if (Either.isLeft(done)) return fail(io, done.left);
  const { pairs, leftOut, prefix } = done.right;
  const run = runLine(file, net.right, given.output);
  io.out(
    given.json
      ? `${asJson(net.right, done.right)}\n`
      : lines(...columns(rowsOf(pairs, leftOut.filter(mayBeWeight), prefix))),
  );
  io.err(
    lines(
      `${given.output}: ${weights} as ${net.right.name}, ${showContent(weightsOf(graph))}`,
      ...remarks(done.right),
      ...(run.includes('PICTURE') && !attached.right.has(inputKey)
        ? ['pictures are taken as pixels from 0 to 255; `--input FILE` says how PyTorch had them']
        : []),
      `next: ${run}`,
    ),
  );
  return exit.fine;
};
