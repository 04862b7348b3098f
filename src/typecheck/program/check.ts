/** From trees to a typed program: the nets of the entry file, and its assertions. */
import { Bug } from '../../diagnostic/bug.ts';
import { checked, type Checked } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Limits } from '../../diagnostic/limits.ts';
import { isKnown, showType, type TensorType } from '../../ops/types.ts';
import { envOf } from '../../protocol/env.ts';
import { evaluationOf, trainingOf } from '../../protocol/resolve.ts';
import type { Source, Span } from '../../syntax/source.ts';
import type { Declaration, Definition, Expr } from '../../syntax/tree.ts';
import { closureKey } from '../expr/bodies.ts';
import { once } from '../expr/context.ts';
import { evaluate } from '../expr/evaluate.ts';
import { reportsOfStyle } from '../expr/functional.ts';
import type { Reported } from '../expr/reports.ts';
import { freshFrame } from '../expr/scope.ts';
import type { Scope } from '../expr/values.ts';
import { apply } from '../layer/apply.ts';
import type { NetOf } from '../layer/called-nets.ts';
import { newLayerContext, type LayerContext } from '../layer/context.ts';
import { variantLayers, type VariantOf } from '../layer/variant-layer.ts';
import { variantNet, type ApplyPasses, type VariantNet } from '../layer/variant.ts';
import { isInside } from '../net/branch-fixes.ts';
import type { Typed, TypedNet } from '../net/typed.ts';
import { allowedIn } from './allowed.ts';
import { factValue } from './assertions.ts';
import { checkAssertion } from './check-assertion.ts';
import { checkWords, faultsWithin, isDefinition } from './declarations.ts';
import { reportDoubts, type DeclaredNet } from './doubts.ts';
import { digestsOf, type FileScope } from './digests.ts';
import { asking, askingOnce, foundAlone, type Ask, type Past } from './memory.ts';
import { moduleScopes, passesSeen, type Modules } from './modules.ts';
import { checkNet } from './nets.ts';
import type { GivenCall, Program } from './program.ts';
import { recursive } from './recursion.ts';
import { signatureOf } from './signatures.ts';
import { withoutUnfinished } from './unfinished.ts';
import { isFaulty } from '../net/flow.ts';

export type Options = {
  readonly asserts: boolean;
  readonly limits?: Limits;
  /** is told what words mean, wherever the checker looks one up */
  readonly meant?: LayerContext['meant'];
};

/** A program that is being checked. */
type Checking = {
  readonly cx: LayerContext;
  /** the texts, by the paths of places */
  readonly sources: ReadonlyMap<string, Source>;
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly netOf: NetOf;
  readonly ask: Ask;
};

/** Begins with what was wrong with the files, the names that they see, and definitions that use themselves. */
const begin = (
  { entry, byPath, found, shipped }: Modules,
  { limits, meant }: Options,
  applyPasses: ApplyPasses,
  past: Past | undefined,
): Checking => {
  const modules = [...byPath.values()];
  const sources = new Map<string, Source>();
  for (const { tree } of modules) for (const piece of tree.pieces) sources.set(piece.path, piece);
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
  const text = ({ path, start, end }: Span): string =>
    sources.get(path)?.text.slice(start, end) ?? '';
  const cx: LayerContext = newLayerContext(text, above, limits, meant);
  found.forEach(cx.report);
  const scopes = moduleScopes(cx, byPath);
  for (const { tree } of modules) checkDefinitions(cx, tree.declarations.filter(isDefinition));
  const files = modules.map(({ path, tree }): FileScope => [tree.declarations, scopes.get(path)!]);
  const ask =
    past === undefined ? askingOnce(cx) : asking(cx, past, digestsOf(past.digests, entry, files));
  const nets = new Map<Definition, Reported<TypedNet | undefined>>();
  const netOf: NetOf = (c, definition, scope, given) => {
    if (given.length > 0) return checkNet(c, variantOf, definition, scope, given);
    const find = () => checkNet(cx, variantOf, definition, scope, given);
    const known = nets.get(definition) ?? ask('net', definition, find);
    nets.set(definition, known);
    return c.replay(known);
  };
  return { cx, sources, scopes, netOf, ask };
};

