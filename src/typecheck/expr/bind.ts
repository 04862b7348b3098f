/** Binds the arguments of calls to parameters, and reports what is missing or too much. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Definition } from '../../syntax/tree.ts';
import type { Context } from './context.ts';
import { declaredHere, fill, meantParameter, usage, type Call, type Callsite } from './fill.ts';
import { foreignArguments, isForeignArgument, meantBy } from './foreign-arguments.ts';
import { calleeName, lackingOf, parametersOf } from './parameters.ts';
import { unknown, type BoundArgument, type Callee } from './values.ts';

/** Whether a call gives every parameter that must be given. */
export const isComplete = (cx: Context, callee: Callee, call: Call): boolean => {
  const parameters = parametersOf(cx, callee, call);
  const { given } = fill(cx, { callee, name: calleeName(callee), parameters, call });
  return lackingOf(parameters, given).length === 0;
};

/** Binds the arguments of a call; every fault is reported, and what could be bound is returned. */
export const bind = (
  cx: Context,
  callee: Callee,
  name: string,
  call: Call,
): readonly BoundArgument[] =>
  bindAt(cx, { callee, name, parameters: parametersOf(cx, callee, call), call });

/** The same where the parameters are known. */
export const bindAt = (cx: Context, site: Callsite): readonly BoundArgument[] => {
  const { callee, name, parameters, call } = site;
  const { given, strangers, faults } = fill(cx, site);
  for (const fault of faults) cx.report(fault());
  const foreign = strangers.filter((s) => isForeignArgument(callee, s, call.size?.span));
  if (callee?.tag === 'operator' && foreign.length > 0) {
    const words = usage(name, parameters);
    cx.report(foreignArguments(callee.row, call.span, given, foreign, cx.text, words));
  }
  const missing = lackingOf(parameters, given);
  // a mistyped name, which is reported, is the same mistake as the parameter that it left empty
  const meant = [
    ...(callee === undefined ? [] : meantBy(callee, foreign)),
    ...strangers.map(
      (s) => meantParameter(site, s.name) ?? (missing.length === 1 ? missing[0] : undefined),
    ),
  ];
  const missed = missing.filter((p) => !meant.includes(p));
  if (missed.length > 0) cx.report(lacks(site, missed));
  // unknown from here on, so that they are reported once
  const empty = missing.map((parameter) => ({ parameter, value: () => unknown, span: call.span }));
  return [...given, ...empty];
};

const lacks = (
  { callee, name, parameters, call, example }: Callsite,
  missed: readonly string[],
): Diagnostic => {
  const names = listed(missed.map((p) => `\`${p}\``));
  return error('E0304', call.span, `\`${name}\` lacks ${names}`, {
    label: `${names} must be given`,
    labels: declaredHere(callee),
    notes: [
      ...(example === undefined ? [] : [`write it as in \`${example}\``]),
      usage(name, parameters),
    ],
  });
};

const listed = (items: readonly string[]): string =>
  items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

/** What a definition passes on behind `..p`: every argument that does not fill one of its own parameters. */
export const restOf = (
  definition: Definition,
  given: readonly BoundArgument[],
): readonly BoundArgument[] => {
  const own = new Set(
    definition.parameters.flatMap((p) => (p.tag === 'parameter' ? [p.name.text] : [])),
  );
  return given.filter((g) => !own.has(g.parameter));
};
