/** The table of the notations for diagrams, which the command line offers. */
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Options } from './diagram.ts';
import { dot } from './dot.ts';
import { mermaid } from './mermaid.ts';
import { svg } from './svg.ts';

/** A notation of diagrams: how its files end, and how it writes a net. */
export type Format = {
  readonly extension: string; // of a file, without its point
  readonly render: (net: TypedNet, options?: Options) => string;
};

/** A picture that netc lays out itself, text for Graphviz, and text for Markdown. */
export const formats = {
  svg: { extension: 'svg', render: svg },
  dot: { extension: 'dot', render: dot },
  mermaid: { extension: 'mmd', render: mermaid },
} as const satisfies { readonly [name: string]: Format };
