/** Words of a program with their arguments, before anything comes in. */
import type { Meaning, Scope } from '../expr/values.ts';
import type { Row } from '../../ops/table.ts';
import type { Args } from '../../ops/params.ts';
import type { Standing } from '../expr/stand-ins.ts';
import type { Definition } from '../../syntax/tree.ts';

/**
 * What a word with its arguments means at its place, whatever the input. Long programs have many, so each holds what
 * applying it needs and no more; `text` is the word as in the names of weights.
 */
export type ResolvedCall =
  | {
      readonly tag: 'operator';
      readonly text: string;
      readonly row: Row;
      readonly args: Args | undefined;
      /** what stands in the arguments, in a trial */
      readonly standing: Standing | undefined;
    }
  /** `call` is the scope of the body; undefined when calls nest too deep */
  | {
      readonly tag: 'definition';
      readonly text: string;
      readonly definition: Definition;
      readonly call: Scope | undefined;
    }
  | { readonly tag: 'other'; readonly meaning: Meaning };
