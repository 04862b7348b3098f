/** What a table of pairs asks for, of the layers of a net and the tensors of a file. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { startOf } from '../../syntax/source.ts';
import { quoted } from '../data/json.ts';
import { showShape } from '../data/shape.ts';
import type { TensorInfo } from '../store/safetensors.ts';
import { modulesOf, type Module } from './modules.ts';
import { unknownPaths } from './faults.ts';
import { fits, type Asked, type Taken } from './pair.ts';
import type { Slot, SlotWeight } from './slots.ts';
import type { Line, Table } from './table.ts';

/** The pairs that are asked for, and the tensors that no layer gets. */
export type Wishes = { readonly asked: Asked; readonly leftOut: readonly TensorInfo[] };

const nearNote = (name: string, known: Iterable<string>, what: string): readonly string[] => {
  const close = near(name, known);
  return close.length > 0 ? [`${what} ${close.map(quoted).join(' or ')}`] : [];
};

type Place = {
  readonly slot: Slot;
  readonly weights: readonly SlotWeight[];
  readonly whole: boolean;
};

/** The layers and weights of a net, by their paths. */
const placesOf = (slots: readonly Slot[]): ReadonlyMap<string, Place> =>
  new Map<string, Place>(
    slots.flatMap((slot) => [
      [slot.layer, { slot, weights: slot.weights, whole: true }] as const,
      ...slot.weights.map((w) => [w.weight.path, { slot, weights: [w], whole: false }] as const),
    ]),
  );

/** The tensors of a file and its modules, with the prefix of all names and without. */
type File = {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly modules: ReadonlyMap<string, Module>;
  readonly prefix: string;
};

const find = <A>(all: ReadonlyMap<string, A>, name: string, prefix: string): A | undefined =>
  all.get(name) ?? (name.startsWith(prefix) ? all.get(name.slice(prefix.length)) : undefined);

const unfit = (table: Table, line: Line, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0523', startOf(table.path), `${line.at} of \`${table.path}\` ${what}`, { notes });

/** The tensor for each weight of a line (E0502, E0523). */
const takenBy = (
  table: Table,
  line: Line,
  { slot, weights, whole }: Place,
  file: File,
): Either<Diagnostic, readonly Taken[]> => {
  const module = whole ? find(file.modules, line.name, file.prefix) : undefined;
  const tensor = find(file.tensors, line.name, file.prefix);
  const single = weights.length === 1 ? tensor : undefined;
  if (module === undefined && single === undefined) {
    const known = whole ? file.modules.keys() : file.tensors.keys();
    const what = `names ${quoted(line.name)}, and \`${file.path}\` has no such ${whole ? 'module' : 'tensor'}`;
    return E.left(unfit(table, line, what, ...nearNote(line.name, known, 'it has')));
  }
  const taken: Taken[] = [];
  for (const weight of weights) {
    const found = module?.tensors.get(weight.name) ?? single;
    if (found === undefined)
      return E.left(
        unfit(
          table,
          line,
          `gives ${quoted(line.name)} to the layer \`${slot.layer}\`, which needs a \`${weight.name}\` too`,
          `it has ${[...(module?.tensors.keys() ?? [])].map(quoted).join(', ')}`,
        ),
      );
    if (!fits(weight, found))
      return E.left(
        error(
          'E0502',
          startOf(table.path),
          `the tensor ${quoted(found.name)} has the shape ${showShape(found.shape)}, but \`${weight.weight.path}\` needs ${showShape(weight.layout.shape)}`,
          { notes: [`${line.at} of \`${table.path}\` pairs them`] },
        ),
      );
    taken.push({ slot: weight, tensor: found });
  }
  return E.right(taken);
};

/** Tensors that a line leaves out: one of this name, or all whose names go on behind it (E0523). */
const leftOutBy = (
  table: Table,
  line: Line,
  file: File,
): Either<Diagnostic, readonly TensorInfo[]> => {
  const [own, tensors] = [
    new Set([line.name, file.prefix + line.name]),
    [...file.tensors.values()],
  ];
  const out = tensors.filter(({ name }) =>
    [...own].some((one) => name === one || name.startsWith(`${one}.`)),
  );
  if (out.length > 0) return E.right(out);
  const notes = nearNote(line.name, file.tensors.keys(), 'it has');
  const what = `leaves out ${quoted(line.name)}, and \`${file.path}\` has no such tensor`;
  return E.left(unfit(table, line, what, ...notes));
};

const modulesIn = (tensors: readonly TensorInfo[], prefix: string): ReadonlyMap<string, Module> =>
  new Map(modulesOf(tensors, prefix, true).map((m) => [m.name, m]));

/** What the lines ask for, or all of their faults (E0502, E0523). */
export const wishesOf = (
  table: Table,
  slots: readonly Slot[],
  tensors: readonly TensorInfo[],
  prefix: string,
  path: string,
): Either<readonly Diagnostic[], Wishes> => {
  const places = placesOf(slots);
  const byName = new Map(tensors.map((t) => [t.name, t]));
  const file: File = { path, tensors: byName, modules: modulesIn(tensors, prefix), prefix };
  const faults: Diagnostic[] = [];
  const asked = new Map<Slot, { readonly taken: Taken[]; readonly line: Line }>();
  const owners = new Map<TensorInfo, Line>();
  const own = (line: Line, tensor: TensorInfo): void => {
    const before = owners.get(tensor);
    if (before !== undefined && before !== line)
      faults.push(unfit(table, line, `takes ${quoted(tensor.name)}, which ${before.at} takes too`));
    owners.set(tensor, line);
  };
  for (const line of table.pairs) {
    const place = places.get(line.path);
    if (place === undefined) {
      faults.push(...unknownPaths(table.path, [line], places.keys()));
      continue;
    }
    const taken = takenBy(table, line, place, file);
    if (E.isLeft(taken)) {
      faults.push(taken.left);
      continue;
    }
    for (const { tensor } of taken.right) own(line, tensor);
    const known = asked.get(place.slot);
    if (known === undefined) asked.set(place.slot, { taken: [...taken.right], line });
    else known.taken.push(...taken.right);
  }
  for (const [slot, { taken, line }] of asked) {
    const paths = new Set(taken.map((t) => t.slot.weight.path));
    const lacking = slot.weights.filter(({ weight }) => !paths.has(weight.path));
    const named = lacking.map(({ weight }) => quoted(weight.path)).join(', ');
    if (paths.size < taken.length)
      faults.push(
        unfit(table, line, `gives \`${slot.layer}\` a weight that another line gives it too`),
      );
    else if (lacking.length > 0)
      faults.push(
        unfit(table, line, `pairs a part of \`${slot.layer}\`, and no line names ${named}`),
      );
  }
  const leftOut: TensorInfo[] = [];
  for (const line of table.leftOut) {
    const out = leftOutBy(table, line, file);
    if (E.isLeft(out)) faults.push(out.left);
    else
      for (const tensor of out.right) {
        own(line, tensor);
        leftOut.push(tensor);
      }
  }
  return faults.length > 0 ? E.left(faults) : E.right({ asked, leftOut });
};
