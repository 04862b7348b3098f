/** From trees to a typed program: the nets of the entry file, and its assertions. */
import * as E from 'fp-ts/lib/Either.js';
import { checked, type Checked } from '../diagnostic/checked.ts';
import { error, replace } from '../diagnostic/diagnostic.ts';
import { type MaybeAxis, type TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Declaration, Expr, Signature } from '../syntax/tree.ts';
import { admissibleOf } from './admissible.ts';
import { apply, withOutput, type Place } from './apply.ts';
import { factOf } from './assertions.ts';
import { openCall } from './bodies.ts';
import { newContext, type Context, type Limits } from './context.ts';
import { evaluate, evaluateFlag } from './evaluate.ts';
import { loadModules, moduleScopes, type Files, type Parse } from './modules.ts';
import { resolve } from './names.ts';
import { placesOf } from './places.ts';
import { recursive } from './recursion.ts';
import { inner, type Scope } from './scope.ts';
import { both, showSizes, type Sizes } from './sizes.ts';
import type { Admissible, Program, Typed, TypedNet } from './typed.ts';
import { unknown, type Definition } from './values.ts';
import { declaredInput } from './written.ts';

type NetDeclaration = Extract<Declaration, { readonly tag: 'def' | 'net' }>;

export type Options = { readonly asserts: boolean; readonly limits?: Limits };

/** Loads, parses and checks a program. There is always a value, with the nets as far as they are known. */
export const checkProgram = (
  files: Files,
  parse: Parse,
  entry: string,
  options: Options,
): Checked<Program> => {
  const texts = new Map<string, string>();
  const text = (span: Span): string => texts.get(span.path)?.slice(span.start, span.end) ?? '';
  const nets = new Map<Definition, TypedNet | undefined>();
  const cx: Context = newContext(
    text,
    (c) => factOf(c, (d, scope) => netOf(c, d, scope)),
    options.limits,
  );
  const netOf = (c: Context, d: Definition, scope: Scope): TypedNet | undefined => {
    if (!nets.has(d)) nets.set(d, checkNet(c, d, scope));
    return nets.get(d);
  };

  const modules = loadModules(cx.report, files, parse, entry);
  for (const [path, module] of modules) texts.set(path, module.source.text);
  const scopes = moduleScopes(cx, modules);
  for (const module of modules.values())
    forgetRecursive(cx, module.tree.declarations, scopes.get(module.path)!);

  const main = modules.get(entry);
  const scope = scopes.get(entry);
  const declarations = main?.tree.declarations ?? [];
  const typed = declarations.flatMap((d) => {
    const net = d.tag === 'net' && scope !== undefined ? netOf(cx, d, scope) : undefined;
    return net === undefined ? [] : [net];
  });
  if (options.asserts && scope !== undefined)
    for (const d of declarations) if (d.tag === 'assert') checkAssertion(cx, d.condition, scope);
  const program: Program = {
    entry,
    files: modules,
    nets: typed,
    recipes: declarations.flatMap((d) => (d.tag === 'train' || d.tag === 'eval' ? [d] : [])),
  };
  return checked(program, cx.found());
};

/** A definition that uses itself means nothing. */
const forgetRecursive = (cx: Context, declarations: readonly Declaration[], scope: Scope): void => {
  const definitions = declarations.flatMap((d) => (d.tag === 'def' || d.tag === 'net' ? [d] : []));
  for (const d of recursive(cx, definitions)) {
    const entry = scope.names.get(d.name.text);
    if (entry !== undefined) scope.names.set(d.name.text, { ...entry, value: () => unknown });
  }
};

const checkAssertion = (cx: Context, condition: Expr, scope: Scope): void => {
  const holds = evaluateFlag(cx, condition, inner(scope, { frame: 'fresh' }));
  if (holds !== false) return;
  const sides =
    condition.tag === 'compare'
      ? [condition.left, condition.right].map((side) => ({
          span: side.span,
          message: `this is ${shown(cx, side, scope)}`,
        }))
      : [];
  cx.report(
    error('E0601', condition.span, 'this assertion does not hold', {
      label: 'false',
      labels: sides,
    }),
  );
};