/** What is wrong with definitions wherever they are used; those that use themselves have no meaning. */
const checkDefinitions = (cx: LayerContext, definitions: readonly Definition[]): void => {
  const within = definitions.map(faultsWithin);
  within.flatMap(({ found }) => found).forEach(cx.report);
  const guilty = [...within.flatMap((one) => one.recursive), ...recursive(cx, definitions)];
  for (const definition of guilty) cx.recursive.add(definition);
};

/**
 * Checks the files of a program, with the rewriter for nets that passes make. There is always a value, with the nets as
 * far as they are known; what was wrong with the files comes first. What is found is kept in `past`, where there is one.
 */
export const checkProgram = (
  modules: Modules,
  options: Options,
  applyPasses: ApplyPasses,
  past?: Past,
): Checked<Program> => {
  const { entry, byPath } = modules;
  const checking = begin(modules, options, applyPasses, past);
  const { cx, sources, scopes } = checking;
  const scope = scopes.get(entry);
  const declarations = byPath.get(entry)?.tree.declarations ?? [];
  const declared = scope && checkDeclarations(checking, declarations, scope, options);
  const nets = (declared?.nets ?? []).map(([, net]) => net);
  reportDoubts(cx, checking.ask, declared?.nets ?? [], declarations);
  demandReport(cx, past, nets);
  const signed: Program['signature'] = (d) =>
    scope !== undefined && d.tag === 'def'
      ? checking.ask('signature', d, () => signatureOf(cx, d, scope)).value
      : undefined;
  const program: Program = {
    entry,
    files: byPath,
    nets,
    trainings: declared?.trainings ?? [],
    evaluations: declared?.evaluations ?? [],
    signatures: () => declarations.flatMap((d) => (d.tag === 'def' ? (signed(d) ?? []) : [])),
    signature: (d) => (declarations.includes(d) ? signed(d) : undefined),
    gives: (layer, input, call) => scope && outputOf(checking, scope, layer, input, call),
    passes: () => passesSeen(scope),
  };
  // kept answers cost what they did beside others, so where the steps end is found from scratch
  if (past !== undefined && cx.isOver()) return checkProgram(modules, options, applyPasses);
  const isAllowed = (d: Diagnostic): boolean => {
    const source = sources.get(d.primary.span.path);
    return source !== undefined && allowedIn(source)(d);
  };
  const everything = [...byPath.values()].flatMap(({ tree }) => tree.declarations);
  const found = withFunctional(withoutParts(cx.found()), sources);
  const reported = withoutUnfinished(found, everything, cx.text);
  return checked(
    program,
    reported.filter((d) => !isAllowed(d)),
  );
};

/** Steps that the answer to one question about a layer may take. */
const MOST_ASKED = 4_000;

/** Calls of a definition that are kept with what they give. */
const MOST_GIVEN = 64;

/** What a layer gives on an input in a scope; of a call it is known as long as its definition stays the same. */
const outputOf = (
  { cx, ask }: Checking,
  scope: Scope,
  layer: () => Expr | undefined,
  input: TensorType,
  call: GivenCall | undefined,
): TensorType | undefined => {
  const find = (): TensorType | undefined => {
    const expr = layer();
    return expr && triedOn(cx, scope, expr, input);
  };
  if (call === undefined) return find();
  const { value: known } = ask('given', call.definition, () => new Map());
  const key = `${call.written} on ${showType(input)}`;
  if (!known.has(key)) {
    if (known.size >= MOST_GIVEN) known.clear();
    known.set(key, find());
  }
  return known.get(key);
};

