/** What an expression gives, compared with what its type says. */
import { error } from '../../diagnostic/diagnostic.ts';
import {
  sameAxis,
  sameChannels,
  sameType,
  showType,
  unknownType,
  type TensorType,
} from '../../ops/types.ts';
import type { Signature } from '../../syntax/tree.ts';
import { isPolynomial } from '../../size/channels.ts';
import { callLabels, type Context } from '../expr/context.ts';
import { isInside } from '../net/branch-fixes.ts';
import type { Incoming } from './incoming.ts';
import { stepBefore, through, traceOf } from '../net/trail.ts';
import type { Typed } from '../net/typed.ts';
import { mustAgree } from '../expr/trial.ts';
import { resultFixes } from './result-fixes.ts';
import { writtenOutput } from './written-type.ts';
import type { Scope } from '../expr/values.ts';

/** Compares what was found with what the type says. */
export const withOutput = (
  cx: Context,
  body: Typed,
  signature: Pick<Signature, 'output'>,
  scope: Scope,
  at: Incoming,
): Typed => {
  if (signature.output === undefined) return body;
  const declared = writtenOutput(cx, signature.output, body.output, scope);
  if (sameType(declared, body.output) || isOpen(cx, declared, body.output)) return body;
  const trail = through(at.trail, body);
  const last = stepBefore(trail) ?? body;
  const [gives, says] = [showType(body.output), showType(declared)];
  cx.report(
    error('E0206', signature.output.span, `the result is \`${gives}\`, not \`${says}\``, {
      label: `says \`${says}\``,
      labels: [{ span: last.span, message: `gives \`${gives}\`` }, ...callLabels(cx)],
      notes: traceOf(trail, cx.text),
      fixes: resultFixes(
        cx,
        { written: signature.output, declared, found: body.output, scope },
        isInside(last.span, body.span) ? last : undefined,
      ),
    }),
  );
  return { ...body, output: common(body.output, declared) };
};

/** Whether types differ only in channels that depend on parameters; each use checks whether these agree. */
const isOpen = (cx: Context, declared: TensorType, found: TensorType): boolean => {
  if (cx.trial === undefined || declared.tag === 'unknown' || found.tag === 'unknown') return false;
  if (!isPolynomial(declared.c) && !isPolynomial(found.c)) return false;
  if (!sameType({ ...declared, c: 'unknown' }, { ...found, c: 'unknown' })) return false;
  mustAgree(cx.trial, declared.c, found.c);
  return true;
};

/** The part on which two types agree; where they differ we cannot tell which was meant. */
const common = (a: TensorType, b: TensorType): TensorType => {
  if (a.tag === 'vector' && b.tag === 'vector') return { tag: 'vector', c: 'unknown' };
  if (a.tag !== 'map' || b.tag !== 'map') return unknownType;
  return {
    tag: 'map',
    h: sameAxis(a.h, b.h) ? a.h : 'unknown',
    w: sameAxis(a.w, b.w) ? a.w : 'unknown',
    c: sameChannels(a.c, b.c) ? a.c : 'unknown',
  };
};
