/** What an expression gives, compared with what its type says. */
import { error, replace } from '../diagnostic/diagnostic.ts';
import { sameType, showType } from '../ops/types.ts';
import type { Signature } from '../syntax/tree.ts';
import { callLabels, type Context } from './context.ts';
import type { Place } from './place.ts';
import type { Scope } from './scope.ts';
import { sizeTrace, type Trail } from './trail.ts';
import type { Typed } from './typed.ts';
import { writtenOutput } from './written.ts';

/** Compares what was found with what the type says. */
export const withOutput = (
  cx: Context,
  body: Typed,
  signature: Pick<Signature, 'output'>,
  scope: Scope,
  at: Place,
): Typed => {
  if (signature.output === undefined) return body;
  const declared = writtenOutput(cx, signature.output, body.output, scope);
  if (sameType(declared, body.output)) return body;
  const trail: Trail = { step: body, before: at.trail };
  cx.report(
    error(
      'E0206',
      signature.output.span,
      `the result is \`${showType(body.output)}\`, not \`${showType(declared)}\``,
      {
        label: `says \`${showType(declared)}\``,
        labels: [
          { span: body.span, message: `gives \`${showType(body.output)}\`` },
          ...callLabels(cx),
        ],
        notes: [sizeTrace(trail, cx.text)],
        fixes: [
          replace(
            `write \`${showType(body.output)}\``,
            signature.output.span,
            showType(body.output),
          ),
        ],
      },
    ),
  );
  return { ...body, output: declared };
};
