/** From trees to a typed program: the nets of the entry file, and its assertions. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { checked, type Checked } from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import { isKnown, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration, Expr, Definition, Protocol } from '../../syntax/tree.ts';
import { admissibleOf } from '../net/admissible.ts';
import { apply } from '../layer/apply.ts';
import { lacking } from '../expr/parameters.ts';
import { factValue } from './assertions.ts';
import { checkAssertion } from './check-assertion.ts';
import { calledNet, settled, type NetOf } from '../layer/called-nets.ts';
import { allowedIn } from './allowed.ts';
import { channelsFirst } from './channels-first.ts';
import { checkParameterLists, checkWords, definitionLists } from './declarations.ts';
import { closureKey, callScope, seenAtEnd } from '../expr/bodies.ts';
import { once } from '../expr/context.ts';
import type { Reported } from '../expr/reports.ts';
import { evaluate, evaluateFlag } from '../expr/evaluate.ts';
import { moduleScopes, passesSeen, type Modules } from './modules.ts';
import { resolve } from '../expr/names.ts';
import { withOutput } from '../layer/output-type.ts';
import { isFaulty } from '../layer/stand-in.ts';
import type { Incoming } from '../layer/incoming.ts';
import { countParts } from '../net/flow.ts';
import { extrasOf } from '../net/side-outputs.ts';
import { isInside } from '../net/branch-fixes.ts';
import { writtenOut, type WrittenOut } from '../net/flat.ts';
import { numeral } from '../net/formulas.ts';
import { linter } from '../net/lints.ts';
import { makesSense } from '../net/sense.ts';
import { writtenSense } from './written-sense.ts';
import { checkPromise } from '../layer/size-promise.ts';
import { variantLayers, type VariantOf } from '../layer/variant-layer.ts';
import { isVariant, variantNet, type VariantNet, type ApplyPasses } from '../layer/variant.ts';
import { protocolsOf } from '../../protocol/resolve.ts';
import { recursive } from './recursion.ts';
import { freshFrame } from '../expr/scope.ts';
import { tooRarely } from '../layer/shape-faults.ts';
import { withNearest } from './nearest-sizes.ts';
import { signatureOf } from './signatures.ts';
import type { Admissible, Typed, TypedNet } from '../net/typed.ts';
import { type Value, type BoundArgument, type Scope } from '../expr/values.ts';
import { declaredInput } from '../layer/input-type.ts';
import { throughGroups } from '../../syntax/walk.ts';
import type { Limits } from '../../diagnostic/limits.ts';
import type { Program } from './program.ts';
import { newLayerContext, type LayerContext } from '../layer/context.ts';

export type Options = { readonly asserts: boolean; readonly limits?: Limits };

/**
 * Checks the files of a program, with the rewriter for nets that passes make. There is always a value, with the nets as
 * far as they are known; what was wrong with the files comes first.
 */
