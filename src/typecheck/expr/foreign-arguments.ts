/** Arguments of netc's operators under the names that other frameworks give them, as in `conv(kernel_size = 3)`. */
import {
  error,
  replace,
  type Diagnostic,
  type Fix,
  type Label,
} from '../../diagnostic/diagnostic.ts';
import type { Framework } from '../../ops/elsewhere/answer.ts';
import { callsTaking } from '../../ops/elsewhere/elsewhere.ts';
import { isForeign, parameterOf, roleOf, saidOfRole } from '../../ops/elsewhere/parameters.ts';
import { inOtherOrder } from '../../ops/elsewhere/orders.ts';
import { insteadOf, translated, type Given } from '../../ops/elsewhere/translate.ts';
import type { Row } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';
import { inPlace } from './foreign-names.ts';
import type { BoundArgument, Callee } from './values.ts';

/** An argument whose name no parameter of the callee has; `span` begins at the name. */
export type Stranger = { readonly name: string; readonly span: Span };

/** Whether the name is one that another framework has for something; `size` is that of a word, as in `upsample2`. */
export const isForeignArgument = (
  callee: Callee | undefined,
  { name, span }: Stranger,
  size: Span | undefined,
): boolean =>
  callee?.tag === 'operator' &&
  span !== size &&
  (isForeign(name) || callsTaking(callee.row.name, [name]).length > 0);

const owner = ({ params }: Row, name: string): string | undefined => {
  const role = roleOf(name);
  return role && parameterOf(role, (own) => params.some((p) => p.name === own));
};

/** Calls in netc's words, and as in what framework where that matters; or what there is in place of an argument. */
type Readings = {
  readonly fixes: readonly { readonly written: string; readonly as: string }[];
  readonly notes: readonly string[];
};

/** The parameters of an operator that such names mean. */
export const meantBy = (callee: Callee, strangers: readonly Stranger[]): readonly string[] =>
  callee.tag === 'operator' ? strangers.flatMap(({ name }) => owner(callee.row, name) ?? []) : [];

const sayOf = (row: Row, name: string): string => saidOfRole(roleOf(name), owner(row, name));

/** The value of an argument as it is written; the place of a word in quotes ends before the second. */
const valueIn = (written: string): string =>
  written.replace(/^\s*\w+\s*=\s*/, '').replace(/^'([^']*)'?$/, '$1');

/**
 * What such arguments mean: the framework whose names they are says what the others are, too. With Keras's `epsilon`,
 * `momentum` is Keras's, which is one less PyTorch's and netc's.
 */
const readings = (op: Row['name'], strangers: readonly Stranger[], given: Given): Readings => {
  const plain = translated(op, undefined, given);
  const calls = callsTaking(
    op,
    strangers.map(({ name }) => name),
  );
  const made = calls.map((call) => ({ call, made: translated(op, call, given) }));
  const found = new Map<string, Set<Framework>>();
  for (const { call, made: m } of made)
    if (m.tag === 'written') found.set(m.text, (found.get(m.text) ?? new Set()).add(call.by));
  if (plain.tag === 'written' && (found.size === 0 || (found.size === 1 && found.has(plain.text))))
    return { fixes: [{ written: plain.text, as: '' }], notes: [] };
  return {
    fixes: [...found].map(([written, by]) => ({
      written,
      as: by.size === 1 ? `, as in ${[...by].join()}` : '',
    })),
    notes: [...new Set(made.flatMap(({ call, made: m }) => insteadOf(call, m)))],
  };
};

/** A call whose arguments do not fit, as it is written here if they stand in the order of another framework. */
export const meantCalls = (row: Row, call: Span, text: (span: Span) => string): readonly Fix[] =>
  inOtherOrder(row, text(call)).map((written) => {
    const placed = inPlace(written, call, text);
    return replace(`write \`${placed}\``, call, placed);
  });

/** The report for all arguments of a call that have names of another framework: one mistake. */
export const foreignArguments = (
  row: Row,
  call: Span,
  given: readonly BoundArgument[],
  strangers: readonly Stranger[],
  text: (span: Span) => string,
  usage: string,
): Diagnostic => {
  const [first, ...others] = strangers.map(({ name, span }): Label & { readonly name: string } => ({
    name,
    span: { ...span, end: Math.min(span.end, span.start + name.length) },
    message: sayOf(row, name),
  }));
  const isHere = ({ span }: Stranger | BoundArgument): boolean =>
    span.path === call.path && span.start >= call.start && span.end <= call.end;
  const named = [
    ...given.map((g) => [g.parameter, valueIn(text(g.span))] as const),
    ...strangers.map((s) => [s.name, valueIn(text(s.span))] as const),
  ];
  const isWhole = [...given, ...strangers].every(isHere);
  const read = readings(row.name, strangers, { positional: [], named });
  const names = strangers.map(({ name }) => `\`${name}\``).join(', ');
  return error(
    'E0305',
    first!.span,
    `\`${row.name}\` has no parameter${others.length > 0 ? 's' : ''} ${names}`,
    {
      label: first!.message,
      labels: others.map(({ span, message }) => ({ span, message })),
      notes: [usage, ...read.notes],
      fixes: (isWhole ? read.fixes : []).map(({ written, as }) => {
        const placed = inPlace(written, call, text);
        return replace(`write \`${placed}\`${as}`, call, placed);
      }),
    },
  );
};
