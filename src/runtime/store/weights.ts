/** Compares weight files with the weights that nets need. */
import { checked, failed, type Checked } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import type { GraphWeight } from '../../graph/graph.ts';
import { sameShape } from '../../numeric/tensor.ts';
import { startOf, type Span } from '../../syntax/source.ts';
import { quoted } from '../data/json.ts';
import { showShape } from '../data/shape.ts';
import { inOneMessage } from './grouped-faults.ts';
import { unsupported, type Provider, type TensorInfo, type Weights } from './safetensors.ts';
import { weightsAmong } from './training-state.ts';
import { modelOfKeys } from '../zoo/keys.ts';

const orList = (names: readonly string[]): string => names.map(quoted).join(' or ');

/** The first part of a path is the net. */
const netsOf = (paths: Iterable<string>): readonly string[] => [
  ...new Set(Array.from(paths, (path) => path.split('/')[0] ?? '')),
];

/** Whether names are those of a state dict of PyTorch's: parts between dots, and at the end what a module has. */
const isStateDict = (names: readonly string[]): boolean =>
  names.some((name) => /^[^/]*(^|\.)(weight|running_mean)$/.test(name));

/** The fault that no weight agrees: one message instead of one for each weight. */
const foreign = (
  place: Span,
  wanted: readonly GraphWeight[],
  names: Iterable<string>,
): Diagnostic => {
  const all = [...names];
  const owners = netsOf(all).slice(0, 3);
  const model = modelOfKeys(all)?.name;
  const origin = (): readonly string[] => {
    if (all.length === 0) return ['the file has no weights at all'];
    const command = (from: string): string =>
      `\`netc weights import --from ${from} FILE.net ${place.path} -o OUT.safetensors\` converts them`;
    if (model !== undefined)
      return [`they look like torchvision's \`${model}\`; ${command('torchvision')}`];
    const first = `the first is ${quoted(all[0] ?? '')}`;
    if (isStateDict(all))
      return [
        `its ${all.length} tensors look like a module of PyTorch's; ${first}`,
        command('pytorch'),
      ];
    return [
      `its ${all.length} weights belong to ${orList(owners)}; ${first}`,
      'the first name of a path is the net, as in `D/block3/conv2/kernel`',
      ...(all.some((name) => name.includes('/'))
        ? []
        : [
            '`netc weights import` converts weights of PyTorch and torchvision, and of no other framework',
          ]),
    ];
  };
  return error(
    'E0501',
    place,
    `\`${place.path}\` has none of the ${wanted.length} weights of ${orList(netsOf(wanted.map((w) => w.path)))}`,
    { notes: origin() },
  );
};

/** The pass that made this weight fresh, so that no file of the source has it. */
const startedBy = ({ value, madeBy }: GraphWeight): string | undefined =>
  value === undefined ? madeBy?.pass : undefined;

/** The net that was asked for. Its weights may have the name of the net that passes made it from. */
export type AskedNet = {
  readonly name: string;
  /** the passes that its source applies, and the command that makes weights for the rewritten net */
  readonly passes: readonly string[];
  readonly init: string;
  /** weights that a file may have too: those of outputs that are left out */
  readonly spare: readonly string[];
};

/** Advice for the weights of a layer that a pass made fresh. */
const startingAnew = (pass: string, asked: AskedNet | undefined): string =>
  asked?.passes.includes(pass) === true
    ? `the pass \`${pass}\` makes layers with fresh weights: \`${asked.init}\` makes weights for \`${asked.name}\``
    : `the pass \`${pass}\` makes layers with fresh weights: \`netc dump --after rewrite\` prints the net ` +
      'with these layers, and `netc weights init` makes weights for it';

const missing = (
  place: Span,
  weight: GraphWeight,
  leftOver: readonly string[],
  asked: AskedNet | undefined,
): Diagnostic => {
  const { path } = weight;
  const pass = startedBy(weight);
  const close = near(path, leftOver);
  const alike = close.length > 0 ? [`the file has ${orList(close)}, which no layer takes`] : [];
  return error('E0501', place, `the weight ${quoted(path)} is missing in \`${place.path}\``, {
    notes: pass === undefined ? alike : [startingAnew(pass, asked)],
  });
};

/** The similar weight that a file has instead. */
const instead = (name: string): string => `where the file has ${quoted(name)}`;

/** PyTorch has kernels as [out, in, h, w] and matrices as [out, in]; netc as [h, w, in, out], [in, out]. */
const isTorchs = (expected: readonly number[], found: readonly number[]): boolean => {
  const [a, b, c, d] = expected;
  const torchs = expected.length === 4 ? [d, c, a, b] : [b, a];
  return torchs.length === found.length && found.every((n, i) => n === torchs[i]);
};

/** What else may have happened: the file is of the net before a pass, and the net is what the pass left. */
const beforePass =
  'weights from before a pass are turned into those of the net that it makes by `netc weights rewrite`';

