/** A counter-example in words: the smallest program found, and the results of both sides. */
import { error, warning, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { showGraph } from '../../graph/print.ts';
import { elements, type Tensor } from '../../numeric/tensor.ts';
import type { Rule } from '../../syntax/tree.ts';
import { toleranceOf } from './check-instance.ts';
import type { CompiledRule } from '../rule/pattern.ts';
import type { Failure } from './shrink.ts';

/** Numbers shown of one tensor. */
const shownNumbers = 12;

/** The net on which a rule fails: that of the fault, or E0820 where its sides differ, with numbers. */
export const counterExample = ({ rule }: CompiledRule, failure: Failure): Diagnostic => {
  const name = `\`${rule.name.text}\``;
  if (failure.tag === 'fault')
    return {
      ...failure.fault,
      notes: [
        ...failure.fault.notes,
        `${failure.allSizes ? 'with height and width left free in' : 'matching'}:\n${showGraph(failure.before).trimEnd()}`,
      ],
    };
  const { before, after, numbers, input, expected, found, by } = failure;
  const weights = before.nodes
    .flatMap((n) => n.weights)
    .filter((w) => elements(w.spec.shape) <= shownNumbers)
    .map((w) => `${w.path.slice(w.path.indexOf('/') + 1)} = ${shown(numbers.weight(w.path))}`);
  return error('E0820', rule.replacement.span, `the sides of ${name} are not the same function`, {
    label: `differs by ${by.toPrecision(3)}, relative to the largest number computed`,
    labels: [{ span: rule.pattern.span, message: 'from this' }],
    notes: [
      `this program:\n${showGraph(before).trimEnd()}`,
      `becomes:\n${showGraph(after).trimEnd()}`,
      ...(weights.length === 0 ? [] : [`with ${weights.join('; ')}`]),
      `for the input ${shown(input ?? numbers.input)}`,
      ...(input === undefined
        ? []
        : [
            `which is an image of ${input.shape[1]}x${input.shape[2]}; the mean over its windows is what the pattern gives`,
          ]),
      outputs(expected, found),
      ...statedTolerance(rule),
    ],
  });
};

/** The warning that no net matched the pattern (W0821). */
export const neverFired = ({ rule }: CompiledRule, made: number): Diagnostic =>
  warning('W0821', rule.pattern.span, `\`${rule.name.text}\` fired on none of ${made} nets`, {
    label: 'none of the generated nets matches this pattern',
    notes: ['a rule that never fires has not been verified'],
  });

const statedTolerance = (rule: Rule): readonly string[] =>
  rule.soundness === 'approximate'
    ? [
        `the sides of an approximate rule may differ by ${toleranceOf(rule)}${rule.tolerance === undefined ? '; `approximate(1e-2) rule` allows 1e-2' : ''}`,
      ]
    : [];

/** With as many digits as it takes to see that they differ. */
const outputs = (expected: Tensor, found: Tensor): string => {
  const digits = [6, 9, 12].find((n) => shown(expected, n) !== shown(found, n)) ?? 17;
  return `the pattern gives ${shown(expected, digits)}, the replacement ${shown(found, digits)}`;
};

/** The warning that an earlier rule matches wherever this one does (W0821). */
export const shadowed = ({ rule }: CompiledRule, { rule: earlier }: CompiledRule): Diagnostic =>
  warning('W0821', rule.pattern.span, `\`${rule.name.text}\` is never applied`, {
    label: `wherever it matches, the earlier rule \`${earlier.name.text}\` matches too`,
    labels: [{ span: earlier.pattern.span, message: 'this rule comes first' }],
    notes: ['alone it can be applied; in its pass the earlier rule is applied instead'],
  });

const shown = ({ data }: Tensor, digits = 6): string => {
  const numbers = Array.from(data.subarray(0, shownNumbers), (x) =>
    String(Number(x.toPrecision(digits))),
  );
  return `[${numbers.join(', ')}${data.length > shownNumbers ? ', …' : ''}]`;
};