/** Applies a layer to an input; undefined where that is a mistake. It costs the check nothing. */
const triedOn = (
  cx: LayerContext,
  scope: Scope,
  layer: Expr,
  input: TensorType,
): TensorType | undefined => {
  const before = cx.cost();
  const spare = cx.limits.steps - before.steps - MOST_ASKED;
  cx.charge(layer.span, { steps: Math.max(0, spare), compared: 0 });
  const at = { scope: freshFrame(scope), input, trail: { start: input } };
  const { value, reports } = foundAlone(cx, () => apply(cx, layer, at));
  const after = cx.cost();
  cx.charge(layer.span, {
    steps: before.steps - after.steps,
    compared: before.compared - after.compared,
  });
  const isFault = reports.some(({ severity }) => severity === 'error');
  return isFault || !isKnown(value.output) ? undefined : value.output;
};

/** What the declarations of a file mean, as far as they have a meaning; what is wrong with them is reported. */
const checkDeclarations = (
  { cx, scopes, netOf, ask }: Checking,
  declarations: readonly Declaration[],
  scope: Scope,
  { asserts }: Options,
): Pick<Program, 'trainings' | 'evaluations'> & {
  readonly nets: readonly DeclaredNet[];
} => {
  const nets = declarations.flatMap((d): readonly DeclaredNet[] => {
    const net = d.tag === 'net' ? netOf(cx, d, scope, []) : undefined;
    return net === undefined ? [] : [[d, net]];
  });
  for (const d of declarations)
    if (d.tag === 'assert' && asserts)
      cx.replay(ask('assertion', d, () => checkAssertion(cx, d.condition, scope)));
  for (const d of declarations.filter(isDefinition))
    cx.replay(ask('words', d, () => checkWords(cx, d, scope)));
  const env = envOf(cx, netOf, scopes);
  return {
    nets,
    trainings: declarations.flatMap((d) =>
      d.tag === 'train' ? (cx.replay(ask('training', d, () => trainingOf(env, d))) ?? []) : [],
    ),
    evaluations: declarations.flatMap((d) =>
      d.tag === 'eval' ? (cx.replay(ask('evaluation', d, () => evaluationOf(env, d))) ?? []) : [],
    ),
  };
};

/** Reports of words whose fixes write all that belongs to them anew. */
const writtenAnew: ReadonlySet<string> = new Set(['E0301', 'E0921', 'E0922']);

/**
 * The faults without those of the text inside a call of another framework that a fix writes anew: its quotes and pairs
 * are part of that one mistake.
 */
const withoutParts = (found: readonly Diagnostic[]): readonly Diagnostic[] => {
  const anew = found.flatMap((d) =>
    writtenAnew.has(d.code) ? d.fixes.flatMap(({ edits }) => edits.map((edit) => edit.span)) : [],
  );
  return anew.length === 0
    ? found
    : found.filter(
        ({ code, primary: { span } }) =>
          !code.startsWith('E01') || !anew.some((whole) => isInside(span, whole)),
      );
};

/** The faults with one report for all that is wrong with lines that hand values on by name. */
const withFunctional = (
  found: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
): readonly Diagnostic[] => {
  const unread = new Set(
    // a file of another language is not read at all
    found.flatMap(({ code, primary }) =>
      code.startsWith('E01') && code !== 'E0111' ? [primary.span.path] : [],
    ),
  );
  const groups = [...unread].flatMap((path) => {
    const piece = sources.get(path);
    return piece === undefined ? [] : reportsOfStyle(piece);
  });
  if (groups.length === 0) return found;
  const others = found.filter((d) => !groups.some((g) => isInside(d.primary.span, g.whole)));
  return [...groups.map(({ report }) => report), ...others];
};

/** An unknown type has been reported; otherwise a faulty program would pass for a sound one. */
const demandReport = (
  cx: LayerContext,
  past: Past | undefined,
  nets: readonly TypedNet[],
): void => {
  if (cx.found().some((d) => d.severity === 'error')) return;
  const seen = new Set<Typed>();
  for (const net of nets) {
    if (past?.sound.get(net) === true) continue;
    if (!isKnown(net.output) || isFaulty(net.body, seen))
      throw new Bug(`\`${net.name}\` is faulty, and nothing was reported`);
    past?.sound.set(net, true);
  }
};
