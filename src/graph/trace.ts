/** The trace of rewriting a net. */
import type { Span } from '../syntax/source.ts';

/** One application of a rule: the rule, its place, and the layers it matched. */
export type TraceEvent = {
  readonly pass: string;
  readonly rule: string;
  readonly place: Span; // of the rule
  readonly layer: string; // the path of the first layer that went, or of the first matched one if none did
  readonly source: Span; // of that layer
  readonly matched: readonly string[]; // operators, in order of execution
  readonly replacement: readonly string[]; // operators, as the rule writes them
};
