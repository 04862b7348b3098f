/** What follows the parts of a head, and what a parameter has when none is given. */
import type { Ground } from '../ground.ts';
import { takesLayer } from '../kinds.ts';
import { isDefinition } from '../../typecheck/program/declarations.ts';
import { outermostBefore } from '../tree-at.ts';
import { layersToHand } from './calls.ts';
import { usualNumbers } from './candidates.ts';
import type { Context } from './context.ts';
import { numbersBut } from './names.ts';
import { kinds, type Offer } from './offer.ts';

type Opening = Extract<Context, { readonly tag: 'opening' }>;

const offer = (label: string, snippet: string, doc: string): Offer => ({
  label,
  kind: kinds.keyword,
  doc,
  snippet,
});

const braces = offer('{ }', '{\n  $0\n}', 'layers, one a line');
const body = offer('=', '= $0', 'layers in one line');
const parameters = offer('( )', '(${1:c})', 'parameters');
const ofMaps = offer(': [h, w, c]', ': [h, w, ${1:c}]', 'what it takes');
const ofImages = offer(
  ': [224, 224, 3] -> [1000]',
  ': [${1:224}, ${2:224}, ${3:3}] -> [${4:1000}] {\n  $0\n}',
  'the images that it takes, and what it gives',
);
const scores = offer('-> [1000]', '-> [${1:1000}]', 'what it gives');
const anything = offer('-> _', '-> _', 'what its layers give');

const behind: {
  readonly [Of in Opening['of']]: { readonly [Has in Opening['has']]: readonly Offer[] };
} = {
  net: {
    name: [ofImages, body, parameters],
    parameters: [ofImages, body],
    input: [scores, anything, braces, body],
    output: [braces, body],
  },
  def: {
    name: [body, braces, parameters, ofMaps],
    parameters: [body, braces, ofMaps],
    input: [braces, body, anything],
    output: [braces, body],
  },
};

export const openings = ({ of, has }: Opening): readonly Offer[] => behind[of][has];

/** A layer where the parameter takes one, else its usual number. */
export const defaults = (ground: Ground, offset: number, parameter: string): readonly Offer[] => {
  const d = outermostBefore(ground, offset);
  if (d !== undefined && isDefinition(d) && takesLayer(d, parameter))
    return layersToHand(ground, offset).filter(({ label }) => label !== parameter);
  const usual = usualNumbers[parameter] ?? '64';
  return [{ label: usual, kind: kinds.value }, ...numbersBut(ground, offset, parameter)];
};
