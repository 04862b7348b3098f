/** The multiply–adds of a step of training. */
import { macsOf } from '../../kernel/table.ts';
import { plural, thousands } from '../../numeric/figures.ts';
import type { Plan } from '../plan.ts';
import { lossName } from './step.ts';

/** Multiply–adds of a step: up to the loss, and from there back. */
export type Macs = { readonly forward: number; readonly backward: number };

/** The multiply–adds of a step, or of a part of one; what is computed again counts as backward. */
export const macsOfStep = ({ steps, outputs }: Plan): Macs => {
  const loss = outputs.find((o) => o.name === lossName)?.id;
  const last = steps.findIndex(({ call }) => call.outputs.some((id) => id === loss));
  const macs = steps.map(({ call, operands, results }) =>
    macsOf(
      call.kernel,
      operands.map(({ shape }) => shape),
      results,
    ),
  );
  const sum = (some: readonly number[]): number => some.reduce((a, b) => a + b, 0);
  return { forward: sum(macs.slice(0, last + 1)), backward: sum(macs.slice(last + 1)) };
};

/** `30,965 multiply–adds forward, 61,930 backward` */
export const showMacs = ({ forward, backward }: Macs): string =>
  `${plural(forward, 'multiply–add')} forward, ${thousands(backward)} backward`;
