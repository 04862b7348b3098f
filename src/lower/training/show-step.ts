/** The step of a training as text, with its plan: `netc dump --after derive`. */
import { bytes, plural } from '../../numeric/figures.ts';
import { bytesOf } from '../../kernel/shape.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { Plan, PlannedCall } from '../plan.ts';
import { showPlan } from '../show-plan.ts';
import { macsOfStep, showMacs } from './macs.ts';
import { lossName } from './step.ts';

/** A value that is computed before the loss, and read again behind it. */
export type Kept = { readonly id: ValueId; readonly path: string; readonly bytes: number };

/** What a step keeps for the backward pass, in the order in which it is computed. */
export const keptIn = ({ steps, outputs, updates }: Plan): readonly Kept[] => {
  const loss = outputs.find((o) => o.name === lossName)?.id;
  const last = steps.findIndex(({ call }) => call.outputs.some((id) => id === loss));
  const gone = new Set(steps.slice(0, last + 1).flatMap(({ frees }) => frees));
  const lasting = new Set([...outputs.map(({ id }) => id), ...updates.map(({ owner }) => owner)]);
  return steps
    .slice(0, last + 1)
    .flatMap(({ call, results, bytes: size }) =>
      size === 0
        ? []
        : call.outputs.flatMap((id, i) =>
            gone.has(id) || lasting.has(id)
              ? []
              : [{ id, path: call.path, bytes: bytesOf(results[i]!) }],
          ),
    );
};

/** How much of a step is computed twice. */
export type Again = { readonly calls: number; readonly plain: Plan };

/** The plans of a step: of its program, and of what moves the weights where a batch comes in parts. */
type Plans = {
  readonly plan: Plan;
  readonly move: Plan | undefined;
  /** where the backward pass computes values again */
  readonly again: Again | undefined;
};

/** The step of this name. */
export const showStep = (name: string, { plan, move, again }: Plans, width: number): string => {
  const kept = keptIn(plan);
  const all = kept.reduce((sum, k) => sum + k.bytes, 0);
  const most = plan.steps.reduce<PlannedCall | undefined>(
    (a, b) => (a === undefined || b.live > a.live ? b : a),
    undefined,
  );
  const [batch] = plan.inputs[0] ?? [];
  return [
    `-- ${name}: ${move === undefined ? 'a step' : 'part of a step'} of ${plan.program.net} on ${plural(batch ?? 0, 'picture')}`,
    `-- weights and what the optimiser keeps: ${bytes(plan.weightBytes)}`,
    `-- peak of all else: ${bytes(plan.peakBytes)}, in ${most?.call.path ?? plan.program.net}`,
    `-- ${showMacs(macsOfStep(plan))}`,
    '-- these are values; `netc train --dry-run` adds what its engine holds within a kernel',
    ...(again === undefined
      ? []
      : [
          `-- without recomputation: ${bytes(again.plain.peakBytes)}; ${again.calls} kernels run again`,
        ]),
    `-- kept for the backward pass: ${bytes(all)}`,
    ...kept.map((k) => `--   %${k.id}  ${bytes(k.bytes)}  ${k.path}`),
    showPlan(plan, width),
    ...(move === undefined ? [] : ['-- when all parts of a batch are done', showPlan(move, width)]),
  ].join('\n');
};
