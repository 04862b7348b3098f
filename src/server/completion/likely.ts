/**
 * Which layers usually come next. A layer is of a family, and each family has those that follow it in the networks of
 * `examples`: an activation follows a convolution, a wider convolution a pool, a softmax the last scores.
 */
import type { Args, ArgValue } from '../../ops/params.ts';
import { withDefaults } from '../../ops/parts/args.ts';
import { showPaper } from '../../ops/paper.ts';
import {
  batchNormalisation,
  flattening,
  meanOfMap,
  probabilities,
  projectionOf,
} from '../../ops/roles.ts';
import { table, type Row } from '../../ops/table.ts';
import { extentOf, numberOf, type TensorType } from '../../ops/types.ts';
import { Bug } from '../../diagnostic/bug.ts';

/** A number that a definition states: as it is written, with its value where that is known. */
export type Stated = { readonly text: string; readonly value: number | undefined };

/** Where a layer is to stand. */
export type Site = {
  readonly input: TensorType;
  /** the operator whose result comes in; undefined at the beginning */
  readonly after: Row | undefined;
  /** what the net gives in the end */
  readonly classes: Stated | undefined;
  /** the parameter that is a number of channels */
  readonly width: string | undefined;
};

/** A layer as it is written. */
export type Likely = { readonly row: Row; readonly args: Args; readonly call: string };

/** The window that most layers have. */
const SIZE = 3;
/** The first convolution of a large image, and of a small one. */
const [FIRST, FIRST_OF_SMALL, LARGE] = [64, 32, 64];
/** Pools double the channels up to here, as in VGG and ResNet. */
const WIDEST = 512;
/** The widest fully connected layer, as in AlexNet and VGG. */
const WIDEST_DENSE = 4096;

const first = (role: string, is: (row: Row) => boolean): Row => {
  const row = [...table.values()].find(is);
  if (row === undefined) throw new Bug(`no operator is ${role}`);
  return row;
};

const rectifier = first('a rectifier', (row) => row.rectifies === true);
const pool = first('a pool', (row) => row.family === 'pooling' && row.averages !== true);
const thinning = first(
  'what drops numbers in training',
  (row) => row.family === 'activation' && row.training !== undefined,
);

const powerBelow = (n: number): number => 2 ** Math.floor(Math.log2(Math.max(1, n)));

/** A usual number of channels: those that come in, if they are round and at least 16. */
export const widthAfter = (input: TensorType): number => {
  const c = input.tag === 'unknown' ? undefined : numberOf(input.c);
  if (c === undefined) return FIRST;
  if (c >= 16) return c % 8 === 0 ? c : 2 * powerBelow(c);
  const h = input.tag === 'map' ? (extentOf(input.h) ?? LARGE) : LARGE;
  return h >= LARGE ? FIRST : FIRST_OF_SMALL;
};

const wider = (input: TensorType): number => {
  const width = widthAfter(input);
  const isFirst = input.tag !== 'unknown' && (numberOf(input.c) ?? width) < 16;
  return isFirst || width >= WIDEST ? width : 2 * width;
};

/** A hidden layer keeps what comes from another, and gathers what a map had. */
const hidden = ({ input, after }: Site): number => {
  const c = input.tag === 'unknown' ? undefined : numberOf(input.c);
  if (c === undefined) return WIDEST_DENSE;
  return after?.family === 'shape' || c > WIDEST_DENSE
    ? Math.min(WIDEST_DENSE, Math.max(16, powerBelow(c / 2)))
    : c;
};

const valueOf = (row: Row, name: string, width: number): ArgValue | undefined => {
  const kind = row.params.find((p) => p.name === name)?.kind;
  if (kind?.tag === 'extent') return { h: SIZE, w: SIZE };
  if (kind?.tag === 'integer' && kind.counts === true) return width;
  return row.samples.map(({ args }) => args[name]).find((value) => value !== undefined);
};

