/** Faults between a state dict and a net, in words. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph, GraphNode } from '../../graph/graph.ts';
import { plural } from '../../numeric/figures.ts';
import { rowOf } from '../../ops/table.ts';
import { startOf } from '../../syntax/source.ts';
import { quoted } from '../data/json.ts';
import { near } from '../../diagnostic/suggest.ts';
import type { TensorInfo } from '../store/safetensors.ts';
import type { Uneven } from './pair.ts';
import type { Line } from './table.ts';

/** Lines of a list that are printed. */
const most = 12;

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, most).map(quoted).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
};

const otherWays =
  '`--map TABLE` pairs them as it says, and leaves a tensor out by `- = NAME`; `netc explain E0501` has an example';

/** One kind of layers: both lists. */
const sides = ({ shapes, slots, modules }: Uneven): string => {
  const layers = slots.map((s) => s.layer);
  const names = modules.map((m) => m.name);
  const here =
    slots.length === 0 ? 'no layer' : `${plural(slots.length, 'layer')}, ${listed(layers)}`;
  const there =
    modules.length === 0 ? 'no module' : `${plural(modules.length, 'module')}, ${listed(names)}`;
  return `${shapes}: ${here}; ${there}`;
};

const withoutBias = (shapes: string): string => shapes.replace(/, bias \[\d+\]/, '');

/** Why kinds may differ, where that can be told. */
const reasons = (uneven: readonly Uneven[]): readonly string[] => {
  const [here, there] = [
    uneven.filter((u) => u.slots.length > u.modules.length),
    uneven.filter((u) => u.modules.length > u.slots.length),
  ];
  const plain = (some: readonly Uneven[]): ReadonlySet<string> =>
    new Set(some.map((u) => u.shapes));
  const [mine, theirs] = [plain(here), plain(there)];
  const lacks = here.some(
    ({ shapes }) => shapes !== withoutBias(shapes) && theirs.has(withoutBias(shapes)),
  );
  const has = there.some(
    ({ shapes }) => shapes !== withoutBias(shapes) && mine.has(withoutBias(shapes)),
  );
  const plainNorm = there.some(({ shapes }) =>
    /^running_mean \[\d+\], running_var \[\d+\]$/.test(shapes),
  );
  return [
    ...(lacks ? ['modules without `bias` are layers with `bias = false`'] : []),
    ...(has ? ['layers with `bias = false` have no place for the `bias` of a module'] : []),
    ...(plainNorm
      ? [
          'batch norms with `affine = False` have no `weight`, which the layer needs: give them ones and zeros',
        ]
      : []),
  ];
};

/** All kinds of layers of which the net has another number than the file. */
export const unevenFault = (
  path: string,
  graph: Graph,
  uneven: readonly Uneven[],
  others: readonly TensorInfo[],
): Diagnostic => {
  const more = uneven.some((u) => u.slots.length > u.modules.length);
  const kinds = plural(uneven.length, 'kind');
  return error(
    more ? 'E0501' : 'E0503',
    startOf(path),
    `\`${path}\` has other modules than \`${graph.net}\` has layers, in ${kinds} of shapes`,
    {
      notes: [
        ...uneven.slice(0, most).map(sides),
        ...(uneven.length > most ? [`and ${uneven.length - most} more kinds`] : []),
        ...reasons(uneven),
        ...(others.length > 0
          ? [`tensors that are not weights by their type: ${listed(others.map((t) => t.name))}`]
          : []),
        otherWays,
      ],
    },
  );
};

/** The fault of a file without weights, or of netc’s own. */
export const noStateDict = (path: string, names: readonly string[]): Diagnostic =>
  error('E0501', startOf(path), `\`${path}\` is not a state dict of PyTorch's`, {
    notes: [
      names.length === 0
        ? 'the file has no weights at all'
        : `its first key is ${quoted(names[0] ?? '')}`,
      ...(names.some((name) => /\/(kernel|gamma|alpha)$/.test(name))
        ? ["these names are netc's own: the file needs no import"]
        : []),
    ],
  });

/** The fault of a layer that PyTorch has in no order that netc can follow. */
export const noLayout = (path: string, node: GraphNode): Diagnostic =>
  error('E0502', startOf(path), `the layer \`${node.path}\` has no counterpart in PyTorch`, {
    notes: [
      rowOf(node.op).projects === 'vector' || node.output.tag === 'vector'
        ? 'it reads a sum of vectors that were flattened from other maps, which lie in other orders there'
        : `\`${node.op}\` is not a layer of PyTorch's`,
    ],
  });

/** The fault of a weight with several values, where the file had one. */
export const manySlopes = (path: string, weight: string, tensor: string): Diagnostic =>
  error(
    'E0502',
    startOf(path),
    `the weight \`${weight}\` has several values, and the file that it came from had one, ${quoted(tensor)}`,
    {
      notes: [
        'they were trained apart: export with `--map TABLE` for `nn.PReLU(num_parameters = c)`',
      ],
    },
  );

/** The fault of a net that is not the one the weights were imported for: a pass rewrote it. */
export const rewritten = (
  path: string,
  graph: Graph,
  lost: readonly string[],
  fresh: readonly string[],
  passes: readonly string[],
): Diagnostic =>
  error(
    'E0501',
    startOf(path),
    `\`${graph.net}\` is not the net that \`${path}\` was imported for: other layers have weights`,
    {
      notes: [
        ...(lost.length > 0 ? [`no layer has ${listed(lost)} any more`] : []),
        ...(fresh.length > 0 ? [`the state dict had nothing for ${listed(fresh)}`] : []),
        passes.length > 0
          ? `${passes.map(quoted).join(', ')} rewrote it: export the net and the weights from before, or name all layers by \`--map TABLE\``
          : 'export the net that it was imported for, or name all layers by `--map TABLE`',
      ],
    },
  );

/** The fault of a table that names layers which the net does not have. */
export const unknownPaths = (
  path: string,
  lines: readonly Line[],
  known: Iterable<string>,
): readonly Diagnostic[] => {
  const all = [...known];
  return lines.map((line) => {
    const close = near(line.path, all);
    const what = `${line.at} of \`${path}\` names ${quoted(line.path)}, and the net has no such layer or weight`;
    return error('E0523', startOf(path), what, {
      notes: close.length > 0 ? [`it has ${close.map(quoted).join(' or ')}`] : [],
    });
  });
};

/** The fault of names that two weights would get. */
export const sameNames = (path: string, names: readonly string[]): Diagnostic =>
  error('E0523', startOf(path), `two weights would get the name ${listed(names)}`, {
    notes: ['give them other names by `--map TABLE`'],
  });
