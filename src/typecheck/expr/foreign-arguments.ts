/** Arguments of netc's operators under the names that other frameworks give them, as in `conv(kernel_size = 3)`. */
import { error, replace, type Diagnostic, type Label } from '../../diagnostic/diagnostic.ts';
import { isForeign, parameterOf, roleOf } from '../../ops/elsewhere/parameters.ts';
import { translated } from '../../ops/elsewhere/translate.ts';
import type { Row } from '../../ops/table.ts';
import type { Span } from '../../syntax/source.ts';
import { inPlace } from './foreign-names.ts';
import type { BoundArgument, Callee } from './values.ts';

/** An argument whose name no parameter of the callee has; `span` begins at the name. */
export type Stranger = { readonly name: string; readonly span: Span };

/** Whether the name is one that another framework has for something. */
export const isForeignArgument = (callee: Callee | undefined, name: string): boolean =>
  callee?.tag === 'operator' && isForeign(name);

const owner = ({ params }: Row, name: string): string | undefined => {
  const role = roleOf(name);
  return role && parameterOf(role, (own) => params.some((p) => p.name === own));
};

/** The parameters of an operator that such names mean. */
export const meantBy = (callee: Callee, strangers: readonly Stranger[]): readonly string[] =>
  callee.tag === 'operator' ? strangers.flatMap(({ name }) => owner(callee.row, name) ?? []) : [];

const sayOf = (row: Row, name: string): string => {
  if (roleOf(name) === 'in') return 'netc takes the channels as they come';
  if (roleOf(name) === 'activation') return 'an activation is a layer of its own';
  const parameter = owner(row, name);
  return parameter === undefined ? 'netc has no such parameter' : `netc writes \`${parameter}\``;
};

const valueIn = (written: string): string => written.replace(/^\s*\w+\s*=\s*/, '');

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
  const made = translated(row.name, undefined, { positional: [], named });
  const isWhole = made.tag === 'written' && [...given, ...strangers].every(isHere);
  const names = strangers.map(({ name }) => `\`${name}\``).join(', ');
  const placed = isWhole ? inPlace(made.text, call, text) : undefined;
  return error(
    'E0305',
    first!.span,
    `\`${row.name}\` has no parameter${others.length > 0 ? 's' : ''} ${names}`,
    {
      label: first!.message,
      labels: others.map(({ span, message }) => ({ span, message })),
      notes: [usage],
      fixes: placed === undefined ? [] : [replace(`write \`${placed}\``, call, placed)],
    },
  );
};
