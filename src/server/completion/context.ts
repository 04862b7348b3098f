/** What a place of a text asks for. */
export type Context =
  /** a comment, a number, a place for a new name */
  | { readonly tag: 'nothing' }
  /** between declarations */
  | { readonly tag: 'declaration' }
  /** in quotes, after `import`, or where those are still to be written */
  | { readonly tag: 'path'; readonly written: string | undefined; readonly start: number }
  /** behind the path of an import */
  | { readonly tag: 'imported' }
  /** in the brackets of an import of `from` */
  | { readonly tag: 'picked'; readonly from: string }
  /** where a rule may begin; its layers may go on, too */
  | { readonly tag: 'rule'; readonly orLayer: boolean }
  /** a number of a rule, but not the name that is being given */
  | { readonly tag: 'variable'; readonly except: string | undefined }
  /** `kernel =` of a new layer of a rule */
  | { readonly tag: 'weight'; readonly callee: string; readonly given: readonly string[] }
  /** what a weight of a new layer is computed from */
  | { readonly tag: 'weighing' }
  /** a type in a head; `within` is what stands behind its open bracket */
  | {
      readonly tag: 'type';
      readonly side: 'input' | 'output';
      readonly within: string | undefined;
    }
  /** after `@` */
  | { readonly tag: 'remembered' }
  /** after `r.` */
  | { readonly tag: 'member'; readonly module: string }
  /** `behind` is the end of a layer in the same line, where its `;` is still to be written, or `next` */
  | { readonly tag: 'layer'; readonly behind?: number; readonly next?: string }
  /** behind the condition of an `if` */
  | { readonly tag: 'condition' }
  /** the type of a layer, behind its `:` or `->` */
  | { readonly tag: 'ascribed'; readonly side: 'input' | 'output' }
  /** behind the name of a definition, its parameters, or a type of its head */
  | {
      readonly tag: 'opening';
      readonly of: 'net' | 'def';
      readonly has: 'name' | 'parameters' | 'input' | 'output';
    }
  /** the value that a parameter has when none is given */
  | { readonly tag: 'default'; readonly parameter: string }
  /** a number: after `-` or `/` of paper notation, whose beginning `call` is, in a type, or behind `where`, but not the name itself */
  | { readonly tag: 'number'; readonly call?: string; readonly except?: string }
  /** in the brackets of a call; `parameter` is the one behind whose `=` the cursor is */
  | {
      readonly tag: 'argument';
      readonly callee: string;
      /** the call as it is written up to this argument */
      readonly call: string;
      readonly given: readonly string[];
      /** arguments without a name before this one */
      readonly index: number;
      readonly parameter: string | undefined;
      /** the clause that the call is a value of */
      readonly clause: string | undefined;
    }
  /** the word of a clause */
  | { readonly tag: 'clause'; readonly of: 'train' | 'eval' }
  /** a value of a clause */
  | { readonly tag: 'form'; readonly of: 'train' | 'eval'; readonly clause: string }
  /** layers that are chosen, `first 4 conv`: what stands there of one of them, without `all but` */
  | { readonly tag: 'selection'; readonly words: readonly string[]; readonly ofSource: boolean }
  /** a net, a recipe, or weights, in the head of `train` or `eval` */
  | { readonly tag: 'head'; readonly of: 'train' | 'eval'; readonly after: ':' | 'from' | 'with' }
  /** behind a part of that head */
  | {
      readonly tag: 'heading';
      readonly of: 'train' | 'eval';
      readonly has: 'name' | 'net' | 'from' | 'with';
    }
  /** after `with` of a pass */
  | { readonly tag: 'pass' }
  /** behind the name of a pass, or its `when` */
  | { readonly tag: 'passing'; readonly has: 'name' | 'when' }
  /** a fact or a number; `compared` is what stands before the sign */
  | { readonly tag: 'assertion'; readonly compared?: string }
  /** behind what is to be compared */
  | { readonly tag: 'comparison' };
