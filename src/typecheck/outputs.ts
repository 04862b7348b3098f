/** What an expression gives, compared with what its type says. */
import { error, replace } from '../diagnostic/diagnostic.ts';
import { sameType, showType } from '../ops/types.ts';
import type { Signature } from '../syntax/tree.ts';
import { callLabels, type Context } from './context.ts';
import type { Place } from './place.ts';
import type { Scope } from './scope.ts';
import { stepBefore, through, traceOf } from './trail.ts';
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
  const trail = through(at.trail, body);
  const last = stepBefore(trail) ?? body;
  const [gives, says] = [showType(body.output), showType(declared)];
  cx.report(
    error('E0206', signature.output.span, `the result is \`${gives}\`, not \`${says}\``, {
      label: `says \`${says}\``,
      labels: [{ span: last.span, message: `gives \`${gives}\`` }, ...callLabels(cx)],
      notes: traceOf(trail, cx.text),
      // in a definition another call may give another size
      fixes:
        cx.calls.length > 0 ? [] : [replace(`write \`${gives}\``, signature.output.span, gives)],
    }),
  );
  return { ...body, output: declared };
};
