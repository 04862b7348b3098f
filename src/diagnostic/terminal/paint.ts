/** What the parts of a message look like. Pure: whether there is colour at all is decided at the edge. */
import { styleText } from 'node:util';

/** The parts of a message that look different. */
export type Style =
  'error' | 'warning' | 'hint' | 'secondary' | 'frame' | 'strong' | 'fix' | 'faint' | 'plain';

const formats = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  hint: ['bold', 'cyan'],
  secondary: ['blue'],
  frame: ['blue'],
  strong: ['bold'],
  fix: ['green'],
  faint: ['dim'],
  plain: [],
} as const satisfies { [S in Style]: Parameters<typeof styleText>[0] };

/** Text in a style, or as it is where there is no colour. */
export type Paint = (style: Style, text: string) => string;

/** Spaces are left alone, so that turning colour on adds nothing but escape codes around what is seen. */
export const paint =
  (colour: boolean): Paint =>
  (style, text) =>
    colour && text.trim() !== ''
      ? styleText([...formats[style]], text, { validateStream: false })
      : text;
