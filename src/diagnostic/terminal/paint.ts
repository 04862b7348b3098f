/** What the parts of a message look like. Pure: whether there is colour at all is decided at the edge. */

/** The parts of a message that look different. */
export type Style =
  'error' | 'warning' | 'hint' | 'secondary' | 'frame' | 'strong' | 'fix' | 'faint' | 'plain';

/** What begins and ends a look, as terminals know them (ECMA-48, Select Graphic Rendition). */
const looks = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
} as const;

const formats: { readonly [S in Style]: readonly (keyof typeof looks)[] } = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  hint: ['bold', 'cyan'],
  secondary: ['blue'],
  frame: ['blue'],
  strong: ['bold'],
  fix: ['green'],
  faint: ['dim'],
  plain: [],
};

/** Text in a style, or unchanged without colour. */
export type Paint = (style: Style, text: string) => string;

/** Spaces are not painted: colour adds only escape codes around visible text. */
export const paint =
  (colour: boolean): Paint =>
  (style, text) =>
    colour && text.trim() !== ''
      ? formats[style].reduceRight((inner, format) => {
          const [begin, end] = looks[format];
          return `\u001b[${begin}m${inner}\u001b[${end}m`;
        }, text)
      : text;
