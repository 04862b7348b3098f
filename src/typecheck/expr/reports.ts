/** The faults that a check finds, each once: reported now, or held back with the result that they belong to. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';

/** A result with what was reported on the way to it. */
export type Heard<A> = { readonly value: A; readonly heard: readonly Diagnostic[] };

/** The reports of a check. */
export type Reports = {
  readonly report: (d: Diagnostic) => void;
  readonly found: () => readonly Diagnostic[];
  /** Takes a step and holds its reports back; `tell` may report them later. */
  readonly heard: <A>(step: () => A) => Heard<A>;
  /** The result, with its reports made now. */
  readonly tell: <A>(kept: Heard<A>) => A;
};

/** The reports, for what ends the check. */
export type AllReports = Reports & {
  /** Reports a fault that cannot be held back. */
  readonly insist: (d: Diagnostic) => void;
};

/** One mistake gives one message: a second fault of the same kind at the same place is the same mistake. */
const identity = (d: Diagnostic): string =>
  `${d.code} ${d.primary.span.path} ${d.primary.span.start} ${d.primary.span.end}`;

/** A list of faults, each once. */
type Faults = { readonly found: Diagnostic[]; readonly seen: Set<string> };

const noFaults = (): Faults => ({ found: [], seen: new Set() });

const add = ({ found, seen }: Faults, d: Diagnostic): void => {
  if (seen.has(identity(d))) return;
  seen.add(identity(d));
  found.push(d);
};

const none: readonly Diagnostic[] = [];

/** Nothing is found yet. */
export const newReports = (): AllReports => {
  const all = noFaults();
  /** the faults of the current step; made for the first fault, because most steps have none */
  let listening: { heard: Faults | undefined } | undefined;

  const report = (d: Diagnostic): void =>
    add(listening === undefined ? all : (listening.heard ??= noFaults()), d);

  return {
    report,
    insist: (d) => add(all, d),
    found: () => all.found,
    heard: (step) => {
      const outer = listening;
      const own: NonNullable<typeof listening> = { heard: undefined };
      listening = own;
      try {
        const value = step();
        return { value, heard: own.heard?.found ?? none };
      } finally {
        listening = outer;
      }
    },
    tell: ({ value, heard }) => {
      heard.forEach(report);
      return value;
    },
  };
};
