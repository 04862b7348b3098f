/** Nets that passes make of others: which a net is or holds, and what was done to make them. */
import type { TraceEvent } from '../../graph/trace.ts';
import type { Rewrite } from '../../syntax/tree.ts';
import { placesOf } from './flat.ts';
import type { Variant, TypedNet } from './typed.ts';

/** What it and what it is made of are, each once, in the order in which they are made. */
const allOf = (net: TypedNet): readonly Variant[] => [
  ...new Set(variantsIn(net).flatMap((v) => [...allOf(v.source), v])),
];

/** What a net is, or what the nets are that are used in it. */
const variantsIn = (net: TypedNet): readonly Variant[] =>
  net.variant === undefined
    ? [...new Set(placesOf(net).parts.map((p) => p.variant))]
    : [net.variant];

/** What the source itself has passes do to a net, in order: to what it is made of, then to it. */
export const traceOfNet = (net: TypedNet): readonly TraceEvent[] =>
  allOf(net).flatMap(({ trace }) => trace);

/** The passes that the source itself applies on the way to a net, in order. */
export const passesOfNet = (net: TypedNet): readonly Rewrite[] =>
  allOf(net).flatMap(({ passes }) => passes);
