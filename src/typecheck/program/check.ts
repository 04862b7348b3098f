/** From trees to a typed program: the nets of the entry file, and its assertions. */
import { Bug } from '../../diagnostic/bug.ts';
import { checked, type Checked } from '../../diagnostic/checked.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Limits } from '../../diagnostic/limits.ts';
import { isKnown } from '../../ops/types.ts';
import { envOf } from '../../protocol/env.ts';
import { evaluationOf, trainingOf } from '../../protocol/resolve.ts';
import type { Source, Span } from '../../syntax/source.ts';
import type { Declaration, Definition, Protocol } from '../../syntax/tree.ts';
import { closureKey } from '../expr/bodies.ts';
import { once } from '../expr/context.ts';
import { evaluate } from '../expr/evaluate.ts';
import type { Reported } from '../expr/reports.ts';
import type { Scope } from '../expr/values.ts';
import { apply } from '../layer/apply.ts';
import type { NetOf } from '../layer/called-nets.ts';
import { newLayerContext, type LayerContext } from '../layer/context.ts';
import { variantLayers, type VariantOf } from '../layer/variant-layer.ts';
import { variantNet, type ApplyPasses, type VariantNet } from '../layer/variant.ts';
import type { Typed, TypedNet } from '../net/typed.ts';
import { factValue } from './assertions.ts';
import { checkAssertion } from './check-assertion.ts';
import { checkWords, faultsWithin, isDefinition } from './declarations.ts';
import { askLints, mayHaveLints, reportDoubts, type DeclaredNet } from './doubts.ts';
import { digestsOf, type FileScope } from './digests.ts';
import { outputOf } from './gives.ts';
import { asking, askingOnce, lastCost, wasAsked, type Ask, type Past } from './memory.ts';
import { moduleScopes, passesSeen, type Modules } from './modules.ts';
import { checkNet } from './nets.ts';
import type { Program } from './program.ts';
import { recursive } from './recursion.ts';
import { signatureOf } from './signatures.ts';
import { toldAhead, toldOf } from './told.ts';
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

/** How far a check has come. */
export type SoFar = {
  /** errors that stand when the rest is found too */
  readonly found: readonly Diagnostic[];
  /** pieces of the text, by the paths of their places, of which all is known but what others find in them */
  readonly asked: ReadonlySet<string>;
};

type Assertion = Extract<Declaration, { readonly tag: 'assert' }>;

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

/** All that a program is made of. */
type Whole = {
  readonly modules: Modules;
  readonly options: Options;
  readonly applyPasses: ApplyPasses;
  readonly past: Past | undefined;
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
): Checked<Program> =>
  finish({ modules, options, applyPasses, past }, begin(modules, options, applyPasses, past));

/**
 * The part of all steps within which something is told ahead. A check from scratch goes in another order, and where the
 * steps end it finds nothing more; so nothing is told where they may end.
 */
const MOST_AHEAD = 1 / 2;

/**
 * The same check, declaration by declaration: between two of them one may ask what is known so far, or give up. What is
 * written anew comes first.
 */
export function* checkingProgram(
  modules: Modules,
  options: Options,
  applyPasses: ApplyPasses,
  past: Past,
): Generator<() => SoFar, Checked<Program>> {
  const checking = begin(modules, options, applyPasses, past);
  const { cx, scopes } = checking;
  const scope = scopes.get(modules.entry);
  const declarations = modules.byPath.get(modules.entry)?.tree.declarations ?? [];
  const told = toldIn(checking, modules);
  const found = [...cx.found()];
  const asked = new Set<string>();
  const left = new Map<string, number>();
  for (const { span } of declarations) left.set(span.path, (left.get(span.path) ?? 0) + 1);
  if (scope !== undefined) {
    const about = questions(checking, scope);
    const costs = new Map(declarations.map((d) => [d, lastCost(past, d)]));
    let due = [...costs.values()].reduce((sum, steps) => sum + steps, 0);
    for (const d of newFirst(past, declarations)) {
      const reports = [...asksOf(checking, about, d, options)].flatMap((one) => one.reports);
      due -= costs.get(d)!;
      if (cx.cost().steps + due <= cx.limits.steps * MOST_AHEAD) {
        found.push(...reports);
        const { path } = d.span;
        // what is wrong in a definition is found where it is used, so such a piece is never done
        if (d.tag !== 'def') left.set(path, left.get(path)! - 1);
        if (left.get(path) === 0) asked.add(path);
      }
      yield () => ({ found: toldAhead(told, found, asked), asked });
    }
  }
  return finish({ modules, options, applyPasses, past }, checking);
}

