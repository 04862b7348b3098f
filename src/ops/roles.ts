/**
 * Operators by what they do: for whoever has to write one, as a fix does, or to tell one from others. Nobody
 * spells the name of an operator but its row.
 */
import { Bug } from '../diagnostic/bug.ts';
import { table, type Row } from './table.ts';

/** The one row that this is true of. */
const only = (role: string, is: (row: Row) => boolean): Row => {
  const [row, second] = [...table.values()].filter(is);
  if (row === undefined || second !== undefined) throw new Bug(`${role} is not one operator`);
  return row;
};

/** The layer that does nothing: it keeps its name among its namesakes, and is not a layer of the graph. */
export const identity = only('the identity', (row) => row.identity === true);

/** What makes a vector of all numbers of a map. */
export const flattening = only('flattening', (row) => row.makesVector === 'numbers');

/** What makes a vector of the means of a map, whatever its size. */
export const meanOfMap = only('the mean of a map', (row) => row.makesVector === 'means');

/** The normalisation by statistics of the batch. */
export const batchNormalisation = only('batch norm', (row) => row.statistics === true);

/** What multiplies every number by a constant. */
export const scaling = only('scaling', (row) => row.scales === true);

/** What makes probabilities of scores. */
export const probabilities = only('what gives probabilities', (row) => row.sumsToOne === true);

/** What takes a map of one size alone, and does nothing to it. */
export const holdingSize = only('what holds a size', (row) => row.holdsSize === true);

/** What cuts the border of a map off. */
export const cropping = only('cropping', (row) => row.border === 'cut');

const projections = {
  map: only('the projection of maps', (row) => row.projects === 'map'),
  vector: only('the projection of vectors', (row) => row.projects === 'vector'),
};

/** The layer that gives any number of channels: of a map a convolution, of a vector a fully connected layer. */
export const projectionOf = (input: 'map' | 'vector'): Row => projections[input];

/** A layer as a message shows one: `conv3-64`. */
export const exampleLayer = `${projections.map.name}3-64`;

const joinsBySign = {
  '+': only('the sum', (row) => row.inputs.tag === 'join' && row.inputs.sign === '+'),
  '*': only('the product', (row) => row.inputs.tag === 'join' && row.inputs.sign === '*'),
  '|': only('concatenation', (row) => row.inputs.tag === 'join' && row.inputs.sign === '|'),
};

/** The join that is written with this sign. */
export const joinOf = (sign: keyof typeof joinsBySign): Row => joinsBySign[sign];

/**
 * Layers that may stand where a rule leaves layers open, for an input of this rank, the simplest first: a
 * counter-example is shrunk towards it.
 */
export const fillersOf = (input: 'map' | 'vector'): readonly Row[] =>
  [...table.values()]
    .filter((row) => row.fills !== undefined && (row.projects ?? input) === input)
    .sort((a, b) => (a.fills?.order ?? 0) - (b.fills?.order ?? 0));