export const checkProgram = (
  { entry, byPath: modules, found, shipped }: Modules,
  options: Options,
  applyPasses: ApplyPasses,
): Checked<Program> => {
  const texts = new Map<string, string>();
  const text = (span: Span): string => texts.get(span.path)?.slice(span.start, span.end) ?? '';
  const nets = new Map<Definition, TypedNet | undefined>();
  const variants = new Map<string, Reported<VariantNet | undefined>>();
  const variantOf: VariantOf = (net, call) =>
    once(cx, variants, closureKey(net.body, call), () =>
      cx.calling(net.name.span, () => variantNet(cx, applyPasses, netOf, net, call)),
    );
  const above = {
    evaluate,
    apply,
    fact: (...question: Parameters<LayerContext['fact']>) => factValue(cx, netOf, ...question),
    applyVariant: variantLayers(variantOf),
    shipped,
  };
  const cx: LayerContext = newLayerContext(text, above, options.limits);
  const netOf: NetOf = (c, definition, scope, given) => {
    const check = () => checkNet(c, variantOf, definition, scope, given);
    if (given.length > 0) return check();
    if (!nets.has(definition)) nets.set(definition, check());
    return nets.get(definition);
  };

  found.forEach(cx.report);
  for (const [path, module] of modules) texts.set(path, module.source.text);
  const scopes = moduleScopes(cx, modules);
  for (const module of modules.values()) checkParameterLists(cx, module.tree.declarations);
  for (const module of modules.values())
    for (const list of definitionLists(module.tree.declarations))
      for (const definition of recursive(cx, list)) cx.recursive.add(definition);

  const main = modules.get(entry);
  const scope = scopes.get(entry);
  const declarations = main?.tree.declarations ?? [];
  const typed = declarations.flatMap((d) => {
    const net = d.tag === 'net' && scope !== undefined ? netOf(cx, d, scope, []) : undefined;
    return net === undefined ? [] : [net];
  });
  if (options.asserts && scope !== undefined)
    for (const d of declarations) if (d.tag === 'assert') checkAssertion(cx, d.condition, scope);
  if (scope !== undefined)
    for (const d of declarations) if (d.tag === 'def' || d.tag === 'net') checkWords(cx, d, scope);
  const protocols = protocolsOf(cx, netOf, scopes, declarations.filter(isProtocol));
  reportDoubts(cx, typed, declarations);
  demandReport(cx, typed);
  const program: Program = {
    entry,
    files: modules,
    nets: typed,
    ...protocols,
    signatures: () =>
      declarations.flatMap((d) =>
        d.tag === 'def' && scope !== undefined ? [signatureOf(cx, d, scope)] : [],
      ),
    passes: () => passesSeen(scope),
  };
  const allowed = new Map([...texts].map(([path, whole]) => [path, allowedIn(whole)]));
  const reported = withoutParts(cx.found());
  return checked(
    program,
    reported.filter((d) => allowed.get(d.primary.span.path)?.(d) !== true),
  );
};

const isProtocol = (d: Declaration): d is Protocol => d.tag === 'train' || d.tag === 'eval';

/**
 * The faults without those of the text inside a call of another framework that a fix writes anew: its quotes and pairs
 * are part of that one mistake.
 */
const withoutParts = (found: readonly Diagnostic[]): readonly Diagnostic[] => {
  const anew = found.flatMap((d) =>
    d.code === 'E0301' ? d.fixes.flatMap(({ edits }) => edits.map((edit) => edit.span)) : [],
  );
  return anew.length === 0
    ? found
    : found.filter(
        ({ code, primary: { span } }) =>
          !code.startsWith('E01') || !anew.some((whole) => isInside(span, whole)),
      );
};

/** Warnings and hints: of nets one by one, and, in a program without errors, of what has little sense. */
const reportDoubts = (
  cx: LayerContext,
  nets: readonly TypedNet[],
  declarations: readonly Declaration[],
): void => {
  const lint = linter(
    cx.text,
    ({ span }) =>
      (hulls) =>
        cx.spend(span, hulls * stepCosts.hull),
  );
  // lints are about written layers; those of the source are reported there
  const sources = nets.filter((net) => net.variant === undefined);
  for (const net of sources)
    if (net.output.tag !== 'unknown')
      cx.within(net.span, () =>
        lint(net)
          .filter(({ primary }) => !isFaultyAt(cx, primary.span))
          .forEach(cx.report),
      );
  if (cx.found().some((d) => d.severity === 'error')) return;
  makesSense(sources).forEach(cx.report);
  for (const d of declarations)
    if (d.tag === 'def' || d.tag === 'net') writtenSense(d, cx.text).forEach(cx.report);
};

/** Whether an error lies in a place: what a lint says of it may be a consequence. */
const isFaultyAt = (cx: LayerContext, place: Span): boolean =>
  cx.found().some((d) => d.severity === 'error' && isInside(d.primary.span, place));

/** An unknown type has been reported; otherwise a faulty program would pass for a sound one. */
const demandReport = (cx: LayerContext, nets: readonly TypedNet[]): void => {
  if (cx.found().some((d) => d.severity === 'error')) return;
  const seen = new Set<Typed>();
  for (const net of nets)
    if (!isKnown(net.output) || isFaulty(net.body, seen))
      throw new Bug(`\`${net.name}\` is faulty, and nothing was reported`);
};

// ------------------------------------------------------------------------------------------- nets

/** A net on its declared input, with these arguments and its defaults. Undefined when one is lacking. */
const checkNet = (
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
