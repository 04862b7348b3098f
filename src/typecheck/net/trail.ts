/** What a value went through on its way to a layer: where its channels were made, how its size changed. */
import type { Label } from '../../diagnostic/diagnostic.ts';
import { sameType, showType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
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

/** The most steps in a trace; the oldest are left out. */
const LONGEST = 6;

/** The step before a layer that made its input what it is; undefined for the input of the net itself. */
export const stepBefore = (trail: Trail): Typed | undefined => {
  for (let t = trail; 'step' in t; t = t.before)
    if (!sameType(t.step.input, t.step.output)) return t.step;
  return undefined;
};

/** A trail that has gone through a body: step by step, where it is a sequence. A hole leaves no trace. */
export const through = (trail: Trail, body: Typed): Trail => {
  if (body.tag === 'hole') return trail;
  return body.tag === 'sequence'
    ? body.steps.reduce<Trail>((before, step) => ({ step, before }), trail)
    : { step: body, before: trail };
};

/**
 * `size trace: input [224, 224, 3] → conv3-64 [224, 224, 64] → …`: the steps that changed the type, as a
 * note; none when nothing has changed.
 */
export const traceOf = (trail: Trail, text: (span: Span) => string): readonly string[] => {
  const { start, steps } = stepsOf(trail);
  const changes: string[] = [];
  let type = start;
  for (const step of steps) {
    if (!sameType(step.output, type))
      changes.push(`${nameOf(step, text)} ${showType(step.output)}`);
    type = step.output;
  }
  if (changes.length === 0) return [];
  const shown = changes.length > LONGEST ? ['…', ...changes.slice(-LONGEST)] : changes;
  return [`size trace: ${[`input ${showType(start)}`, ...shown].join(' → ')}`];
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
    if (input.c !== output.c)
      return [
        { span, message: `${channels} channel${channels === 1 ? ' is' : 's are'} made here` },
      ];
  }
  return [];
};

/** A label at the step that gave what arrives; none where that is the input of the net. */
export const madeHere = (trail: Trail): readonly Label[] => {
  const step = stepBefore(trail);
  return step === undefined
    ? []
    : [{ span: step.span, message: `gives \`${showType(step.output)}\`` }];
};

/** A label at the layer that turned a map into the vector that arrives. */
export const vectorMade = (trail: Trail): readonly Label[] => {
  const { steps } = stepsOf(trail);
  const step = steps.findLast(
    ({ input, output }) => input.tag === 'map' && output.tag === 'vector',
  );
  return step === undefined ? [] : [{ span: step.span, message: 'the map becomes a vector here' }];
};
