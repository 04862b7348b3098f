/** A checked program. */
import type { TensorType } from '../../ops/types.ts';
import type { Source } from '../../syntax/source.ts';
import type { Definition, Expr, Tree, Rewrite } from '../../syntax/tree.ts';
import type { TypedNet } from '../net/typed.ts';
import type { Evaluation } from '../../protocol/evaluation.ts';
import type { Training } from '../../protocol/recipe.ts';
import type { DefSignature } from './signatures.ts';

/** A file of the program: its text and its tree. */
export type SourceFile = { readonly source: Source; readonly tree: Tree };

/** A call of a definition, as it is written. */
export type GivenCall = { readonly definition: Definition; readonly written: string };

/** A checked file, with all that it imports. */
export type Program = {
  readonly entry: string;
  readonly files: ReadonlyMap<string, SourceFile>;
  /** the nets that the entry file declares, in the order of the text */
  readonly nets: readonly TypedNet[];
  /** what the `train` declarations of the entry file say of nets, in the order of the text */
  readonly trainings: readonly Training[];
  /** its evaluations, likewise */
  readonly evaluations: readonly Evaluation[];
  /** of the definitions that the entry file declares, in the order of the text; computed on demand */
  readonly signatures: () => readonly DefSignature[];
  /** of one of them; undefined for any other definition */
  readonly signature: (d: Definition) => DefSignature | undefined;
  /**
   * What a layer would give on an input in the entry file; undefined where that is a mistake. What a call of a definition
   * gives is known as long as the definition stays the same, and is not read again.
   */
  readonly gives: (
    layer: () => Expr | undefined,
    input: TensorType,
    call?: GivenCall,
  ) => TensorType | undefined;
  /** those that the entry file declares or imports, by the name that it has there: `dense`, `r.dense` */
  readonly passes: () => {
    readonly byName: ReadonlyMap<string, Rewrite>;
    /** names that two imports bring, with the files they come from */
    readonly ambiguous: ReadonlyMap<string, readonly string[]>;
  };
};
