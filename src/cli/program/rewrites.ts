/**
 * Reports what passes did to a net: a line for each given pass, and with `--trace rewrite` one for each match, those of
 * the source first.
 */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf, type Checked } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { plural } from '../../numeric/figures.ts';
import { identity } from '../../ops/roles.ts';
import { passesOfNet, traceOfNet } from '../../typecheck/net/variants.ts';
import { lineStarts, positionAt, type Span } from '../../syntax/source.ts';
import type { Name } from '../../syntax/tree.ts';
import type { Passes } from './passes.ts';
import type { Io } from '../host/io.ts';
import { tell } from './report.ts';
import { renamed } from './shown-paths.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { text } from '../../report/table.ts';
import type { TraceEvent } from '../../graph/trace.ts';

/** What phases made of a net, or what is wrong, with files named as the user knows them. Hints are printed. */
export const resultFor = <A>(
  io: Io,
  result: Checked<A>,
  { shown, sources }: Passes,
): Or<readonly Diagnostic[], A> => {
  const made = resultOf(result);
  const found = diagnosticsOf(result).map((d) => renamed(d, shown));
  if (made === undefined) return Either.left(found);
  tell(io, found, sources);
  return Either.right(made);
};

/** Where a span begins, `path:line:column` from 1, as in diagnostics. */
type Locate = (span: Span) => string;

const locatorOf = ({ sources, shown }: Passes): Locate => {
  const starts = new Map<string, readonly number[]>();
  return ({ path, start }) => {
    const name = shown(path);
    const source = sources.get(name);
    if (source === undefined) return name;
    const known = starts.get(name) ?? lineStarts(source.text);
    starts.set(name, known);
    const { line, character } = positionAt(known, start);
    return `${name}:${line + 1}:${character + 1}`;
  };
};

const operators = (names: readonly string[]): string =>
  names.length === 0 ? identity.name : names.join(', ');

/** `vgg.net:3:5: D/conv1: conv, batchnorm => conv by fold_batchnorm.conv, passes/fold-batchnorm.net:7:3` */
const lineOf = (event: TraceEvent, locate: Locate): string => {
  const { pass, rule, source, layer, matched, replacement } = event;
  const change = `${operators(matched)} => ${operators(replacement)}`;
  return `${locate(source)}: ${layer}: ${change} by ${pass}.${rule}, ${locate(event.place)}`;
};

/** The outcome of one pass, found by its file too, because two files may have passes of one name. */
const outcome = (
  net: TypedNet,
  { text: pass, span }: Name,
  trace: readonly TraceEvent[],
): string => {
  const own = trace.filter((event) => event.pass === pass && event.place.path === span.path);
  const done = own.length === 0 ? 'has nothing to do' : `applied ${plural(own.length, 'time')}`;
  return `${net.name}: ${pass} ${done}`;
};

/** Reports passes that the source applies, `net Dense = fc_to_conv(D)`: each match, then their number. */
const inSource = (net: TypedNet, locate: Locate): readonly string[] => {
  const trace = traceOfNet(net);
  const passes = [...new Set(passesOfNet(net))];
  return [
    ...trace.map((event) => lineOf(event, locate)),
    ...passes.map(({ name }) => `${outcome(net, name, trace)} in the source`),
  ];
};

/** The default passes that have changed a net, in a line; those that were given report themselves. */
const byDefault = (
  net: TypedNet,
  { all, asked }: Passes,
  trace: readonly TraceEvent[],
): readonly string[] => {
  const done = all.filter(
    ({ name, span }) =>
      !asked.some((pass) => pass.name === name && pass.span.path === span.path) &&
      trace.some((event) => event.pass === name && event.place.path === span.path),
  );
  const names = [...new Set(done.map(({ name }) => name))].join(', ');
  return done.length === 0
    ? []
    : [`${net.name}: changed by default, too: ${names}; --no-default-passes leaves this out`];
};

/** Prints to stderr. Of default passes each match is reported if all are (`every`), else their names beside given ones. */
export const tellRewrites = (
  io: Io,
  net: TypedNet,
  passes: Passes,
  trace: readonly TraceEvent[],
  every: boolean,
): void => {
  const locate = locatorOf(passes);
  const named = new Map(
    (every ? passes.all : passes.asked).map((p) => [`${p.span.path} ${p.name}`, p]),
  );
  const matches = every ? trace.map((event) => lineOf(event, locate)) : [];
  const before = every ? inSource(net, locate) : [];
  const outcomes = Array.from(named.values(), ({ name, span }) =>
    outcome(net, { text: name, span }, trace),
  );
  const others = every || passes.asked.length === 0 ? [] : byDefault(net, passes, trace);
  io.err(text([...before, ...matches, ...outcomes, ...others]));
};
