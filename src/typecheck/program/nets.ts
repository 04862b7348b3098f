/** Nets on the input that they declare. */
import * as E from 'fp-ts/lib/Either.js';
import { error } from '../../diagnostic/diagnostic.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Definition, Expr } from '../../syntax/tree.ts';
import { throughGroups } from '../../syntax/walk.ts';
import { callScope, seenAtEnd } from '../expr/bodies.ts';
import { evaluateFlag } from '../expr/evaluate.ts';
import { resolve } from '../expr/names.ts';
import { lacking } from '../expr/parameters.ts';
import type { Reported } from '../expr/reports.ts';
import { freshFrame } from '../expr/scope.ts';
import type { BoundArgument, Scope, Value } from '../expr/values.ts';
import { apply } from '../layer/apply.ts';
import { calledNet, settled } from '../layer/called-nets.ts';
import type { LayerContext } from '../layer/context.ts';
import type { Incoming } from '../layer/incoming.ts';
import { declaredInput } from '../layer/input-type.ts';
import { withOutput } from '../layer/output-type.ts';
import { tooRarely } from '../layer/shape-faults.ts';
import { checkPromise } from '../layer/size-promise.ts';
import type { VariantOf } from '../layer/variant-layer.ts';
import { isVariant } from '../layer/variant.ts';
import { admissibleOf } from '../net/admissible.ts';
import { writtenOut, type WrittenOut } from '../net/flat.ts';
import { countParts } from '../net/flow.ts';
import { numeral } from '../net/formulas.ts';
import { extrasOf } from '../net/side-outputs.ts';
import type { Admissible, Typed, TypedNet } from '../net/typed.ts';
import { channelsFirst } from './channels-first.ts';
import { withNearest } from './nearest-sizes.ts';

/** A net on its declared input, with these arguments and its defaults. Undefined when one is lacking. */
export const checkNet = (
  cx: LayerContext,
  variantOf: VariantOf,
  net: Definition,
  scope: Scope,
  given: readonly BoundArgument[],
): TypedNet | undefined => {
  if (lacking(cx, net, given).length > 0) return undefined;
  const callee = { tag: 'definition', definition: net, scope } as const;
  const call = callScope(cx, callee, given, net.name.span);
  if (call === undefined) return undefined;
  const typed = isVariant(cx, net.body, call)
    ? variantOf(net, call)?.net
    : declaredNet(cx, net, call);
  if (typed === undefined) return undefined;
  const { span } = net.name;
  const mayFollow = cx.spend(span, countParts(typed.body) * stepCosts.part);
  const admissible = mayFollow ? cx.within(span, () => admit(cx, net, typed)) : undefined;
  return { ...typed, admissible };
};

type Declared = {
  readonly type: TensorType;
  /** the body sees the sizes that the net's own type names; undefined when the type is another net's */
  readonly scope: Scope | undefined;
};

const declaredNet = (cx: LayerContext, net: Definition, call: Scope): TypedNet | undefined => {
  const declared = declaredBy(cx, net, call);
  return declared && netOn(cx, net, call, declared);
};

const netOn = (cx: LayerContext, net: Definition, call: Scope, declared: Declared): TypedNet => {
  const input = declared.type;
  const first = net.signature && channelsFirst(input, net.signature.input, cx.text);
  if (first !== undefined) cx.report(first);
  const on = (type: TensorType): Incoming => ({
    scope: freshFrame(declared.scope ?? call),
    input: type,
    trail: { start: type },
  });
  const attempt = (type: TensorType): Reported<Typed> =>
    cx.quietly(() => apply(cx, net.body, on(type)));
  const place = on(input);
  const { scope } = place;
  const kept = cx.quietly(() => apply(cx, net.body, place));
  const reports = withNearest(kept.reports, input, net.signature, attempt);
  const applied = cx.replay({ ...kept, reports });
  const body = oneCall(
    net.body,
    net.signature === undefined
      ? applied
      : withOutput(cx, applied, net.signature, seenAtEnd(cx, net.body, scope), place),
  );
  const name = net.name.text;
  const extras = extrasOf(body) ?? placedExtras(cx, { name, input, body });
  checkParams(cx, net, body.totals.params);
  const { doc } = net;
  const span = net.name.span;
  return { name, doc, span, input, output: body.output, extras, body, admissible: undefined };
};

