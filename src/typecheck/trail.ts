/** What a value went through on its way to a layer: where its channels were made, how its size changed. */
import type { Label } from '../diagnostic/diagnostic.ts';
import { sameType, showType, type TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Typed } from './typed.ts';

/** The steps before a layer, the last first; those of the surrounding bodies follow. */
export type Trail =
  { readonly step: Typed; readonly before: Trail } | { readonly start: TensorType };

const stepsOf = (
  trail: Trail,
): { readonly start: TensorType; readonly steps: readonly Typed[] } => {
  const steps: Typed[] = [];
  let t = trail;
  while ('step' in t) {
    steps.push(t.step);
    t = t.before;
  }
  return { start: t.start, steps: steps.reverse() };
};

/** Steps shown in a trace; the oldest give way. */
const LONGEST = 6;

/** `input [224, 224, 3] → conv3-64 [224, 224, 64] → …`: the steps that changed the type. */
export const sizeTrace = (trail: Trail, text: (span: Span) => string): string => {
  const { start, steps } = stepsOf(trail);
  const changes: string[] = [];
  let type = start;
  for (const step of steps) {
    if (!sameType(step.output, type))
      changes.push(`${nameOf(step, text)} ${showType(step.output)}`);
    type = step.output;
  }
  const shown = changes.length > LONGEST ? ['…', ...changes.slice(-LONGEST)] : changes;
  return `size trace: ${[`input ${showType(start)}`, ...shown].join(' → ')}`;
};

/** A step as it is written when that is short, else by its name. */
const nameOf = (step: Typed, text: (span: Span) => string): string => {
  const written = text(step.span);
  if (written.length <= 24 && !written.includes('\n')) return written;
  return 'naming' in step ? step.naming.text : `${written.slice(0, 20).replaceAll(/\s+/g, ' ')}…`;
};

/** Where the channels that arrive were made: the last step that changed them. */
export const channelsMade = (trail: Trail, channels: number): readonly Label[] => {
  const { steps } = stepsOf(trail);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { input, output, span } = steps[i]!;
    if (input.tag === 'unknown' || output.tag === 'unknown') return [];
    if (output.c !== channels) return [];
    if (input.c !== output.c) return [{ span, message: `${channels} channels are made here` }];
  }
  return [];
};
