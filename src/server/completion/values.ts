/** Values of parameters: behind `conv3-` and `conv3-64/`, and in the brackets of a call. */
import { showArg } from '../../ops/parts/args.ts';
import { linkedBy } from '../../ops/paper.ts';
import type { Row } from '../../ops/table.ts';
import { isKnown, numberOf } from '../../ops/types.ts';
import type { OpParam } from '../../ops/params.ts';
import type { Ground } from '../ground.ts';
import type { Definition } from '../../syntax/tree.ts';
import { takesLayer } from '../kinds.ts';
import { calleeIn, parameterNames, type WrittenCallee } from './callee.ts';
import { givenBy, operatorsOn, usualNumbers, type Place } from './candidates.ts';
import { placeAt } from './layers.ts';
import { numbers } from './names.ts';
import { kinds, type Offer } from './offer.ts';

/** Channels, as networks have them. */
const usualChannels = ['16', '32', '64', '128', '256', '512', '1024'];
const usualCounts = ['1', '2', '4', '8', '16', '32'];
const usualSizes = ['3', '1', '5', '7', '2'];

/** The channels of the operator that would be likeliest here. */
const likelyChannels = (place: Place, row: Row): readonly string[] =>
  operatorsOn(place).likely.flatMap(({ name, call }) =>
    name === row.name ? [call.slice(call.lastIndexOf('-') + 1)] : [],
  );

const comingIn = ({ type }: Place): readonly string[] => {
  const c = type === undefined || type.tag === 'unknown' ? undefined : numberOf(type.c);
  return c === undefined ? [] : [String(c)];
};

/** What a parameter of an operator usually has, the likeliest first. */
const valuesOf = (
  place: Place,
  row: Row,
  { name, kind, default: usual }: OpParam,
): readonly string[] => {
  const fallback = usual?.tag === 'value' ? [showArg(usual.value)] : [];
  const samples = row.samples.flatMap(({ args }) => {
    const value = args[name];
    return value === undefined ? [] : [showArg(value)];
  });
  switch (kind.tag) {
    case 'integer': {
      if (name === 'stride') return ['2', '1'];
      if (kind.counts !== true) return [...fallback, ...usualCounts];
      const first = row.projects === undefined ? comingIn(place) : likelyChannels(place, row);
      return [...first, ...usualChannels];
    }
    case 'extent':
      return name === 'stride' ? ['2', '1'] : [...fallback, ...usualSizes];
    case 'flag':
      return ['true', 'false'];
    case 'word':
      return kind.words;
    case 'padding':
      return [...kind.words, '0', '1'];
    case 'real':
    case 'sides':
    case 'range':
      return [...fallback, ...samples];
  }
};

/** Values of a parameter of a definition, where that takes a number. */
const valuesIn = (place: Place, definition: Definition, name: string): readonly string[] => {
  if (takesLayer(definition, name)) return [];
  const usual = usualNumbers[name];
  if (usual !== undefined) return [usual, ...usualCounts];
  return [
    ...operatorsOn(place)
      .likely.flatMap(({ call }) => /-(\d+)$/.exec(call)?.[1] ?? [])
      .slice(0, 1),
    ...usualChannels,
  ];
};

/** Values, each with what the layer would give; those that are a mistake are left out where what comes in is known. */
const tried = (
  ground: Ground,
  place: Place,
  all: readonly string[],
  layerOf: (value: string) => string,
): readonly Offer[] => {
  const values = [...new Set(all)];
  const plain = values.map((label): Offer => ({ label, kind: kinds.value }));
  if (place.type === undefined || !isKnown(place.type)) return plain;
  const layers = values.map((value) => ({ written: layerOf(value) }));
  const given = givenBy(ground.view, layers, place.type);
  const fitting = plain.flatMap((offer, i): readonly Offer[] =>
    given[i] === undefined ? [] : [{ ...offer, detail: given[i] }],
  );
  // what is written so far may be no layer yet
  return fitting.length > 0 ? fitting : plain;
};

/** Values behind the sign of paper notation; the names of numbers stand behind the likeliest. */
export const valuesAt = (ground: Ground, offset: number, call: string): readonly Offer[] => {
  const callee = calleeIn(ground, call);
  const { row, definition } = callee;
  const parameters = definition ? parameterNames(definition) : (row?.params ?? []);
  const parameter = linkedBy(call.at(-1) ?? '', parameters)?.name;
  const offers = valuesFor(ground, offset, { call, callee, parameter });
  // a number is likelier than a name only where it is known to fit
  const first = offers.slice(0, offers[0]?.detail === undefined ? 0 : 1);
  return [...first, ...numbers(ground, offset), ...offers.slice(first.length)];
};

/** An argument: what is written of its call before it, and the parameter that it fills. */
type Filling = {
  readonly call: string;
  readonly callee: WrittenCallee;
  readonly parameter: string | undefined;
};

/** Values for an argument at a place. */
export const valuesFor = (
  ground: Ground,
  offset: number,
  { call, callee: { row, definition }, parameter }: Filling,
): readonly Offer[] => {
  if (parameter === undefined) return [];
  const place = placeAt(ground, offset - call.length);
  const own = row?.params.find(({ name }) => name === parameter);
  const ofRow = row === undefined || own === undefined ? [] : valuesOf(place, row, own);
  const all = definition ? valuesIn(place, definition, parameter) : ofRow;
  const isInBrackets = call.includes('(');
  return tried(ground, place, all, (value) => call + value + (isInBrackets ? ')' : '')).map(
    (offer) => ({ ...offer, doc: `\`${parameter}\`` }),
  );
};
