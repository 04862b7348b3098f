/** The pictures of an evaluation, and the classes of a net that their labels stand for. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { near } from '../../../diagnostic/suggest.ts';
import { plural } from '../../../numeric/figures.ts';
import { showType } from '../../../ops/types.ts';
import type { Measured } from '../../../protocol/evaluation.ts';
import type { Dataset, Part } from '../../../runtime/batches/dataset.ts';
import { openDataset } from '../../../runtime/dataset/open.ts';
import type { Classes } from '../../../runtime/store/classes.ts';
import { startOf } from '../../../syntax/source.ts';
import { outputsOf } from '../attached.ts';

/** What is measured on. */
export type Measuring = {
  readonly dataset: Dataset;
  /** the pictures that are kept apart, or all where none are */
  readonly part: Part;
  /** those that are looked at, by their places in the part */
  readonly places: Uint32Array;
  /** of these, as the net numbers classes */
  readonly labels: Uint32Array;
  /** as the net numbers them; numbers where nobody names them */
  readonly classes: readonly string[];
};

/** Opens the data (E0966, or what is wrong with it). `names` are those of the weights, if they have any. */
export const openMeasured = async (
  evaluation: Measured,
  root: string,
  names: Classes | undefined,
  limit: number | undefined,
): Promise<Or<Diagnostic, Measuring>> => {
  const { net, measure } = evaluation;
  const outputs = outputsOf(net);
  const opened = await openDataset(measure.data, root, outputs, false);
  if (Either.isLeft(opened)) return Either.left(atData(evaluation, opened.left));
  const dataset = opened.right;
  const numbered = numbersOf(evaluation, dataset, names, outputs);
  if (Either.isLeft(numbered)) {
    await dataset.close();
    return numbered;
  }
  const part = dataset.validation ?? dataset.train;
  const places = spread(part.count, limit);
  return Either.right({
    dataset,
    part,
    places,
    labels: places.map((place) => numbered.right.numbers[part.labels[place]!]!),
    classes: numbered.right.classes,
  });
};

/** A fault of the data, shown at the clause that names it; one that has a place in a text stays there. */
const atData = ({ name, places }: Measured, fault: Diagnostic): Diagnostic => {
  const span = places.get('data');
  const { start, end } = fault.primary.span;
  if (span === undefined || end > start) return fault;
  return { ...fault, primary: { span, message: `\`${name}\` is measured on this` } };
};

/** Places that lie evenly in the whole, so that every class has its share. */
const spread = (count: number, limit: number | undefined): Uint32Array => {
  const wanted = Math.min(count, limit ?? count);
  return Uint32Array.from({ length: wanted }, (_, i) => Math.floor((i * count) / wanted));
};

/** The classes of a net, and the number that it gives each class of the data. */
type Numbered = { readonly classes: readonly string[]; readonly numbers: readonly number[] };

/**
 * Classes go by their names where the weights have names and the data has them too, so that a set may lack some, or have
 * them in another order. Else they go by their order, and there must be as many.
 */
const numbersOf = (
  evaluation: Measured,
  { classes, path }: Dataset,
  names: Classes | undefined,
  outputs: number,
): Or<Diagnostic, Numbered> => {
  const own = names ?? [];
  const byName = new Map(own.map((name, i) => [name, i]));
  const known = classes.filter((name) => byName.has(name));
  if (known.length === classes.length)
    return Either.right({ classes: own, numbers: classes.map((name) => byName.get(name)!) });
  if (known.length > 0) return Either.left(strangers(evaluation, path, classes, own));
  if (classes.length === outputs)
    return Either.right({ classes, numbers: classes.map((_, i) => i) });
  return Either.left(otherCount(evaluation, classes, outputs));
};

/** Some classes of the data that the weights do not know (E0966). */
const strangers = (
  { name, places, span }: Measured,
  path: string,
  classes: readonly string[],
  own: readonly string[],
): Diagnostic => {
  const strange = classes.filter((one) => !own.includes(one));
  const [first = ''] = strange;
  const [close] = near(first, own);
  return error(
    'E0966',
    places.get('data') ?? span ?? startOf(path),
    `the data of \`${name}\` has ${strange.length === 1 ? `the class \`${first}\`` : plural(strange.length, 'class', 'classes')} that its weights do not know`,
    {
      label: strange.slice(0, 3).join(', ') + (strange.length > 3 ? ', …' : ''),
      notes: [
        ...(close === undefined ? [] : [`they know \`${close}\``]),
        `they know ${plural(own.length, 'class', 'classes')}; give folders their names`,
      ],
    },
  );
};

/** As many classes as the net does not have, and no names to go by (E0966). */
const otherCount = (
  { name, net, places, span }: Measured,
  classes: readonly string[],
  outputs: number,
): Diagnostic =>
  error(
    'E0966',
    places.get('data') ?? span,
    `the data of \`${name}\` has ${plural(classes.length, 'class', 'classes')}, and \`${net.name}\` has ${outputs} outputs`,
    {
      label: classes.slice(0, 3).join(', ') + (classes.length > 3 ? ', …' : ''),
      labels: [{ span: net.span, message: `gives ${showType(net.output)}` }],
    },
  );
