/**
 * What can be wrong with a rule, in words. Codes are those that exist for the same mistake in a program;
 * this is the one place that chooses them.
 */
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/near.ts';
import type { Span } from '../syntax/source.ts';
import type { Context } from '../typecheck/context.ts';

export const notInRules = (cx: Context, span: Span, what: string): void =>
  cx.report(
    error('E0317', span, `${what} has no meaning in a rule`, {
      label: 'a rule is made of operators, joins and `..f`',
    }),
  );

export const twice = (cx: Context, name: string, span: Span): void =>
  cx.report(error('E0310', span, `\`${name}\` stands twice in this rule`));

export const unbound = (
  cx: Context,
  span: Span,
  name: string,
  known: Iterable<string>,
  kind = 'name',
): void => {
  const [first] = near(name, known);
  cx.report(
    error('E0301', span, `the pattern binds no ${kind} \`${name}\``, {
      label: first === undefined ? 'unbound' : `did you mean \`${first}\`?`,
    }),
  );
};

/** A name or a part of the pattern that the other side forgets. */
export const dropped = (cx: Context, span: Span, what: string, advice: string): void =>
  cx.report(
    error('E0317', span, `the replacement drops ${what}`, {
      label: 'bound here and never used',
      notes: [advice],
    }),
  );

export const withoutWeights = (
  cx: Context,
  span: Span,
  row: string,
  names: readonly string[],
): void =>
  cx.report(
    error('E0304', span, `the rule does not say where the weights of \`${row}\` come from`, {
      label: `\`with { ${names.map((n) => `${n} = …`).join(', ')} }\` is needed`,
      notes: ['only a `structural rule` makes layers whose weights are fresh'],
    }),
  );

export const noSuchWeight = (
  cx: Context,
  span: Span,
  row: string,
  name: string,
  names: readonly string[],
): void => {
  const [first] = near(name, names);
  cx.report(
    error('E0305', span, `\`${row}\` has no weight \`${name}\``, {
      label: first === undefined ? 'not a weight of this layer' : `did you mean \`${first}\`?`,
      notes:
        names.length === 0
          ? [`\`${row}\` has no weights at all`]
          : [`its weights are ${names.map((n) => `\`${n}\``).join(', ')}`],
    }),
  );
};

/** A fault of one instance of a rule: found while it is applied or verified. */
export const weightFault = (
  span: Span,
  message: string,
  notes: readonly string[] = [],
): Diagnostic => error('E0502', span, message, { notes });

export const typeFault = (
  span: Span,
  rule: string,
  before: string,
  after: string,
  notes: readonly string[] = [],
): Diagnostic =>
  error('E0206', span, `the sides of \`${rule}\` have different types`, {
    label: `the pattern gives \`${before}\`, the replacement \`${after}\``,
    notes,
  });

export const illTyped = (span: Span, rule: string, message: string): Diagnostic =>
  error('E0206', span, `what \`${rule}\` makes is no network: ${message}`);

export const endless = (
  span: Span,
  pass: string,
  times: number,
  last: readonly { readonly span: Span; readonly message: string }[],
): Diagnostic =>
  error('E0308', span, `the pass \`${pass}\` does not end`, {
    label: `stopped after ${times} applications`,
    labels: last,
    notes: ['one of its rules matches what it makes, or two undo each other'],
  });
