/** `netc verify FILE…`: every rule of a pass on many small nets, both sides computed. */
import { valueOf, diagnosticsOf, hasErrors, andThen } from '../diagnostic/checked.ts';
import * as Either from 'fp-ts/lib/Either.js';
import { parse } from '../parser/parse.ts';
import { passesOf } from '../rewrite/compile.ts';
import { verify as verifyPass, type RuleReport } from '../rewrite/verify.ts';
import { error } from '../diagnostic/diagnostic.ts';
import { startOf } from '../syntax/source.ts';
import { diskFiles, locate } from './disk.ts';
import { exit, exitFor, type Exit } from './exit.ts';
import type { Io } from './io.ts';
import { renamed } from './renamed.ts';
import { tell } from './report.ts';
import { lines, ruled } from './table.ts';

type Given = {
  readonly instances: number | undefined;
  readonly seed: number | undefined;
  readonly deep: boolean;
};

const usual = 1000;
const deep = 10_000;

const verdict = ({ found, fired }: RuleReport): string =>
  found.some((d) => d.severity === 'error') ? 'wrong' : fired === 0 ? 'never fired' : 'holds';

/** For which images both sides were seen to have one type; in brackets on how many nets. */
const typesOf = ({ everySize, fixed }: RuleReport): string =>
  [
    ...(everySize === 0 ? [] : [`every size (${everySize})`]),
    ...(fixed === 0 ? [] : [`fixed sizes (${fixed})`]),
  ].join(', ');

const showReports = (reports: readonly RuleReport[]): string =>
  lines(
    ...ruled(
      [
        ['pass', 'rule', 'nets', 'fired', 'one type for', ''],
        ...reports.map((r) => [
          ...[r.pass, r.rule, String(r.made), String(r.fired)],
          ...[typesOf(r), verdict(r)],
        ]),
      ],
      ['left', 'left', 'right', 'right', 'left', 'left'],
    ),
  );

const verifyFile = (file: string, given: Given, io: Io): Exit => {
  const { root, entry, shown } = locate(io.cwd, file);
  const source = diskFiles(root).read(entry);
  if (Either.isLeft(source)) {
    const { code, message, notes = [] } = source.left;
    const fault = error(code, startOf(file), `\`${file}\` ${message}`, { notes });
    tell(io, [fault]);
    return exitFor([fault]);
  }
  const sources = new Map([[shown(entry), { ...source.right, path: shown(entry) }]]);
  const compiled = andThen(parse(source.right), passesOf);
  tell(
    io,
    diagnosticsOf(compiled).map((d) => renamed(d, shown)),
    sources,
  );
  if (hasErrors(compiled)) return exit.faulty;
  const instances = given.instances ?? (given.deep ? deep : usual);
  const options = { instances, ...(given.seed === undefined ? {} : { seed: given.seed }) };
  const reports = (valueOf(compiled) ?? []).flatMap((pass) => {
    io.progress(`verifying ${pass.name}`);
    return verifyPass(pass, options);
  });
  io.progress('');
  if (reports.length === 0) io.err(lines(`${file}: no rules`));
  else io.out(showReports(reports));
  const found = reports.flatMap((r) => r.found).map((d) => renamed(d, shown));
  tell(io, found, sources);
  return found.some((d) => d.severity === 'error') ? exit.faulty : exit.fine;
};

export const verify = async (files: readonly string[], given: Given, io: Io): Promise<Exit> =>
  files
    .map((file) => verifyFile(file, given, io))
    .reduce<Exit>((worst, code) => (worst === exit.fine ? code : worst), exit.fine);
