/** A broken invariant of netc itself, never a mistake of its user; the top level asks for a report. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** For the `default` of a switch over a union: does not compile while a case is missing. */
export const absurd = (value: never): never => {
  throw new Bug(`unexpected ${JSON.stringify(value)}`);
};
