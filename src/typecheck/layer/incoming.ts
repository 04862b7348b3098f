/** What a layer meets where it is applied. */
import type { TensorType } from '../../ops/types.ts';
import type { Scope } from '../expr/values.ts';
import type { Trail } from '../net/trail.ts';

/** The names in scope, the type of the input, and the trail of that input. */
export type Incoming = { readonly scope: Scope; readonly input: TensorType; readonly trail: Trail };
