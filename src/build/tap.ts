/** Values inside a net by their names: what leaves a block, a call or a label, and what a layer gives. */
import * as E from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import type { Graph, ValueId } from '../graph/graph.ts';
import { withOutputs } from '../graph/main-output.ts';
import { startOf } from '../syntax/source.ts';
import { writtenOut } from '../typecheck/net/flat.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';

/** A path without its net, whatever that is called. */
const inside = (path: string): string => path.slice(path.indexOf('/') + 1);

/**
 * The values of a net by the paths of layers and of what holds them, in order of execution. Where a folder and a layer
 * have one path, as in `def conv = std.conv(…); relu`, the value is what leaves the folder.
 */
const valuesIn = (net: TypedNet): ReadonlyMap<string, ValueId> => {
  const { layers, folders } = writtenOut(net);
  const all = new Map(layers.map(({ path, id }) => [inside(path), id] as const));
  for (const [path, id] of folders) all.set(inside(path), id);
  return new Map([...all].sort(([, a], [, b]) => a - b));
};

/** Names that are listed where none is near: those of one part, which are what a person called so. */
const outermost = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !name.includes('/'));

const mostListed = 12;

/** The net up to a value, which becomes its only output; nothing behind it is left (E0524). */
export const tapped = (net: TypedNet, graph: Graph, name: string): E.Either<Diagnostic, Graph> => {
  const values = valuesIn(net);
  const id = values.get(name) ?? values.get(inside(name));
  // the layers of a graph are those of its net, in their order
  const value = id === 0 ? graph.input.id : graph.nodes[(id ?? -1) - 1]?.id;
  if (value !== undefined)
    return E.right(withOutputs(graph, [{ name: graph.outputs[0]!.name, id: value }]));
  const names = [...values.keys()];
  const close = near(name, names).map((one) => `\`${one}\``);
  const listed = outermost(names);
  return E.left(
    error('E0524', startOf('--tap'), `\`${net.name}\` has no value called \`${name}\``, {
      label: close.length === 0 ? '' : `did you mean ${close.join(' or ')}?`,
      notes: [
        `it has ${listed
          .slice(0, mostListed)
          .map((one) => `\`${one}\``)
          .join(', ')}${listed.length > mostListed ? ', …' : ''}`,
        'a value is called by the path of its layer, block, call or label, as `netc summary` prints it',
      ],
    }),
  );
};
