/** Weight files and nets: whether the one has what the other wants. */
import { checked, failed, type Checked } from '../diagnostic/checked.ts';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/near.ts';
import type { GraphWeight } from '../lower/graph.ts';
import { startOf, type Span } from '../syntax/source.ts';
import { quoted } from './data/json.ts';
import { sameShape, showShape } from './data/shape.ts';
import { unsupported, type Provider, type TensorInfo, type WeightFile } from './safetensors.ts';

/** Of one kind of fault so many are told one by one; the last says how many more there are. */
const mostOfAKind = 20;

const capped = (found: readonly Diagnostic[]): readonly Diagnostic[] => {
  const more = found.length - mostOfAKind;
  if (more <= 0) return found;
  return found
    .slice(0, mostOfAKind)
    .map((d, i) =>
      i === mostOfAKind - 1 ? { ...d, notes: [...d.notes, `and ${more} more like this`] } : d,
    );
};

const orList = (names: readonly string[]): string => names.map(quoted).join(' or ');

/** The first part of a path is the net. */
const netsOf = (paths: Iterable<string>): readonly string[] => [
  ...new Set(Array.from(paths, (path) => path.split('/')[0] ?? '')),
];

/** Nothing at all agrees: one message rather than one for each weight. */
const foreign = (
  place: Span,
  wanted: readonly GraphWeight[],
  names: Iterable<string>,
): Diagnostic => {
  const all = [...names];
  const owners = netsOf(all).slice(0, 3);
  return error(
    'E0501',
    place,
    `\`${place.path}\` has none of the ${wanted.length} weights of ${orList(netsOf(wanted.map((w) => w.path)))}`,
    {
      notes: [
        all.length === 0
          ? 'the file has no weights at all'
          : `its ${all.length} weights belong to ${orList(owners)}; the first is ${quoted(all[0] ?? '')}`,
        'the first name of a path is the net, as in `D/block3/conv2/kernel`',
        'for weights of torchvision there is `netc weights import --from torchvision`',
      ],
    },
  );
};

/** The pass that has this weight start anew, so that no file of the source has it. */
const startedBy = ({ value, origin }: GraphWeight): string | undefined =>
  value === undefined ? origin?.pass : undefined;

const missing = (place: Span, weight: GraphWeight, leftOver: readonly string[]): Diagnostic => {
  const { path } = weight;
  const pass = startedBy(weight);
  const close = near(path, leftOver);
  const alike = close.length > 0 ? [`the file has ${orList(close)}, which no layer takes`] : [];
  return error('E0501', place, `the weight ${quoted(path)} is missing in \`${place.path}\``, {
    notes:
      pass === undefined
        ? alike
        : [
            `the pass \`${pass}\` has this layer start anew: \`netc dump --after rewrite\` prints the net ` +
              'that it makes, and `netc weights init` makes weights for that',
          ],
  });
};

/** PyTorch has kernels as [out, in, h, w] and matrices as [out, in]; netc as [h, w, in, out], [in, out]. */
const isTorchs = (expected: readonly number[], found: readonly number[]): boolean => {
  const [a, b, c, d] = expected;
  const torchs = expected.length === 4 ? [d, c, a, b] : [b, a];
  return torchs.length === found.length && found.every((n, i) => n === torchs[i]);
};

const otherShape = (place: Span, weight: GraphWeight, found: TensorInfo): Diagnostic => {
  const { path, spec } = weight;
  return error(
    'E0502',
    place,
    `the weight ${quoted(path)} has the shape ${showShape(found.shape)}, but ${showShape(spec.shape)} is needed`,
    {
      notes: isTorchs(spec.shape, found.shape)
        ? ['this is how PyTorch orders it; use `netc weights import --from torchvision`']
        : [],
    },
  );
};

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
  file: Pick<WeightFile, 'path' | 'tensors' | 'read'>,
  wanted: readonly GraphWeight[],
): Checked<Provider> => {
  const { path, tensors, read } = file;
  const place = startOf(path);
  const names = new Set(wanted.map((w) => w.path));
  const absent = wanted.filter((w) => !tensors.has(w.path));
  const missed = absent.map((w) => w.path);
  const nothing = absent.length === wanted.length && absent.length > 1;
  if (nothing && absent.every((w) => startedBy(w) === undefined))
    return failed(foreign(place, wanted, tensors.keys()));
  const leftOver = [...tensors.keys()].filter((name) => !names.has(name));
  const present = wanted.flatMap((weight) => {
    const found = tensors.get(weight.path);
    return found === undefined ? [] : [{ weight, found }];
  });
  const faults = [
    capped(absent.map((w) => missing(place, w, leftOver))),
    capped(
      present
        .filter(({ weight, found }) => !sameShape(weight.spec.shape, found.shape))
        .map(({ weight, found }) => otherShape(place, weight, found)),
    ),
    capped(present.flatMap(({ found }) => unsupported(path, found) ?? [])),
    capped(leftOver.map((name) => tooMany(place, name, missed))),
  ].flat();
  const [first, ...others] = faults;
  return first === undefined ? checked(read, []) : failed(first, ...others);
};
