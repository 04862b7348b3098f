/** From trees to a typed program: the nets of the entry file, and its assertions. */
import { Bug } from '../../diagnostic/bug.ts';
import { checked, type Checked } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Limits } from '../../diagnostic/limits.ts';
import { isKnown } from '../../ops/types.ts';
import { envOf } from '../../protocol/env.ts';
import { evaluationOf, trainingOf } from '../../protocol/resolve.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration, Definition } from '../../syntax/tree.ts';
import { closureKey } from '../expr/bodies.ts';
import { once } from '../expr/context.ts';
import { evaluate } from '../expr/evaluate.ts';
import type { Reported } from '../expr/reports.ts';
import { apply } from '../layer/apply.ts';
import type { NetOf } from '../layer/called-nets.ts';
import { newLayerContext, type LayerContext } from '../layer/context.ts';
import { isFaulty } from '../layer/stand-in.ts';
import { variantLayers, type VariantOf } from '../layer/variant-layer.ts';
import { variantNet, type ApplyPasses, type VariantNet } from '../layer/variant.ts';
import { isInside } from '../net/branch-fixes.ts';
import type { Typed, TypedNet } from '../net/typed.ts';
import { allowedIn } from './allowed.ts';
import { factValue } from './assertions.ts';
import { checkAssertion } from './check-assertion.ts';
import { checkWords, faultsWithin, isDefinition } from './declarations.ts';
import { reportDoubts } from './doubts.ts';
import { asking, digestsOf, noPast, type FileScope, type Past } from './memory.ts';
import { moduleScopes, passesSeen, type Modules } from './modules.ts';
import { checkNet } from './nets.ts';
import type { Program } from './program.ts';
import { recursive } from './recursion.ts';
import { signatureOf } from './signatures.ts';

export type Options = { readonly asserts: boolean; readonly limits?: Limits };

/**
 * Checks the files of a program, with the rewriter for nets that passes make. There is always a value, with the nets as
 * far as they are known; what was wrong with the files comes first.
 */
export const checkProgram = (
  { entry, byPath: modules, found, shipped }: Modules,
  options: Options,
  applyPasses: ApplyPasses,
  past: Past = noPast(),
): Checked<Program> => {
  const texts = new Map<string, string>();
  const text = (span: Span): string => texts.get(span.path)?.slice(span.start, span.end) ?? '';
  const nets = new Map<Definition, Reported<TypedNet | undefined>>();
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
    if (given.length > 0) return checkNet(c, variantOf, definition, scope, given);
    const find = () => checkNet(cx, variantOf, definition, scope, given);
    const known = nets.get(definition) ?? ask('net', definition, find);
    nets.set(definition, known);
    return c.replay(known);
  };

  found.forEach(cx.report);
  for (const { tree } of modules.values())
    for (const piece of tree.pieces) texts.set(piece.path, piece.text);
  const scopes = moduleScopes(cx, modules);
  const files = [...modules.values()].map(({ path, tree }): FileScope => [
    tree.declarations,
    scopes.get(path)!,
  ]);
  for (const [all] of files) {
    const definitions = all.filter(isDefinition);
    for (const d of definitions) {
      const { found: within, recursive: inside } = faultsWithin(d);
      within.forEach(cx.report);
      for (const local of inside) cx.recursive.add(local);
    }
    for (const d of recursive(cx, definitions)) cx.recursive.add(d);
  }
  const ask = asking(cx, past, digestsOf(past, entry, files));

  const main = modules.get(entry);
  const scope = scopes.get(entry);
  const declarations = main?.tree.declarations ?? [];
  const typed = declarations.flatMap((d): readonly (readonly [Declaration, TypedNet])[] => {
    const net = d.tag === 'net' && scope !== undefined ? netOf(cx, d, scope, []) : undefined;
    return net === undefined ? [] : [[d, net]];
  });
  if (options.asserts && scope !== undefined)
    for (const d of declarations)
      if (d.tag === 'assert')
        cx.replay(ask('assertion', d, () => checkAssertion(cx, d.condition, scope)));
  if (scope !== undefined)
    for (const d of declarations.filter(isDefinition))
      cx.replay(ask('words', d, () => checkWords(cx, d, scope)));
  const env = envOf(cx, netOf, scopes);
  const trainings = declarations.flatMap((d) =>
    d.tag === 'train' ? (cx.replay(ask('training', d, () => trainingOf(env, d))) ?? []) : [],
  );
  const evaluations = declarations.flatMap((d) =>
    d.tag === 'eval' ? (cx.replay(ask('evaluation', d, () => evaluationOf(env, d))) ?? []) : [],
  );
  reportDoubts(cx, ask, typed, declarations);
  const ofEntry = typed.map(([, net]) => net);
  demandReport(cx, past, ofEntry);
  const program: Program = {
    entry,
    files: modules,
    nets: ofEntry,
    trainings,
    evaluations,
    signatures: () =>
      declarations.flatMap((d) =>
        d.tag === 'def' && scope !== undefined
          ? [ask('signature', d, () => signatureOf(cx, d, scope)).value]
          : [],
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

/** An unknown type has been reported; otherwise a faulty program would pass for a sound one. */
const demandReport = (cx: LayerContext, past: Past, nets: readonly TypedNet[]): void => {
  if (cx.found().some((d) => d.severity === 'error')) return;
  const seen = new Set<Typed>();
  for (const net of nets) {
    if (past.sound.has(net)) continue;
    if (!isKnown(net.output) || isFaulty(net.body, seen))
      throw new Bug(`\`${net.name}\` is faulty, and nothing was reported`);
    past.sound.add(net);
  }
};