const toldIn = ({ cx, sources }: Checking, { byPath }: Modules) => ({
  sources,
  declarations: [...byPath.values()].flatMap(({ tree }) => tree.declarations),
  text: cx.text,
});

/** Puts together what was found, and finds the rest. */
const finish = (
  { modules, options, applyPasses, past }: Whole,
  checking: Checking,
): Checked<Program> => {
  const { entry, byPath } = modules;
  const { cx, scopes } = checking;
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
  return checked(program, toldOf(toldIn(checking, modules), cx.found()));
};

/** The declarations of which nothing was ever asked, and the others behind them. */
const newFirst = (past: Past, declarations: readonly Declaration[]): readonly Declaration[] => {
  const known = declarations.filter((d) => wasAsked(past, d));
  const others = new Set(known);
  return [...declarations.filter((d) => !others.has(d)), ...known];
};

/** The questions about declarations, each with the reports that belong to its answer. */
const questions = ({ cx, scopes, netOf, ask }: Checking, scope: Scope) => {
  const env = envOf(cx, netOf, scopes);
  return {
    net: (d: Definition) => cx.quietly(() => netOf(cx, d, scope, [])),
    words: (d: Definition) => ask('words', d, () => checkWords(cx, d, scope)),
    assertion: (d: Assertion) => ask('assertion', d, () => checkAssertion(cx, d.condition, scope)),
    training: (d: Protocol) => ask('training', d, () => trainingOf(env, d)),
    evaluation: (d: Protocol) => ask('evaluation', d, () => evaluationOf(env, d)),
  };
};

/** Asks all that there is to ask of a declaration, one by one. */
function* asksOf(
  { cx, ask }: Checking,
  about: ReturnType<typeof questions>,
  d: Declaration,
  { asserts }: Options,
): Generator<Reported<unknown>, void> {
  if (d.tag === 'net') {
    const net = about.net(d);
    yield net;
    if (net.value !== undefined && mayHaveLints(net.value)) askLints(cx, ask, d, net.value); // what is told of them depends on all errors
  }
  if (isDefinition(d)) yield about.words(d);
  if (d.tag === 'assert' && asserts) yield about.assertion(d);
  if (d.tag === 'train') yield about.training(d);
  if (d.tag === 'eval') yield about.evaluation(d);
}

/** What the declarations of a file mean, as far as they have a meaning; what is wrong with them is reported. */
const checkDeclarations = (
  checking: Checking,
  declarations: readonly Declaration[],
  scope: Scope,
  { asserts }: Options,
): Pick<Program, 'trainings' | 'evaluations'> & {
  readonly nets: readonly DeclaredNet[];
} => {
  const { cx } = checking;
  const about = questions(checking, scope);
  const nets = declarations.flatMap((d): readonly DeclaredNet[] => {
    const net = d.tag === 'net' ? cx.replay(about.net(d)) : undefined;
    return net === undefined ? [] : [[d, net]];
  });
  for (const d of declarations) if (d.tag === 'assert' && asserts) cx.replay(about.assertion(d));
  for (const d of declarations.filter(isDefinition)) cx.replay(about.words(d));
  return {
    nets,
    trainings: declarations.flatMap((d) =>
      d.tag === 'train' ? (cx.replay(about.training(d)) ?? []) : [],
    ),
    evaluations: declarations.flatMap((d) =>
      d.tag === 'eval' ? (cx.replay(about.evaluation(d)) ?? []) : [],
    ),
  };
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
