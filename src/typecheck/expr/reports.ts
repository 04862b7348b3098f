/** The faults that a check finds, each once: reported now, or held back with the result that they belong to. */
import type { Diagnostic, Edit, Fix } from '../../diagnostic/diagnostic.ts';

/** A result with what was reported on the way to it. */
export type Reported<A> = { readonly value: A; readonly reports: readonly Diagnostic[] };

/** The reports of a check. */
export type Reports = {
  readonly report: (d: Diagnostic) => void;
  readonly found: () => readonly Diagnostic[];
  /** Whether an error has been reported, and not only held back. */
  readonly hasErrors: () => boolean;
  /** Whether a fault has ended the check, so that much may not have been looked at. */
  readonly isOver: () => boolean;
  /** Takes a step and keeps its reports back: for `replay`, or for nobody. */
  readonly quietly: <A>(step: () => A) => Reported<A>;
  /** The result, with its reports made now. */
  readonly replay: <A>(kept: Reported<A>) => A;
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
type Faults = { readonly found: Diagnostic[]; readonly places: Map<string, number> };

const noFaults = (): Faults => ({ found: [], places: new Map() });

const sameEdit = (a: Edit, b: Edit): boolean =>
  a.newText === b.newText && a.span.path === b.span.path && a.span.start === b.span.start;

/** A fix with what else the same fix changes, for another call of the same body. */
const merged = (fix: Fix, others: readonly Fix[]): Fix => {
  const more = others
    .filter(({ title }) => title === fix.title)
    .flatMap(({ edits }) => edits)
    .filter((edit) => !fix.edits.some((own) => sameEdit(own, edit)));
  return more.length === 0 ? fix : { ...fix, edits: [...fix.edits, ...more] };
};

/** A body may be at fault at several calls: that is one message, whose fixes mend all of them. */
const addAgain = ({ found }: Faults, place: number, d: Diagnostic): void => {
  if (d.fixes.length === 0) return;
  const before = found[place]!;
  found[place] = { ...before, fixes: before.fixes.map((fix) => merged(fix, d.fixes)) };
};

const add = (faults: Faults, d: Diagnostic, mayAdd: (d: Diagnostic) => boolean): void => {
  const { found, places } = faults;
  const key = identity(d);
  const place = places.get(key);
  if (place !== undefined) return addAgain(faults, place, d);
  if (!mayAdd(d)) return;
  places.set(key, found.push(d) - 1);
};

const none: readonly Diagnostic[] = [];

/** Nothing is found yet. `mayReport` is asked before each fault but those that end the check. */
export const newReports = (mayReport: (d: Diagnostic) => boolean): AllReports => {
  const all = noFaults();
  let isOver = false;
  let hasErrors = false;
  /** the faults of the step under way; made for the first of them, for most steps have none */
  let listening: { faults: Faults | undefined } | undefined;

  const report = (d: Diagnostic): void => {
    if (listening !== undefined) return add((listening.faults ??= noFaults()), d, () => true);
    hasErrors ||= d.severity === 'error';
    add(all, d, mayReport);
  };

  return {
    report,
    insist: (d) => {
      isOver = true;
      add(all, d, () => true);
    },
    found: () => all.found,
    hasErrors: () => hasErrors,
    isOver: () => isOver,
    quietly: (step) => {
      const outer = listening;
      const own: NonNullable<typeof listening> = { faults: undefined };
      listening = own;
      try {
        const value = step();
        return { value, reports: own.faults?.found ?? none };
      } finally {
        listening = outer;
      }
    },
    replay: ({ value, reports }) => {
      reports.forEach(report);
      return value;
    },
  };
};
