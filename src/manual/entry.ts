/** An entry of the manual: what is not an operator, a pass or a code, which have documentation of their own. */
export type Entry = {
  /** what a person asks for, the usual word first */
  readonly names: readonly [string, ...string[]];
  readonly form: string; // how it is written, `assert FACT`
  readonly doc: string; // Markdown; its first sentence stands in lists
  readonly examples: readonly [string, string]; // whole programs without errors
  readonly more: string; // the heading in docs/language.md under which there is more
};