const shown = (cx: Context, side: Expr, scope: Scope): string => {
  const value = evaluate(cx, side, scope);
  if (value.tag !== 'number') return value.tag === 'sizes' ? showSizes(value.h) : value.tag;
  return Number.isInteger(value.value) ? grouped(value.value) : String(value.value);
};

/** `138_357_544`, as the language writes large numbers. */
const grouped = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, '_');

// ------------------------------------------------------------------------------------------- nets

/** A net with its defaults on its declared input. Undefined when a parameter has no default. */
const checkNet = (cx: Context, net: NetDeclaration, scope: Scope): TypedNet | undefined => {
  if (net.parameters.some((p) => p.tag === 'rest' || p.default === undefined)) return undefined;
  const call = openCall(
    cx,
    { tag: 'definition', definition: net, scope },
    [],
    evaluate,
    net.name.span,
  );
  const signature = signatureOf(cx, net, scope);
  if (call === undefined || signature === undefined) return undefined;
  const declared = declaredInput(
    cx,
    signature.signature.input,
    inner(signature.scope ?? call, { frame: 'fresh' }),
  );
  const place: Place = {
    scope: signature.scope === undefined ? declared.scope : inner(call, { frame: 'fresh' }),
    input: declared.type,
    trail: { start: declared.type },
  };
  const applied = apply(cx, net.body, place);
  const result =
    net.signature === undefined
      ? applied
      : withOutput(cx, applied, net.signature, declared.scope, place);
  const typed = describe(net, declared.type, oneCall(net.body, result));
  reportClashes(cx, typed);
  checkParams(cx, net, typed);
  const admissible = admit(cx, net, typed);
  return { ...typed, admissible };
};

/** A net without a type of its own is another net, called, and has that one's. */
const signatureOf = (
  cx: Context,
  net: NetDeclaration,
  scope: Scope,
): { readonly signature: Signature; readonly scope?: Scope } | undefined => {
  if (net.signature !== undefined) return { signature: net.signature };
  const body = throughGroups(net.body);
  const meaning = body.tag === 'chain' ? resolve(cx, body.word, scope) : undefined;
  const value = meaning?.value;
  if (value?.tag === 'callable' && value.callee.tag === 'definition') {
    const { definition, scope: around } = value.callee;
    if (definition.tag === 'net' && definition.signature !== undefined) {
      const call = openCall(cx, value.callee, [], evaluate, net.name.span);
      return { signature: definition.signature, scope: call ?? around };
    }
  }
  if (value?.tag === 'rewrite')
    cx.report(
      error(
        'E0317',
        net.body.span,
        `the pass \`${value.name}\` cannot be applied in the source yet`,
      ),
    );
  else if (value?.tag !== 'unknown')
    cx.report(
      error('E0207', net.name.span, `the net \`${net.name.text}\` does not say what it takes`, {
        notes: [`write its type: \`net ${net.name.text} : [224, 224, 3] -> [1000]\``],
      }),
    );
  return undefined;
};

const throughGroups = (e: Expr): Expr => (e.tag === 'group' ? throughGroups(e.body) : e);

/** A net that is one call has that call's paths. */
const oneCall = (body: Expr, typed: Typed): Typed =>
  throughGroups(body).tag === 'chain' && typed.tag === 'folder' ? typed.body : typed;

const describe = (
  net: NetDeclaration,
  input: TensorType,
  body: Typed,
): Omit<TypedNet, 'admissible'> => ({
  name: net.name.text,
  doc: net.doc,
  span: net.name.span,
  input,
  output: body.output,
  extras: extrasOf(body),
  body,
});

const extrasOf = (body: Typed): TypedNet['extras'] => {
  switch (body.tag) {
    case 'sequence':
      return body.steps.flatMap(extrasOf);
    case 'repeat':
      return body.copies.flatMap(extrasOf);
    case 'join':
      return body.branches.flatMap(extrasOf);
    case 'folder':
    case 'remember':
      return extrasOf(body.body);
    case 'also':
      return [{ name: body.naming.text, type: body.body.output }, ...extrasOf(body.body)];
    default:
      return [];
  }
};