/** An operator with sensible values for what must be given. */
export const usually = (row: Row, width: number): Likely => {
  const required = row.params.filter((p) => p.default === undefined);
  const given = required.map(({ name }) => [name, valueOf(row, name, width)] as const);
  const args = withDefaults(row.params, Object.fromEntries(given));
  return { row, args, call: required.length === 0 ? row.name : showPaper(row, args) };
};

/** The same, with a number that has a name. */
const stating = (row: Row, width: number, { text }: Stated): Likely => {
  const likely = usually(row, width);
  return { ...likely, call: likely.call.replace(/-\d+$/, `-${text}`) };
};

type Step = (site: Site) => Likely | undefined;

const projecting =
  (width: (site: Site) => number): Step =>
  (site) => {
    if (site.input.tag === 'unknown') return undefined;
    const row = projectionOf(site.input.tag);
    const isOpen = numberOf(site.input.c) === undefined && site.width !== undefined;
    return isOpen
      ? stating(row, width(site), { text: site.width!, value: undefined })
      : usually(row, width(site));
  };
const always =
  (row: Row): Step =>
  ({ input }) =>
    usually(row, widthAfter(input));

/** Only scores of all classes become probabilities at once. */
const ending: Step = ({ input, after, classes }) => {
  const isLast =
    after?.family === 'dense' && classes !== undefined && 'c' in input && input.c === classes.value;
  return isLast ? usually(probabilities, 0) : undefined;
};

const scoring: Step = ({ classes }) =>
  classes && stating(projectionOf('vector'), classes.value ?? 10, classes);

const steps = {
  same: projecting(({ input }) => widthAfter(input)),
  wider: projecting(({ input }) => wider(input)),
  hidden: projecting(hidden),
  rectifier: always(rectifier),
  normalisation: always(batchNormalisation),
  pool: always(pool),
  flattening: always(flattening),
  mean: always(meanOfMap),
  thinning: always(thinning),
  probabilities: always(probabilities),
  ending,
  scoring,
} satisfies { readonly [name: string]: Step };

type Follows = { readonly [F in Row['family'] | 'nothing']: readonly (keyof typeof steps)[] };

/** What follows a family on a map, and on a vector, the likeliest first. */
const follows: { readonly [R in 'map' | 'vector']: Follows } = {
  map: {
    nothing: ['same', 'normalisation', 'rectifier', 'pool', 'flattening'],
    convolution: ['rectifier', 'normalisation', 'same', 'pool', 'mean'],
    dense: [],
    normalisation: ['rectifier', 'same', 'wider', 'pool', 'mean'],
    activation: ['same', 'pool', 'wider', 'normalisation', 'mean', 'flattening'],
    pooling: ['wider', 'same', 'flattening', 'mean', 'normalisation'],
    shape: ['same', 'rectifier', 'normalisation', 'pool', 'flattening'],
    join: ['rectifier', 'same', 'wider', 'pool', 'mean'],
  },
  vector: {
    nothing: ['hidden', 'scoring', 'rectifier', 'thinning', 'probabilities'],
    convolution: [],
    dense: ['ending', 'rectifier', 'thinning', 'normalisation', 'scoring', 'hidden'],
    normalisation: ['rectifier', 'hidden', 'scoring', 'thinning'],
    activation: ['thinning', 'hidden', 'scoring', 'normalisation', 'probabilities'],
    pooling: ['scoring', 'hidden', 'thinning', 'flattening', 'probabilities'],
    shape: ['hidden', 'scoring', 'rectifier', 'thinning', 'normalisation'],
    join: ['rectifier', 'hidden', 'scoring', 'thinning'],
  },
};

/** The layers that usually stand at a site, the likeliest first, each once. */
export const likelyAt = (site: Site): readonly Likely[] => {
  const { input, after } = site;
  if (input.tag === 'unknown') return [];
  const all = follows[input.tag][after?.family ?? 'nothing']
    .flatMap((step) => steps[step](site) ?? [])
    // twice the same does more only where something is learnt
    .filter(({ row }) => row !== after || row.projects !== undefined);
  return all.filter(({ call }, i) => all.findIndex((other) => other.call === call) === i);
};
