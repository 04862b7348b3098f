/** What a layer meets where it is applied. */
import type { TensorType } from '../../ops/types.ts';
import type { Scope } from '../expr/values.ts';
import type { Trail } from '../net/trail.ts';

/** The names it sees, what comes in, and what that went through. */
export type Place = { readonly scope: Scope; readonly input: TensorType; readonly trail: Trail };
