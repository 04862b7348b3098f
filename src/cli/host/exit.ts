/** Exit codes of the command line contract, and which faults lead to them. */
import type { Code } from '../../diagnostic/codes.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';

/** The codes with which netc ends, as shells see them. */
export const exit = {
  fine: 0,
  faulty: 1, // the program, the model or its data
  usage: 2,
  environment: 3, // no engine, no memory, no room on the disk, no data
  bug: 70,
  hungUp: 129, // 128 and the number of the signal, as shells have it
  interrupted: 130,
  terminated: 143,
} as const;

/** One of these codes. */
export type Exit = (typeof exit)[keyof typeof exit];

/** The signals that ask for an end, Ctrl-C, `kill` without an option, and a terminal that is closed; the code of each. */
export const endings = {
  SIGINT: exit.interrupted,
  SIGTERM: exit.terminated,
  SIGHUP: exit.hungUp,
} as const;

/** One of these signals. */
export type Ending = keyof typeof endings;

/** Faults of the machine, not of the program: the same command would work elsewhere. */
const environmental: ReadonlySet<Code> = new Set([
  ...(['E0509', 'E0701', 'E0702', 'E0703', 'E0704', 'E0706', 'E0965'] as const),
  ...(['E0711', 'E0712', 'E0713', 'E0714', 'E0715', 'E0716'] as const),
  ...(['E0901', 'E0942', 'E0943'] as const),
]);

/** Names in a command that do not exist: the mistake can only be mended at the command line. */
const mistyped: ReadonlySet<Code> = new Set(['E0316', 'E0801', 'E0950']);

/** Files that only the command line names. */
const ofCommandLine: ReadonlySet<Code> = new Set(['E0511']);

/** `atCommandLine` says that names were given there and not in a source. */
export const exitFor = (found: readonly Diagnostic[], atCommandLine = false): Exit => {
  const errors = found.filter((d) => d.severity === 'error');
  if (errors.length === 0) return exit.fine;
  if (errors.every((d) => environmental.has(d.code))) return exit.environment;
  const isMistyped = ({ code }: Diagnostic): boolean =>
    ofCommandLine.has(code) || (atCommandLine && mistyped.has(code));
  return errors.every(isMistyped) ? exit.usage : exit.faulty;
};