const reportClashes = (cx: Context, net: Omit<TypedNet, 'admissible'>): void => {
  if (net.output.tag === 'unknown') return;
  for (const { path, span } of placesOf({ ...net, admissible: undefined }).clashes)
    cx.report(
      error('E0313', span, `two layers are called \`${path}\``, {
        notes: ['a label must differ from the names beside it, which weights are stored under'],
      }),
    );
};

const checkParams = (
  cx: Context,
  net: NetDeclaration,
  typed: Omit<TypedNet, 'admissible'>,
): void => {
  if (typed.body.totals.params > cx.limits.params)
    cx.report(
      error(
        'E0215',
        net.name.span,
        `\`${net.name.text}\` has ${grouped(typed.body.totals.params)} parameters`,
        {
          label: `at most ${grouped(cx.limits.params)} are possible`,
        },
      ),
    );
};

// ----------------------------------------------------------------------------------- admissible sizes

const admit = (
  cx: Context,
  net: NetDeclaration,
  typed: Omit<TypedNet, 'admissible'>,
): Admissible | undefined => {
  if (typed.output.tag === 'unknown') return undefined;
  const admission = admissibleOf(typed);
  if (admission === undefined) return undefined;
  if (E.isLeft(admission)) {
    const { period, layer } = admission.left;
    cx.report(
      error(
        'E0214',
        layer.span,
        `sizes repeat only every ${period} pixels here, too rarely to be followed`,
        {
          notes: ['fix the size of the input'],
        },
      ),
    );
    return undefined;
  }
  checkPromise(cx, net, typed.input, admission.right);
  return admission.right;
};

/**
 * A free size in a declared input promises every size of its form from the admissible lower bound on. An
 * upper bound or a congruence breaks the promise.
 */
const checkPromise = (
  cx: Context,
  net: NetDeclaration,
  input: TensorType,
  admissible: Admissible,
): void => {
  if (input.tag !== 'map' || net.signature === undefined) return;
  const written = net.signature.input;
  (['h', 'w'] as const).forEach((axis, i) => {
    const declared = input[axis];
    const set = admissible[axis];
    if (kept(declared, set)) return;
    const cause = admissible.narrowings
      .filter((n) => n.axis === axis && !isHalfLine(n.after))
      .pop();
    const span = written.tag === 'tensor' ? (written.axes[i]?.span ?? written.span) : written.span;
    const word = axis === 'h' ? 'height' : 'width';
    const better = writtenFor(set, declared);
    cx.report(
      error(
        'E0209',
        span,
        `\`${net.name.text}\` does not take every ${word} that its type promises`,
        {
          label: `only ${showSizes(set)}`,
          labels:
            cause === undefined
              ? []
              : [
                  {
                    span: cause.span,
                    message: `\`${cause.op}\` narrows the ${word} to ${showSizes(cause.after)}`,
                  },
                ],
          fixes: better === undefined ? [] : [replace(`write \`${better}\``, span, better)],
        },
      ),
    );
  });
};

const isHalfLine = (s: Sizes): boolean => s.tag === 'from' && s.modulus === 1;

const kept = (declared: MaybeAxis, set: Sizes): boolean => {
  if (declared === 'unknown' || declared.size.tag !== 'floor') return true;
  const { a, b } = declared.size;
  if (a === 0) return true;
  const residue = ((b % a) + a) % a;
  const image: Sizes = { tag: 'from', lo: Math.max(1, b + a), modulus: a, residues: [residue] };
  const met = both(set, image);
  return E.isRight(met) && met.right.tag === 'from' && met.right.modulus === a;
};

/** `16*n` for a set of every sixteenth size; nothing short describes other sets. */
const writtenFor = (set: Sizes, declared: MaybeAxis): string | undefined => {
  if (set.tag !== 'from' || set.residues.length !== 1 || declared === 'unknown') return undefined;
  const rest = set.lo - set.modulus;
  return `${set.modulus}*${declared.variable}${rest === 0 ? '' : rest > 0 ? ` + ${rest}` : ` - ${-rest}`}`;
};
