/** Nets that passes make of others: which of them a net is or holds, and how they were made. */
import type { TraceEvent } from '../../graph/trace.ts';
import type { Rewrite } from '../../syntax/tree.ts';
import { writtenOut } from './flat.ts';
import type { Variant, TypedNet } from './typed.ts';

/** Every variant that a net is, holds or is made of, each once, in the order in which they are made. */
const allOf = (net: TypedNet): readonly Variant[] => [
  ...new Set(variantsIn(net).flatMap((v) => [...allOf(v.source), v])),
];

/** The variant that a net is, or else the variants that it uses. */
const variantsIn = (net: TypedNet): readonly Variant[] =>
  net.variant === undefined
    ? [...new Set(writtenOut(net).parts.map((p) => p.variant))]
    : [net.variant];

/** What the passes of the source did to make a net, in order: to its source net first, then to it. */
export const traceOfNet = (net: TypedNet): readonly TraceEvent[] =>
  allOf(net).flatMap(({ trace }) => trace);

/** The passes that the source itself applies on the way to a net, in order. */
export const passesOfNet = (net: TypedNet): readonly Rewrite[] =>
  allOf(net).flatMap(({ passes }) => passes);
