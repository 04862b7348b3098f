/** What can be wrong with data, in words. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { plural, thousands } from '../../numeric/figures.ts';
import type { Data } from '../../protocol/recipe.ts';
import { startOf } from '../../syntax/source.ts';
import { inWords, type FileFault } from '../data/bytes.ts';
import type { Broken } from './dataset.ts';

/** A kind of set that is read. */
export type Kind = Exclude<Data['tag'], 'shapes'>;

/** What lies at the path of each kind. */
const expected: { readonly [kind in Kind]: string } = {
  imagefolder:
    'expected a folder for each class, `PATH/CLASS/*.jpg`, or `PATH/train/CLASS` and `PATH/val/CLASS`',
  cifar10:
    'expected the binary version of CIFAR-10: a folder with `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`',
  cifar100: 'expected the binary version of CIFAR-100: a folder with `train.bin` and `test.bin`',
  mnist:
    'expected a folder with `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, each perhaps with `.gz`',
  webdataset:
    'expected a tar, or several as in `train-{000..009}.tar`, with `key.jpg` beside `key.cls`',
  arrays: 'expected an `.npy` of pictures and one of labels, or an `.npz` with `x` and `y`',
};

/** There is nothing at the path, or nothing of this kind (E0901). */
export const notThere = (kind: Kind, path: string): Diagnostic =>
  error('E0901', startOf(path), `the data \`${path}\` is not there`, {
    notes: [expected[kind], 'the set `shapes` needs no files: its pictures are drawn'],
  });

/** Nothing that could be data, when no recipe says what it is to be (E0901, E0902). */
export const nothingKnown = (path: string, code: 'E0901' | 'E0902'): Diagnostic => {
  const what = code === 'E0901' ? 'is not there' : 'is not of a form that netc knows by itself';
  return error(code, startOf(path), `the data \`${path}\` ${what}`, {
    notes: [
      'expected a folder of pictures, MNIST or CIFAR files, a `.tar`, an `.npz`, or `FILE.net:TRAIN`',
    ],
  });
};

/** There is something else (E0902). */
export const otherForm = (
  kind: Kind,
  path: string,
  what: string,
  ...notes: readonly string[]
): Diagnostic =>
  error('E0902', startOf(path), `the data \`${path}\` has another form: ${what}`, {
    notes: [expected[kind], ...notes],
  });

/** Classes cannot be told apart if there is one (E0903). */
export const oneClass = (path: string, name: string, ...notes: readonly string[]): Diagnostic =>
  error('E0903', startOf(path), `the data \`${path}\` has one class only, \`${name}\``, {
    notes: ['a net learns to tell classes apart, so there must be two', ...notes],
  });

/** Folders without pictures (E0904). */
export const emptyClasses = (
  path: string,
  classes: readonly string[],
  ...notes: readonly string[]
): Diagnostic => {
  const named = classes
    .slice(0, 5)
    .map((name) => `\`${name}\``)
    .join(', ');
  const more = classes.length > 5 ? ` and ${classes.length - 5} more` : '';
  return error(
    'E0904',
    startOf(path),
    `in \`${path}\` ${plural(classes.length, 'class has', 'classes have')} no pictures: ${named}${more}`,
    { notes: [...notes, 'put pictures into the folder, or delete it'] },
  );
};

/** A file of data that breaks off or contradicts itself (E0905). */
export const malformed = (path: string, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0905', startOf(path), `the data file \`${path}\` is malformed: ${what}`, {
    notes: notes.length > 0 ? notes : ['fetch the file again, or make it again'],
  });

/** What an archive must not hold (E0906). */
export const refusedEntry = (path: string, what: string): Diagnostic =>
  error('E0906', startOf(path), `the archive \`${path}\` is refused: ${what}`, {
    notes: ['netc reads regular files that stay below the archive; pack the pictures again'],
  });

/** The first of many things, a line each. */
const first = (lines: readonly string[]): readonly string[] => {
  const more = lines.length - mostNamed;
  return more <= 0 ? lines : [...lines.slice(0, mostNamed), `and ${thousands(more)} more`];
};
const mostNamed = 5;

/** Labels that are not the number of a class (E0907); `found` says it of each. */
export const labelsOutside = (
  path: string,
  found: readonly string[],
  ...notes: readonly string[]
): Diagnostic =>
  error(
    'E0907',
    startOf(path),
    `${plural(found.length, 'label')} of \`${path}\` ${found.length === 1 ? 'is' : 'are'} not the number of a class`,
    {
      notes: [...first(found), ...notes],
    },
  );

