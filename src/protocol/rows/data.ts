/** `data`: where pictures come from. Nothing of it is opened by `netc check`. */
import { form, param, required, type Form } from '../form.ts';
import type { Data, Validation } from '../recipe.ts';
import { shapeNames } from '../shapes.ts';
import { integer, optional, path, upToOne, validation } from '../takes.ts';

/** Whether a set may keep files apart itself, and whether these are taken unless something else is written. */
type Usual = 'by default' | 'where asked' | undefined;

const kept = (usual?: Usual) =>
  param<Validation | undefined>(
    validation(usual === undefined ? undefined : 'usual'),
    usual === 'by default' ? { tag: 'usual' } : undefined,
    usual === undefined
      ? 'pictures that are kept apart: those at a path, or a share of all by the hash of their names'
      : 'pictures that are kept apart: those at a path, a share, or `usual`: what the set itself keeps apart',
  );

/** Without the properties that are undefined, which the types of recipes leave out. */
const present = <A extends object>(all: A): { [K in keyof A]: Exclude<A[K], undefined> } =>
  // what is left has no undefined
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof A]: Exclude<A[K], undefined>;
  };

type AtPath<Tag extends Data['tag']> = Extract<Data, { readonly tag: Tag }>;
type Plain = 'imagefolder' | 'webdataset' | 'cifar10' | 'cifar100' | 'mnist';

const atPath = (
  tag: Plain,
  about: string,
  doc: string,
  example: string,
  usual?: Usual,
): Form<Data> =>
  form({
    name: tag,
    doc,
    example,
    params: { path: required(path, about), validation: kept(usual) },
    make: (args): Data => present({ tag, ...args }),
    parts: (made) =>
      made.tag === tag ? { args: { path: made.path, validation: made.validation } } : undefined,
  });

const arrays: Form<Data> = form({
  name: 'arrays',
  doc: `NumPy arrays: \`.npy\` of pictures [n, h, w, c] or vectors [n, c] with another of labels [n], or one \`.npz\` that
has them as \`x\` and \`y\`, perhaps with \`classes\`, their names, and with \`x_validation\` and \`y_validation\`, which are
\`usual\` to validate with. Numbers are taken as they are, and \`input\` changes them only where it is written.`,
  example: 'arrays("data/x.npy", labels = "data/y.npy", validation = 0.1)',
  params: {
    path: required(path, 'the array, or both in one `.npz`'),
    labels: param(optional(path), undefined, 'the array of labels'),
    validation: kept('where asked'),
  },
  make: (args): Data => present({ tag: 'arrays' as const, ...args }),
  parts: (made: Data) =>
    made.tag === 'arrays'
      ? { args: { path: made.path, labels: made.labels, validation: made.validation } }
      : undefined,
});

const shapes: Form<Data> = form({
  name: 'shapes',
  doc: `Discs, squares, triangles and other shapes of random colour, place and size on a random ground: drawn, so that
nothing has to be downloaded. The class is the shape. With \`clutter\` they are hard: shapes of very different size,
textured, light or dark, of little contrast, among pieces of smaller shapes and lines; the class is what is whole.`,
  example: 'shapes(classes = 4)',
  params: {
    size: param(integer(8, 4096), 32, 'height and width'),
    classes: param(integer(2, shapeNames.length), 4, 'how many shapes there are'),
    images: param(integer(1), 2000, 'how many pictures are trained on'),
    validation: param(integer(0), 500, 'how many others are kept apart'),
    clutter: param(upToOne, 0, 'how hard they are: 0 for plain pictures, 1 for the hardest'),
  },
  make: (args): Data => ({ tag: 'shapes', ...args }),
  parts: (made: AtPath<Data['tag']>) => {
    if (made.tag !== 'shapes') return undefined;
    const { tag: _, ...args } = made;
    return { args };
  },
});

const cifar = (n: 10 | 100): Form<Data> =>
  atPath(
    `cifar${n}`,
    'the folder with the files, packed or not',
    `The binary version of CIFAR-${n} (Krizhevsky 2009): 50,000 pictures of 32×32 in ${n} classes, and 10,000 to validate.`,
    `cifar${n}("data/cifar-${n}")`,
    'by default',
  );

export const datas: readonly Form<Data>[] = [
  atPath(
    'imagefolder',
    'a folder that has a folder for each class, or has those in `train`',
    `JPEG and PNG files in a folder for each class, of any nesting below it. Classes are numbered in the order of their
names, byte by byte. Beside \`train\`, the folder \`val\` is \`usual\` to validate with.`,
    'imagefolder("data/flowers", validation = 0.1)',
    'where asked',
  ),
  cifar(10),
  cifar(100),
  atPath(
    'mnist',
    'the folder with the four files',
    `IDX files under their usual names, perhaps with \`.gz\`: MNIST (LeCun et al. 1998), Fashion-MNIST and their like,
28×28 in one channel and 10 classes.`,
    'mnist("data/mnist")',
    'by default',
  ),
  atPath(
    'webdataset',
    'a tar, or several with `{000..009}` in the name',
    'Tar files in which `key.jpg` stands beside `key.cls`, as WebDataset packs them.',
    'webdataset("data/train-{000..009}.tar", validation = "data/val.tar")',
  ),
  arrays,
  shapes,
];
