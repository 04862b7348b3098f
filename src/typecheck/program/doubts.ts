/** Warnings and hints about what has a meaning and may not be meant. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration } from '../../syntax/tree.ts';
import type { Reported } from '../expr/reports.ts';
import type { LayerContext } from '../layer/context.ts';
import { isInside } from '../net/branch-fixes.ts';
import { linter } from '../net/lints.ts';
import { hintsOf, senseOf } from '../net/sense.ts';
import type { TypedNet } from '../net/typed.ts';
import type { Ask } from './memory.ts';
import { isDefinition } from './declarations.ts';
import { writtenSense } from './written-sense.ts';

/** A net with its declaration. */
export type DeclaredNet = readonly [Declaration, TypedNet];

/** Lints are about written layers: those of a source are reported there. */
const isWritten = (net: TypedNet): boolean => net.variant === undefined;

export const mayHaveLints = (net: TypedNet): boolean =>
  isWritten(net) && net.output.tag !== 'unknown';

/** The lints of a net, some of which may be consequences of errors. */
export const askLints = (
  cx: LayerContext,
  ask: Ask,
  d: Declaration,
  net: TypedNet,
): Reported<readonly Diagnostic[]> => ask('lints', d, () => lintsOf(cx, net));

/** Reports those of nets one by one, and, in a program without errors, of what has little sense. */
export const reportDoubts = (
  cx: LayerContext,
  ask: Ask,
  nets: readonly DeclaredNet[],
  declarations: readonly Declaration[],
): void => {
  const sources = nets.filter(([, net]) => isWritten(net));
  for (const [d, net] of sources)
    if (mayHaveLints(net))
      cx.replay(askLints(cx, ask, d, net))
        .filter(({ primary }) => !isFaultyAt(cx, primary.span))
        .forEach(cx.report);
  if (cx.found().some((d) => d.severity === 'error')) return;
  hintsOf(sources.map(([d, net]) => cx.replay(ask('sense', d, () => senseOf(net))))).forEach(
    cx.report,
  );
  for (const d of declarations.filter(isDefinition))
    cx.replay(ask('written', d, () => writtenSense(d, cx.text).forEach(cx.report)));
};

/** Lints of a net by itself: what others share with it is looked at again. */
const lintsOf = (cx: LayerContext, net: TypedNet): readonly Diagnostic[] => {
  const lint = linter(
    cx.text,
    ({ span }) =>
      (hulls) =>
        cx.spend(span, hulls * stepCosts.hull),
  );
  return cx.within(net.span, () => lint(net)) ?? [];
};

/** Whether an error lies in a place: what a lint says of it may be a consequence. */
const isFaultyAt = (cx: LayerContext, place: Span): boolean =>
  cx.found().some((d) => d.severity === 'error' && isInside(d.primary.span, place));
