/** `netc verify FILE…`: every rule of a pass on many small nets, both sides computed, and its types proved. */
import * as E from 'fp-ts/lib/Either.js';
import { resultOf, diagnosticsOf, hasErrors, andThen } from '../../diagnostic/checked.ts';
import { operatorWords } from '../../ops/words.ts';
import { parse } from '../../parser/parse.ts';
import { passesOf } from '../../rewrite/rule/compile.ts';
import { verify as verifyPass, type RuleReport } from '../../rewrite/verify/verify.ts';
import { sameFault, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { thousands, plural } from '../../numeric/figures.ts';
import { startOf, type Sources } from '../../syntax/source.ts';
import { allowedIn } from '../../typecheck/program/allowed.ts';
import { importFault } from '../../typecheck/program/modules.ts';
import { diskFiles, locate } from '../program/disk.ts';
import { exit, exitFor, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { renamed } from '../program/shown-paths.ts';
import { tell } from '../program/report.ts';
import { lines, ruled } from '../../report/table.ts';

type VerifyOptions = {
  readonly instances: number | undefined;
  readonly seed: number | undefined;
  readonly deep: boolean;
};

const usual = 1000;
const deep = 10_000;

/** The verdict on a rule. Numbers are not compared for a structural rule. */
const verdict = ({ found, fired, soundness }: RuleReport): string =>
  found.some((d) => d.code === 'E0816')
    ? 'never ends'
    : found.some((d) => d.severity === 'error')
      ? 'wrong'
      : fired === 0
        ? 'never fired'
        : soundness === 'structural'
          ? 'sizes hold'
          : 'holds';

/** `proved` for all sizes and parameters, or on how many nets both sides were seen to have one type. */
const typesOf = ({ types, compared }: RuleReport): string =>
  types.tag === 'proved' ? 'proved' : plural(compared, 'net');

/** Why types are not proved, and where they were compared instead. */
const unproved = (reports: readonly RuleReport[]): readonly string[] =>
  reports.flatMap(({ rule, types, compared, fixed }) =>
    types.tag === 'proved' || compared === 0
      ? []
      : [
          `the types of ${rule} are not proved: ${types.why}`,
          `  they agree on ${plural(compared, 'net')}${fixed === 0 ? ', for every height and width' : `, on ${thousands(fixed)} of them for one size only`}`,
        ],
  );

const showReports = (reports: readonly RuleReport[]): string =>
  lines(
    ...ruled(
      [
        ['pass', 'rule', 'nets', 'fired', 'types', 'verdict'],
        ...reports.map((r) => [
          ...[r.pass, r.rule, thousands(r.made), thousands(r.fired)],
          ...[typesOf(r), verdict(r)],
        ]),
      ],
      ['left', 'left', 'right', 'right', 'left', 'left'],
    ),
    ...unproved(reports),
  );

/** The results of one file; its reports are shown with those of the others. */
type Verified = {
  readonly reports: readonly RuleReport[];
  readonly found: readonly Diagnostic[];
  readonly sources: Sources;
};

const verifyFile = (file: string, given: VerifyOptions, io: Io): E.Either<Exit, Verified> => {
  const { root, entry, shown } = locate(io.cwd, file);
  const source = diskFiles(root).read(entry);
  if (E.isLeft(source)) {
    const fault = importFault(source.left, startOf(file), file);
    tell(io, [fault]);
    return E.left(exitFor([fault]));
  }
  const sources = new Map([[shown(entry), { ...source.right, path: shown(entry) }]]);
  const compiled = andThen(parse(source.right, operatorWords), passesOf);
  tell(
    io,
    diagnosticsOf(compiled).map((d) => renamed(d, shown)),
    sources,
  );
  if (hasErrors(compiled)) return E.left(exit.faulty);
  const instances = given.instances ?? (given.deep ? deep : usual);
  const options = { instances, ...(given.seed === undefined ? {} : { seed: given.seed }) };
  const reports = (resultOf(compiled) ?? []).flatMap((pass) => {
    io.progress(`verifying ${pass.name}`);
    return verifyPass(pass, options);
  });
  io.progress('');
  if (reports.length === 0) io.err(lines(`no rules in ${file}`));
  const allowed = allowedIn(source.right);
  const found = reports
    .flatMap((r) => r.found.filter((d) => !allowed(d)))
    .map((d) => renamed(d, shown));
  return E.right({ reports, found, sources });
};

/** An endless pass is found with every one of its rules, and reported once. */
const eachOnce = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
  found.filter((d, i) => found.findIndex((other) => sameFault(d, other)) === i);

/** Prints one table for all files, and the faults of their rules below it. */
export const verify = async (
  files: readonly string[],
  given: VerifyOptions,
  io: Io,
): Promise<Exit> => {
  const results = files.map((file) => verifyFile(file, given, io));
  const verified = results.flatMap((r) => (E.isRight(r) ? [r.right] : []));
  const reports = verified.flatMap((v) => v.reports);
  if (reports.length > 0) io.out(showReports(reports));
  const found = eachOnce(verified.flatMap((v) => v.found));
  tell(io, found, new Map(verified.flatMap((v) => [...v.sources])));
  const [unread] = results.flatMap((r) => (E.isLeft(r) ? [r.left] : []));
  return unread ?? (found.some((d) => d.severity === 'error') ? exit.faulty : exit.fine);
};
