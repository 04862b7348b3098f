/** `netc diff A B`: two nets compared layer by layer, without running anything. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { graphOf } from '../../compile.ts';
import type { ImageSize } from '../host/command.ts';
import { compare } from '../../report/diff/compare.ts';
import { calledAs } from '../../report/diff/names.ts';
import { jsonDiff } from '../../report/diff/json.ts';
import { macsOf, showDiff, type Side } from '../../report/diff/text.ts';
import { exit, type Exit } from '../host/exit.ts';
import { factsOf } from '../../report/layer-costs.ts';
import type { Io } from '../host/io.ts';
import { namedIn } from '../program/file-and-net.ts';
import { tellDoubts } from '../program/doubts.ts';
import { netAsked, loadSound } from '../program/load.ts';
import { renamed } from '../program/shown-paths.ts';
import { fail } from '../program/report.ts';
import { lines } from '../../report/table.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { needing } from '../program/unneeded.ts';

/** A file and optionally one of its nets. */
type Named = { readonly file: string; readonly net: string | undefined };

const netIn = (text: string): Named => {
  const { file, name } = namedIn(text) ?? { file: text, name: undefined };
  return { file, net: name };
};

type DiffOptions = {
  readonly net: string | undefined;
  readonly input: ImageSize | undefined;
  readonly json: boolean;
  readonly check: boolean;
};

type Opening = ReturnType<typeof loadSound>;

const tellEach = (io: Io, loading: Opening, nets: readonly TypedNet[]): void => {
  if (Either.isRight(loading)) tellDoubts(io, loading.right, nets);
};

const sideOf = (
  { file, net: asked }: Named,
  loading: Opening,
  input: ImageSize | undefined,
  io: Io,
): Or<Exit, Side> => {
  if (Either.isLeft(loading)) return loading;
  const loaded = loading.right;
  const net = netAsked(loaded, asked, (names) => `${file}:NET, where NET is ${names.join(' or ')}`);
  if (Either.isLeft(net)) return Either.left(fail(io, [net.left]));
  const graph = graphOf(net.right, input && { ...input, asked: net.right.span });
  if (Either.isLeft(graph))
    return Either.left(fail(io, [renamed(graph.left, loaded.shown)], loaded.sources));
  return Either.right({ file, net: net.right, graph: graph.right, layers: factsOf(graph.right) });
};

/** The second net, whose sizes shared with the first get the first net's names. */
const besides = (before: Side, after: Side): Side => {
  const graph = calledAs(after.graph, before.graph);
  return { ...after, graph, layers: factsOf(graph) };
};

export const diff = async (
  [first, second]: readonly [string, string],
  given: DiffOptions,
  io: Io,
): Promise<Exit> => {
  const [a, b] = [netIn(first), netIn(second)];
  // most often two states of one net are compared
  const names = [a.net ?? given.net, b.net ?? given.net ?? a.net] as const;
  const isOne = a.file === b.file;
  const asked = isOne && !names.includes(undefined) ? names.flatMap((n) => n ?? []) : [];
  const loaded = loadSound(io, a.file, isOne ? { nets: [...new Set(asked)] } : needing(names[0]));
  const before = sideOf({ ...a, net: names[0] }, loaded, given.input, io);
  if (Either.isLeft(before)) return before.left;
  // a file that holds both nets is checked once
  const other = isOne ? loaded : loadSound(io, b.file, needing(names[1]));
  const after = sideOf({ ...b, net: names[1] }, other, given.input, io);
  if (Either.isLeft(after)) return after.left;
  const nets = [before.right.net, after.right.net];
  if (other === loaded) tellEach(io, loaded, nets);
  else [loaded, other].forEach((one, i) => tellEach(io, one, [nets[i]!]));
  const sides = { before: before.right, after: besides(before.right, after.right) };
  const found = compare(sides.before.graph, sides.after.graph);
  const result = { ...sides, found };
  if (given.json) io.out(`${JSON.stringify(jsonDiff(result), undefined, 2)}\n`);
  else {
    io.out(showDiff(result, io.colour.out, io.width));
    if (!found.equal && [sides.before, sides.after].some((s) => macsOf(s) === undefined))
      io.err(lines('', 'sizes are free: --input 224x224 gives numbers and MACs'));
  }
  return found.equal || !given.check ? exit.fine : exit.faulty;
};