/** The input that a net declares. A net without a type is a call of another net, and has its input. */
const declaredBy = (cx: LayerContext, net: Definition, call: Scope): Declared | undefined => {
  if (net.signature !== undefined) return declaredInput(cx, net.signature.input, freshFrame(call));
  const seen = settled(cx, net.body, call);
  const called = calledNet(cx, seen);
  if (called !== undefined) {
    const { definition, scope, given } = called;
    const callee = { tag: 'definition', definition, scope } as const;
    const theirs = callScope(cx, callee, given, net.name.span);
    const declared = theirs && cx.calling(seen.expr.span, () => declaredBy(cx, definition, theirs));
    return declared && { type: declared.type, scope: undefined };
  }
  const { expr, scope } = seen;
  if (expr.tag === 'if' && evaluateFlag(cx, expr.condition, scope) === undefined) return undefined;
  const value = expr.tag === 'chain' ? resolve(cx, expr, scope).value : undefined;
  reportUntyped(cx, net, value);
  return undefined;
};

const reportUntyped = (cx: LayerContext, net: Definition, value: Value | undefined): void => {
  if (value?.tag === 'unknown') return;
  cx.report(
    value?.tag === 'rewrite'
      ? error(
          'E0802',
          net.body.span,
          `the pass \`${value.pass.name.text}\` is not applied to a net`,
          {
            label: `\`${value.pass.name.text}(D)\` rewrites the net \`D\``,
          },
        )
      : error(
          'E0207',
          net.name.span,
          `the net \`${net.name.text}\` does not state its input type`,
          {
            label: 'has no type',
            notes: [
              `write its type: \`net ${net.name.text} : [224, 224, 3] -> [1000]\``,
              'only a net defined as a call of another net may leave it out',
            ],
          },
        ),
  );
};

/** A net that is one call has that call's paths. */
const oneCall = (body: Expr, typed: Typed): Typed =>
  throughGroups(body).tag === 'chain' && typed.tag === 'folder' ? typed.body : typed;

/** The side outputs of a net, found by writing it out, because two of its names may clash. */
const placedExtras = (
  cx: LayerContext,
  net: Pick<TypedNet, 'name' | 'input' | 'body'>,
): TypedNet['extras'] => {
  const { outputs, layers, clashes } = writtenOut(net);
  reportClashes(cx, clashes);
  return outputs.slice(1).map(({ name, id }) => ({
    name,
    type: id === 0 ? net.input : layers[id - 1]!.output,
  }));
};

/** When a side output is written twice its layers clash too; that is the same mistake. */
const reportClashes = (cx: LayerContext, clashes: WrittenOut['clashes']): void => {
  const ofOutputs = clashes.filter(({ of }) => of === 'output');
  const ofLayers = clashes.filter(({ of }) => of === 'layer');
  for (const { of, path, first, span } of [...ofOutputs, ...ofLayers])
    cx.report(
      first === undefined
        ? error('E0313', span, `\`${path}\` is the name of the main output`, {
            label: 'needs another name',
          })
        : error('E0313', span, `two ${of}s are called \`${path}\``, {
            label: 'the second',
            labels: [{ span: first, message: 'the first' }],
            notes:
              of === 'layer'
                ? [
                    'weights are stored under these names, so a label must differ from the names beside it',
                  ]
                : [],
          }),
    );
};

const checkParams = (cx: LayerContext, net: Definition, params: number): void => {
  if (params <= cx.limits.params) return;
  const many = Number.isSafeInteger(params) ? numeral(params) : `about ${params.toExponential(1)}`;
  cx.report(
    error('E0215', net.name.span, `\`${net.name.text}\` has ${many} parameters`, {
      label: `at most ${numeral(cx.limits.params)} are allowed`,
    }),
  );
};

// ----------------------------------------------------------------------------------- admissible sizes

const admit = (cx: LayerContext, net: Definition, typed: TypedNet): Admissible | undefined => {
  const mayKeep = (entries: number): boolean => cx.spend(net.name.span, entries * stepCosts.entry);
  const admission = admissibleOf(typed, mayKeep);
  // without steps the report is that none are left
  if (admission === undefined || !mayKeep(0)) return undefined;
  if (E.isLeft(admission)) {
    const { period, span } = admission.left;
    cx.report(tooRarely(span, period));
    return undefined;
  }
  checkPromise(cx, net, typed, admission.right);
  return admission.right;
};
