/** The table of the notations for diagrams, which the command line offers. */
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Options } from './diagram.ts';
import { dot } from './dot.ts';
import { mermaid } from './mermaid.ts';
import { svg } from './svg.ts';

/** A notation of diagrams, and how its files end. */
export type Format = {
  readonly name: string;
  readonly extension: string; // of a file, without its point
  readonly doc: string;
  readonly render: (net: TypedNet, options?: Options) => string;
};

/** In the order in which `compile --diagram` writes them. */
export const formats: readonly Format[] = [
  { name: 'svg', extension: 'svg', doc: 'a picture, laid out by netc', render: svg },
  { name: 'dot', extension: 'dot', doc: 'for Graphviz', render: dot },
  { name: 'mermaid', extension: 'mmd', doc: 'for Markdown', render: mermaid },
];
