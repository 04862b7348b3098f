/** What is said of an evaluation before it looks at pictures: its net and weights, its data, and what each size takes. */
import { bytes, plural, short, thousands } from '../../../numeric/figures.ts';
import { ruled, lines, text } from '../../../report/table.ts';
import { clock } from '../../../report/training.ts';
import type { LoadedEngine } from '../../../runtime/engines/engine.ts';
import type { Io } from '../../host/io.ts';
import { dataText } from '../training/describe.ts';
import type { PlannedLook, Prepared, Step } from './prepare.ts';

/** `dense`, `crops-5x5` */
const viewText = (pieces: PlannedLook['look']['pieces']): string =>
  pieces.tag === 'crops' ? `crops-${pieces.grid.h}x${pieces.grid.w}` : pieces.tag;

/** Sizes that are listed; of the others the number is said. */
const mostSizes = 6;

/** Before the first picture. */
export const tellEvaluation = (io: Io, made: Prepared): void => {
  const { evaluation, weights, measuring, engine } = made;
  const { net, measure, name } = evaluation;
  const { part, places, classes } = measuring;
  const some = places.length < part.count ? ` of ${thousands(part.count)}` : '';
  io.err(
    lines(
      `${name}: ${net.name} with ${weights.path}, on ${engine.name}`,
      `${dataText(measure)}: ${thousands(places.length)}${some} ${part.count === 1 ? 'picture' : 'pictures'}, ${plural(classes.length, 'class', 'classes')}`,
    ) + text(planTable(made)),
  );
};

const head = ['view', 'scale', 'size', 'pictures', 'at once', 'memory', 'multiply–adds'];

const planTable = ({ looks }: Prepared): readonly string[] => {
  const rows = looks.flatMap(rowsOf);
  const aligns = head.map((_, i) => (i < 3 ? ('left' as const) : ('right' as const)));
  return ruled([head, ...rows], aligns);
};

const rowsOf = (planned: PlannedLook): readonly (readonly string[])[] => {
  const { look, scale, steps } = planned;
  const { pieces, flip } = look;
  const first = [
    `${viewText(pieces)}${flip ? ', flip' : ''}`,
    scale === undefined ? '–' : String(scale),
  ];
  const others = steps.slice(mostSizes);
  return [
    ...steps
      .slice(0, mostSizes)
      .map((step, i) => [...(i === 0 ? first : ['', '']), ...cells(step)]),
    ...(others.length === 0 ? [] : [['', '', ...rest(others)]]),
  ];
};

const cells = ({ size, places, pieces, atOnce, bytes: taken, macs }: Step): readonly string[] => [
  `${size.h}x${size.w}`,
  `${thousands(places.length)}${timesText(pieces)}`,
  String(atOnce),
  bytes(taken),
  short(macs * pieces * places.length),
];

/** The pieces of a picture. */
const timesText = (pieces: number): string => (pieces === 1 ? '' : ` × ${pieces}`);

const rest = (steps: readonly Step[]): readonly string[] => [
  plural(steps.length, 'more size', 'more sizes'),
  `${thousands(steps.reduce((n, { places }) => n + places.length, 0))}${timesText(steps[0]?.pieces ?? 1)}`,
  '',
  bytes(steps.reduce((most, s) => Math.max(most, s.bytes), 0)),
  short(steps.reduce((sum, s) => sum + s.macs * s.pieces * s.places.length, 0)),
];

/** How long it will take, in seconds. */
export const tellTime = (io: Io, { name }: LoadedEngine, seconds: number): void =>
  io.err(lines(`about ${clock(seconds)} on ${name}`));
