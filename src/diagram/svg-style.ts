/** Colours and letters of the SVG. Rules are literal, as some renderers know neither variables nor nesting. */
import type { Family } from './diagram.ts';
import { sizes } from './arrange.ts';

/** Colours as CSS has them; of a box, those of its inside and of its line. */
export type Palette = {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string; // shapes and figures
  readonly line: string;
  readonly skip: string;
  readonly count: string;
  readonly boxes: { readonly [F in Family]: readonly [fill: string, stroke: string] };
};

export const light: Palette = {
  paper: '#ffffff',
  ink: '#1c2430',
  faint: '#5b6573',
  line: '#6f7a88',
  skip: '#0d7d74',
  count: '#b4432a',
  boxes: {
    convolution: ['#dfeafc', '#4a79bd'],
    dense: ['#e8e2fb', '#7460bd'],
    pooling: ['#fde4da', '#c8664a'],
    normalisation: ['#e0f2e4', '#4b9463'],
    activation: ['#fdf2cf', '#b08c28'],
    shape: ['#eceef1', '#7b8490'],
    join: ['#ffffff', '#4b5563'],
    port: ['#ffffff', '#4b5563'],
    folded: ['#f1f3f6', '#5d6876'],
  },
};

const dark: Palette = {
  paper: '#0f141b',
  ink: '#e7ebf0',
  faint: '#a2adba',
  line: '#8a96a5',
  skip: '#4fc3b8',
  count: '#ff9a7d',
  boxes: {
    convolution: ['#1b2f4e', '#6d9be0'],
    dense: ['#2c2552', '#9a88e6'],
    pooling: ['#48261b', '#e48a6e'],
    normalisation: ['#1a3a25', '#6fbf8a'],
    activation: ['#3d3312', '#d3b14f'],
    shape: ['#262c34', '#929daa'],
    join: ['#161c24', '#aab4c0'],
    port: ['#161c24', '#aab4c0'],
    folded: ['#1d242d', '#9aa5b3'],
  },
};

const coloured = (p: Palette): string =>
  [
    `.netc{color:${p.ink}}`,
    `.netc .paper{fill:${p.paper}}`,
    `.netc .faint{fill:${p.faint}}`,
    `.netc .count{fill:${p.count}}`,
    `.netc .flow{stroke:${p.line}}`,
    `.netc .skip{stroke:${p.skip}}`,
    `.netc .flow-head{fill:${p.line}}`,
    `.netc .skip-head{fill:${p.skip}}`,
    ...Object.entries(p.boxes).map(
      ([family, [fill, stroke]]) => `.netc .${family} rect{fill:${fill};stroke:${stroke}}`,
    ),
  ].join('\n');

const fixed = [
  `.netc{font-family:Helvetica,Arial,'Liberation Sans',sans-serif}`,
  `.netc text{fill:currentColor;font-size:${sizes.title}px}`,
  `.netc .small{font-size:${sizes.small}px}`,
  `.netc .caption{font-size:${sizes.small + 0.5}px}`,
  `.netc .heading{font-size:16px}`,
  `.netc .bold{font-weight:bold}`,
  `.netc .frame{fill:currentColor;fill-opacity:.035;stroke:currentColor;stroke-opacity:.25}`,
  `.netc .frame.behind{fill:none}`,
  `.netc .flow,.netc .skip{fill:none;stroke-width:1.2}`,
  `.netc .sign{stroke:currentColor;stroke-width:1.4}`,
].join('\n');

/** `auto` follows the preference of the reader. */
export type Theme = 'auto' | 'light' | 'dark';

/** The rules of a style sheet. They name the class of the drawing, so that drawings may share a page. */
export const styleOf = (theme: Theme): string => {
  const night = `@media (prefers-color-scheme:dark){\n${coloured(dark)}\n}`;
  const parts = {
    auto: [coloured(light), night],
    light: [coloured(light)],
    dark: [coloured(dark)],
  };
  return [fixed, ...parts[theme]].join('\n');
};
