/** Messages about memory that is not there. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import { plan, type InputShapes, type Plan } from '../../lower/plan.ts';
import { bytes } from '../../numeric/figures.ts';
import type { LoadedEngine, NoRoom } from './engine.ts';
import { bytesFor, shortageFor } from './session.ts';
import { startOf } from '../../syntax/source.ts';

/** The layer during whose call most is alive. */
export const fullest = ({ steps }: Plan): string =>
  steps.reduce((a, b) => (b.live > a.live ? b : a)).call.path;

/** What is needed, and where. */
export const needsText = ({ needs, has, at }: NoRoom, most: string): string => {
  const there = has === undefined ? '' : `, and ${bytes(has)} are there`;
  return at === undefined
    ? `it needs ${bytes(needs)}${there}; most is alive at \`${most}\``
    : `\`${at}\` is one value of ${bytes(needs)}, and ${bytes(has ?? 0)} is the most of one`;
};

/** The largest number, up to `most`, that `fits`, as all smaller ones do; 0 if none does. */
export const largestThat = (fits: (n: number) => boolean, most: number): number => {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Of a batch that is known to fit; or, where memory ran out on the way, of one that takes half as much. */
export const smallerBatch = (largest: number, { has }: NoRoom): string =>
  has === undefined
    ? `a batch of up to ${largest} takes half as much`
    : `a batch of up to ${largest} fits`;

/** The weights do not fit (E0703). */
export const noRoomForWeights = (
  file: string,
  engine: string,
  { needs, has, at }: NoRoom,
): Diagnostic =>
  error('E0703', startOf(file), `\`${engine}\` does not have enough memory for the weights`, {
    notes: [
      at === undefined
        ? `they need ${bytes(needs)}${has === undefined ? '' : `, and ${bytes(has)} are there`}`
        : `\`${at}\` has ${bytes(needs)}, and ${bytes(has ?? 0)} is the most of one value`,
      'another engine may have more: `netc doctor` lists them',
    ],
  });

/** A run of a program on an input. */
type Run = {
  readonly file: string;
  readonly engine: LoadedEngine;
  readonly program: KernelProgram;
  readonly shapes: InputShapes;
};

/**
 * The run does not fit (E0703); with the largest batch that does, or with one that takes half as much where memory ran out
 * though the plan fits, as something else has it.
 */
export const noRoomForRun = (run: Run, short: NoRoom): Diagnostic => {
  const { file, engine, program, shapes } = run;
  const of = (batch: number): Plan => {
    const batched = Object.entries(shapes).map(([name, [, ...rest]]) => [name, [batch, ...rest]]);
    return plan(program, Object.fromEntries(batched), engine.within);
  };
  const batch = Math.max(...Object.values(shapes).map(([n = 1]) => n));
  const fits = (n: number): boolean =>
    short.has === undefined
      ? bytesFor(engine, of(n)) <= short.needs / 2
      : shortageFor(engine, of(n)) === undefined;
  const largest = largestThat(fits, batch - 1);
  const less =
    largest > 0
      ? smallerBatch(largest, short)
      : `${batch > 1 ? 'a batch of 1 does not fit either; ' : ''}a smaller image takes less`;
  return error('E0703', startOf(file), `\`${engine.name}\` does not have enough memory`, {
    notes: [needsText(short, fullest(of(batch))), less],
  });
};