const otherShape = (
  place: Span,
  weight: GraphWeight,
  found: TensorInfo,
  hint: readonly string[],
): Diagnostic => {
  const { path, spec } = weight;
  return error(
    'E0502',
    place,
    `the weight ${quoted(path)} has the shape ${showShape(found.shape)}, but ${showShape(spec.shape)} is needed`,
    {
      notes: isTorchs(spec.shape, found.shape)
        ? [
            'this is how PyTorch orders it; `netc weights import --from pytorch` takes a state dict as PyTorch has it',
          ]
        : [...hint, ...(hint.length === 0 ? [beforePass] : [])],
    },
  );
};

/** Weights for another number of classes: all that differs is the last axis of the last layer. */
const otherClasses = (
  wanted: readonly GraphWeight[],
  differing: readonly Present[],
): readonly string[] => {
  const layerOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
  const last = layerOf(wanted.at(-1)?.path ?? '');
  const only = differing.every(({ weight, found }) => {
    const same = sameShape(weight.spec.shape.slice(0, -1), found.shape.slice(0, -1));
    return same && layerOf(weight.path) === last;
  });
  const [first] = differing;
  if (first === undefined || !only) return [];
  const [here, there] = [first.found.shape.at(-1), first.weight.spec.shape.at(-1)];
  return [`all other shapes fit: the file is for ${here} outputs, and the net has ${there}`];
};

/** A weight that the net needs, and the tensor of the file. */
type Present = { readonly weight: GraphWeight; readonly found: TensorInfo };

const tooMany = (place: Span, name: string, absent: readonly string[]): Diagnostic => {
  const close = near(name, absent);
  return error(
    'E0503',
    place,
    `the weight ${quoted(name)} in \`${place.path}\` belongs to no layer`,
    {
      notes: close.length > 0 ? [`the net wants ${orList(close)}, which is missing`] : [],
    },
  );
};

/**
 * Compares a file with the weights of a net, as its source names them: missing (E0501), of another shape
 * (E0502), of numbers that netc cannot read (E0510), left over (E0503), all at once. If all is well the
 * weights can be loaded one by one; the file must stay open until they are.
 */
export const matchWeights = (
  file: Pick<Weights, 'path' | 'tensors' | 'read'>,
  wanted: readonly GraphWeight[],
  asked?: AskedNet,
): Checked<Provider> => {
  const { path, read } = file;
  const tensors = weightsAmong(file.tensors);
  const place = startOf(path);
  const names = new Set(wanted.map((w) => w.path));
  const known = new Set([...names, ...(asked?.spare ?? [])]);
  const absent = wanted.filter((w) => !tensors.has(w.path));
  const missed = absent.map((w) => w.path);
  const nothing = absent.length === wanted.length && absent.length > 1;
  if (nothing && absent.every((w) => startedBy(w) === undefined))
    return failed(foreign(place, wanted, tensors.keys()));
  const leftOver = [...tensors.keys()].filter((name) => !known.has(name));
  const present = wanted.flatMap((weight): readonly Present[] => {
    const found = tensors.get(weight.path);
    return found === undefined ? [] : [{ weight, found }];
  });
  const differing = present.filter(
    ({ weight, found }) => !sameShape(weight.spec.shape, found.shape),
  );
  const hint = absent.length === 0 ? otherClasses(wanted, differing) : [];
  const net = asked === undefined ? orList(netsOf(names)) : quoted(asked.name);
  const faults = [
    inOneMessage(absent, {
      alone: (w) => missing(place, w, leftOver, asked),
      among: ({ path: p }) => [quoted(p), ...near(p, leftOver).slice(0, 1).map(instead)].join(', '),
      title: (n) => `${n} weights of ${net} are missing in \`${path}\``,
    }),
    inOneMessage(differing, {
      alone: ({ weight, found }) => otherShape(place, weight, found, hint),
      among: ({ weight: { path: name, spec }, found }) => {
        const torchs = isTorchs(spec.shape, found.shape) ? ' in the order of PyTorch' : '';
        return `${quoted(name)} has ${showShape(found.shape)}${torchs}, but ${showShape(spec.shape)} is needed`;
      },
      title: (n) => `${n} weights in \`${path}\` have another shape than ${net} needs`,
    }),
    inOneMessage(
      present.flatMap(({ found }) => unsupported(path, found) ?? []),
      {
        alone: (d) => d,
        among: (d) => d.message,
        title: (n) => `${n} weights in \`${path}\` have number types that netc does not read`,
      },
    ),
    inOneMessage(leftOver, {
      alone: (name) => tooMany(place, name, missed),
      among: quoted,
      title: (n) => `${n} weights in \`${path}\` belong to no layer of ${net}`,
    }),
  ].flat();
  const [first, ...others] = faults;
  return first === undefined ? checked(read, []) : failed(first, ...others);
};