/** Pictures of an archive that have no label, or two files (E0905); `found` says it of each. */
export const incomplete = (path: string, found: readonly string[]): Diagnostic =>
  malformed(
    path,
    `${plural(found.length, 'picture')} ${found.length === 1 ? 'is' : 'are'} not one file beside one label`,
    ...first(found),
  );

/** A file that unpacks to more than it should (E0908). */
export const unpacksTooFar = (path: string, what: string): Diagnostic =>
  error('E0908', startOf(path), `\`${path}\` is not unpacked: ${what}`, {
    notes: ['if the file is right, unpack it yourself, and name what comes out'],
  });

/** A picture that stops a strict training (E0909). */
export const brokenPicture = ({ name, reason }: Broken): Diagnostic =>
  error('E0909', startOf(name), `the picture \`${name}\` cannot be read: ${reason}`, {
    notes: ['without `--strict` it is counted, named and left out'],
  });

/** Classes, channels or sizes that the net does not have (E0910). */
export const unfit = (path: string, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0910', startOf(path), `the data \`${path}\` does not fit the net: ${what}`, { notes });

/** Nothing is there to validate with (E0911): `usual` has no files, or a share of so many pictures takes none. */
export const noneApart = (path: string, of?: { readonly pictures: number }): Diagnostic =>
  error('E0911', startOf(path), `\`${path}\` keeps no pictures apart to validate with`, {
    notes:
      of === undefined
        ? [
            '`usual` means files that a set keeps apart itself: the folder `val` beside `train`',
            'name a share of all pictures instead, `validation = 0.1`, or another path in quotes',
          ]
        : [
            `a share is taken by the hash of each name, and takes none of ${plural(of.pictures, 'picture')}`,
            'keep a larger share apart, or name other pictures: `validation = "PATH"`',
          ],
  });

/** Nothing is left to train on (E0911). */
export const nothingToTrain = (
  path: string,
  { pictures }: { readonly pictures: number },
): Diagnostic =>
  error('E0911', startOf(path), `\`${path}\` has no pictures to train on`, {
    notes:
      pictures === 0
        ? ['there is none at all; expected is a folder for each class, with pictures in it']
        : [
            `all of its ${plural(pictures, 'picture')} are kept apart to validate with`,
            'keep a smaller share apart, `validation = 0.1`, or name other pictures, `validation = "PATH"`',
          ],
  });

/** What numbers of an array are not (E0912). */
export const notForNumbers = (path: string, word: string): Diagnostic =>
  error('E0912', startOf(path), `\`${word}\` is for pictures, and \`${path}\` has other numbers`, {
    notes: ['leave it out, or store the pictures as bytes: `x.astype(np.uint8)`, 0 to 255'],
  });

/** No picture of a set can be read (E0913). */
export const noReadable = (broken: readonly Broken[]): Diagnostic => {
  const [first] = broken;
  return error(
    'E0913',
    startOf(first?.name ?? 'data'),
    'no picture of the training set can be read',
    {
      notes: broken.slice(0, 3).map(({ name, reason }) => `\`${name}\`: ${reason}`),
    },
  );
};

/** A file of data that cannot be read: not there at all, or something is wrong with it (E0001, E0901). */
export const unreadableData = (kind: Kind, path: string, fault: FileFault): Diagnostic =>
  fault.tag === 'missing'
    ? notThere(kind, path)
    : error('E0001', startOf(path), `\`${path}\` cannot be read: it ${inWords(fault)}`);

/** Classes to validate with that nothing was trained on (E0914). */
export const strangeClasses = (path: string, names: readonly string[]): Diagnostic => {
  const [one] = names;
  return error(
    'E0914',
    startOf(path),
    names.length === 1
      ? `\`${path}\` has the class \`${one}\`, which the training data does not have`
      : `\`${path}\` has ${names.length} classes that the training data does not have`,
    {
      notes: [
        ...(names.length === 1 ? [] : first(names.map((name) => `\`${name}\``))),
        'the folders must bear the names of the classes to train on',
      ],
    },
  );
};

/** What is said of a set with several faults where only the first is told. */
export const withOthers = (fault: Diagnostic, others: number, path: string): Diagnostic =>
  others === 0
    ? fault
    : {
        ...fault,
        notes: [
          ...fault.notes,
          `it has ${plural(others, 'fault')} more; \`netc data check ${path}\` says all`,
        ],
      };
