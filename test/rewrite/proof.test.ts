/** Types for all sizes: what is proved holds in every instance, and what is wrong is not proved. */
import * as Either from 'fp-ts/lib/Either.js';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diagnosticsOf, resultOf } from '../../src/diagnostic/checked.ts';
import type { Graph, ValueId } from '../../src/graph/graph.ts';
import type { ArgValue } from '../../src/ops/params.ts';
import { extentOf, showType, type TensorType } from '../../src/ops/types.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import { checkInstance } from '../../src/rewrite/verify/check-instance.ts';
import { drawn } from '../../src/rewrite/verify/choices.ts';
import { passesOf, rulesContext } from '../../src/rewrite/rule/compile.ts';
import type { Environment } from '../../src/rewrite/match/environment.ts';
import { instanceOf } from '../../src/rewrite/verify/instance.ts';
import { liveGraph, type GraphView, type LiveGraph } from '../../src/rewrite/match/live-graph.ts';
import { matchAt } from '../../src/rewrite/match/match.ts';
import type { CompiledRule } from '../../src/rewrite/rule/pattern.ts';
import { casesOf, proveTypes, type Case } from '../../src/rewrite/proof/prove.ts';
import { isFailure } from '../../src/rewrite/verify/shrink.ts';
import { substitute } from '../../src/rewrite/match/substitute.ts';
import type { Value } from '../../src/typecheck/expr/values.ts';
import { fileText, passesIn, sound } from './nets.ts';
import { partOf, shownType, type Found } from './symbols.ts';
import { standardScope } from '../../src/typecheck/expr/standard.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const std = standardScope();

const files = readdirSync(new URL('../../passes/', import.meta.url)).filter((f) =>
  f.endsWith('.net'),
);
const shipped = files.flatMap((file) =>
  sound(passesIn(fileText(`passes/${file}`), `passes/${file}`)).flatMap((pass) =>
    pass.rules.map((rule) => [`${pass.name}/${rule.rule.name.text}`, rule] as const),
  ),
);

test('every shipped rule is proved', () => {
  const open = shipped.flatMap(([name, rule]) => {
    const verdict = proveTypes(rule, std);
    return verdict.tag === 'proved' ? [] : [`${name}: ${verdict.why}`];
  });
  expect(open).toEqual([]);
});

// ------------------------------------------------------------------------------- rules in instances

const sizeOf = (t: TensorType, axis: 'h' | 'w' | 'c'): number | undefined => {
  if (t.tag === 'unknown') return undefined;
  if (axis === 'c') return typeof t.c === 'number' ? t.c : undefined;
  return t.tag === 'map' ? extentOf(t[axis]) : undefined;
};

const partOfValue = (v: Value | undefined, part: string | undefined): number | undefined => {
  switch (v?.tag) {
    case 'number':
      return v.value;
    case 'extent':
      return partOf({ h: v.h, w: v.w }, part);
    case 'range':
      return partOf({ from: v.from, to: v.to }, part);
    case 'list':
      return partOfValue(
        v.items[['top', 'bottom', 'left', 'right'].indexOf(part ?? '')],
        undefined,
      );
    default:
      return undefined;
  }
};

/** A value of the language as a layer takes it. */
const argOf = (v: Value | undefined): ArgValue | undefined => {
  if (v?.tag === 'builtin') return v.name;
  if (v?.tag === 'flag') return v.value;
  const [top, bottom, left, right] = ['top', 'bottom', 'left', 'right'].map((p) =>
    partOfValue(v, p),
  );
  return top === undefined || bottom === undefined || left === undefined || right === undefined
    ? undefined
    : { top, bottom, left, right };
};

/** The numbers of a match. */
const foundIn = (of: GraphView, env: Environment): Found => {
  const argument = (node: number, parameter: string) =>
    of.node(env.values.get(node) ?? -1)?.args[parameter];
  return {
    number: (o) => {
      switch (o.tag) {
        case 'variable':
          return partOfValue(env.variables.get(o.name), o.part);
        case 'carried':
          return partOf(env.rests.get(o.rest)?.[o.parameter], o.part);
        case 'argument':
          return partOf(argument(o.node, o.parameter), o.part);
        case 'size':
          return sizeOf(of.type(env.values.get(o.node) ?? 0), o.axis);
        default:
          return undefined;
      }
    },
    open: (name) => {
      const [, rest, carried] = /^\.\.(\w+)\.(\w+)$/.exec(name) ?? [];
      const [, node, parameter] = /^#(\d+)\.(\w+)$/.exec(name) ?? [];
      return rest !== undefined
        ? env.rests.get(rest)?.[carried!]
        : node !== undefined
          ? argument(Number(node), parameter!)
          : argOf(env.variables.get(name));
    },
  };
};

const matchIn = (rule: CompiledRule, of: LiveGraph) => {
  for (const { id } of of.nodes()) {
    const match = matchAt(rulesContext(), std, rule, of, id, () => true, { steps: 0 });
    if (match !== undefined) return match;
  }
  return undefined;
};

/** The types of both sides are those of the proof; false when the rule does not match. */
const agrees = (rule: CompiledRule, cases: readonly Case[], before: Graph): boolean => {
  const of = liveGraph(before);
  const match = matchIn(rule, of);
  if (match === undefined) return false;
  const { env } = match;
  const type = (node: number): TensorType | undefined => {
    const id = env.values.get(node);
    // the result may be a part of a larger join
    return id === undefined || (node === rule.pattern.result && env.chosen !== undefined)
      ? undefined
      : of.type(id);
  };
  const here = cases.find(({ left }) =>
    left.every((t, i) => t === undefined || (type(i)?.tag ?? t.tag) === t.tag),
  );
  if (here === undefined) throw new Error('no case of the proof is this one');
  const { assumed } = here;
  const found = foundIn(of, env);
  here.left.forEach((t, i) => {
    const real = type(i);
    if (t !== undefined && real !== undefined)
      expect(shownType(assumed, t, found)).toBe(showType(real));
  });
  const result = substitute(rulesContext(), std, 'test', rule, of, match);
  if (Either.isLeft(result)) throw new Error(result.left.message);
  // a layer that is there already is not made again
  const all = [...result.right.nodes, ...before.nodes];
  rule.replacement.nodes.forEach((node, i) => {
    if (node.tag !== 'layer' && node.tag !== 'join') return;
    const shown = shownType(assumed, here.right[i]!, found);
    const alike = all.filter((n) => n.op === node.row.name).map((n) => showType(n.output));
    expect(alike as readonly (string | ValueId)[]).toContain(shown);
  });
  return true;
};

describe('types with symbols are types with numbers', () => {
  test.each(shipped)('%s', (name, rule) => {
    const cases = casesOf(rule, std);
    if (typeof cases === 'string') throw new Error(cases);
    let matched = 0;
    const enough = deep ? 1000 : 10;
    for (let i = 0; i < 100 * enough && matched < enough; i++) {
      const before = instanceOf(rulesContext(), std, rule, drawn(3, name, i));
      if (before !== undefined && agrees(rule, cases, before)) matched++;
    }
    expect(matched).toBe(enough);
  });
});

// ------------------------------------------------------------------------------------- wrong rules

/** The first instance of so many in which the sides have no equal types. */
const counterExample = (rule: CompiledRule, instances: number): string | undefined => {
  let fired = 0;
  for (let i = 0; i < 4 * instances && fired < instances; i++) {
    const seed = { seed: 5, index: i, numbers: false };
    const outcome = checkInstance(
      { cx: rulesContext(), std, rule, ...seed },
      drawn(5, rule.rule.name.text, i),
    );
    if (outcome.tag === 'agrees') fired++;
    if (isFailure(outcome) && outcome.tag === 'fault')
      return [outcome.fault.message, outcome.fault.primary.message].join(': ');
  }
  return undefined;
};

/** A generator of the numbers below n, the same in every run. */
const dice = (seed: number): ((n: number) => number) => {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
};

const words = /\b(half|valid|same|true|false|relu|maxpool|avgpool|flatten|gap|conv|fc|depthwise)\b/;
const insteadOf: { readonly [word: string]: readonly string[] } = {
  half: ['valid', 'same', '1'],
  valid: ['half', 'same', '0'],
  same: ['valid', 'half'],
  true: ['false'],
  false: ['true'],
  relu: ['tanh', 'gap', 'flatten', 'maxpool2', 'upsample', 'crop(1)', 'pad(1)'],
  maxpool: ['avgpool', 'conv'],
  avgpool: ['maxpool'],
  flatten: ['gap', 'relu', 'flatten; relu'],
  gap: ['flatten', 'relu'],
  conv: ['depthwise', 'deconv'],
  fc: ['conv'],
  depthwise: ['conv', 'deconv'],
};

/** One small fault in the text of a rule. */
const mutated = (text: string, roll: (n: number) => number): string => {
  const start = text.indexOf(':') + 1;
  const places = [
    ...text
      .slice(start)
      .matchAll(/\d+|\b[a-z]\w*\b|[-+*]|, [^,()[\]{}]+(?=[,)])|: \[[^\]]*\]|\/\w+/g),
  ];
  const place = places[roll(places.length)];
  if (place === undefined) return text;
  const [old] = place;
  const all = places.map(([p]) => p);
  const others = all.filter((p) => /^[a-z]$/.test(p) && p !== old);
  const digits = Number(old);
  const made = /^\d+$/.test(old)
    ? [digits + 1, Math.max(0, digits - 1), 2 * digits, ...others]
    : /^[-+*]$/.test(old)
      ? ['+', '-', '*']
      : /^[,/]/.test(old)
        ? ['']
        : old.startsWith(':')
          ? ['', ': [_, _, _]', ': [_]', ': [h, w, c]', ': [2*h, w, c]']
          : words.test(old)
            ? (insteadOf[old] ?? [])
            : [...others, '1', '2', `${old} + 1`, `(2*${old})`];
  const value = made[roll(made.length)] ?? old;
  const at = start + place.index;
  return text.slice(0, at) + String(value) + text.slice(at + old.length);
};

/** Rules that differ from shipped ones by one or two faults, and still are rules. */
const mutants = (most: number): readonly (readonly [string, CompiledRule])[] => {
  const roll = dice(11);
  const found = new Map<string, CompiledRule>();
  const texts = files.flatMap((file) => {
    const source = fileText(`passes/${file}`);
    return shipped
      .filter(([, { rule }]) => rule.span.path === `passes/${file}`)
      .map(([, { rule }]) => source.slice(rule.span.start, rule.span.end));
  });
  for (let i = 0; i < 40 * most && found.size < most; i++) {
    const text = texts[roll(texts.length)]!;
    const once = mutated(text, roll);
    const wrong = roll(3) === 0 ? mutated(once, roll) : once;
    if (texts.includes(wrong) || found.has(wrong)) continue;
    const tree = parse(
      { path: 'mutant.net', text: `rewrite m when inference {\n${wrong}\n}` },
      operatorWords,
    );
    if (diagnosticsOf(tree).length > 0) continue;
    const compiled = passesOf(sound(tree));
    const [rule] = resultOf(compiled)?.[0]?.rules ?? [];
    if (diagnosticsOf(compiled).length === 0 && rule !== undefined) found.set(wrong, rule);
  }
  return [...found];
};

/** A rule, whatever else may be said of it. */
const ruleIn = (text: string): CompiledRule =>
  resultOf(passesIn(`rewrite test when inference {\n${text}\n}`))![0]!.rules[0]!;

describe('what small nets do not show is not proved', () => {
  test.each([
    ['one size less', 'rule r: conv(k, n) => conv(k, n) with { kernel = 1, bias = 0 }'],
    [
      'the bounds of a parameter',
      'rule r: pad([a, b, c, d]); pad([i, j, k, l]) => pad([a + i, b + j, c + k, d + l])',
    ],
    [
      'the largest number of channels',
      `rule r: (conv(1, n, groups = 1) as a; ..f) | (conv(1, m, groups = 1) as b; ..g) => conv(1, n + m) with {
        kernel = concat(a.kernel, b.kernel), bias = concat(a.bias, b.bias) };
        (channels(0..n); ..f) | (channels(n..n + m); ..g)`,
    ],
    ['a factor near its bound', 'rule r: scale(a); scale(b) => scale(a*b)'],
    ['rounding up', 'rule r: maxpool(k, s) => maxpool(k, s, round = ceil)'],
    ['a size of the image', 'rule r: gap : [h, w, c] => avgpool(h x w, 1); flatten'],
    ['a map that may be free', 'rule r: gap => maxpool(1, 1); gap; flatten; relu; flatten | id'],
    [
      'a condition that says less',
      'structural rule r: conv(k, n, bias = b) => conv(1, n, bias = b) where k >= 1',
    ],
    ['what layers make', 'rule r: relu; ..f; tanh => tanh; ..f; flatten'],
    ['layers on something else', 'rule r: maxpool2; ..f => ..f; maxpool2'],
    [
      'a join that agrees for some images',
      'rule r: maxpool2 | maxpool(3, 2) => maxpool(3, 2) | maxpool2; channels(0..1)',
    ],
    ['padding at other sides', 'rule r: pad([a, _, c, _]); relu => pad([a, a, c, c]); relu'],
    [
      'groups of another layer',
      'structural rule r: conv(1, n, groups = g); conv(1, m, groups = k) => conv(1, n, groups = k); conv(1, m, groups = g)',
    ],
    [
      'half of an even window',
      'structural rule r: conv(1, k); conv(2*k, n) => conv(1, k); conv(1, n)',
    ],
    [
      'a division that rounds',
      'structural rule r: conv(1, n); relu => conv(1, 2*(n/2)); relu where n >= 2',
    ],
    ['division by nothing', 'rule r: pad([a, b, c, d]); relu => relu; pad([a, b, c, d/c*c])'],
    [
      'padding that a pool does not take',
      'structural rule r: conv(3, n, 1, pad = q); relu => maxpool(3, 1, pad = q); conv(1, n)',
    ],
    [
      'channels that are stated of others',
      'structural rule r: batchnorm(..q); channels(0..1) => channels(0..1); batchnorm(..q)',
    ],
    [
      'branches that agree for some images',
      `structural rule r: maxpool(2, 2); channels(0..1); gap
        => (maxpool(1, 2) | maxpool(2, 2)); channels(0..1); gap`,
    ],
    ...['m - n - 1 < m', 'm - n <= m', 'n - m - 1 > m', 'n - m >= m'].map((text) => {
      const [units, sign] = /^(.*) ([<>]=?) m$/.exec(text)!.slice(1);
      const sides = `conv(1, n); conv(1, m) => conv(1, ${units}); conv(1, m)`;
      return [`${units} where n ${sign} m`, `structural rule r: ${sides} where n ${sign} m`];
    }),
    [
      'weights that depend on the image',
      'rule r: (conv(k x k, n) as f; relu) : [h, w, c] => conv(k x k, n) with { kernel = reshape(f.kernel, [k, k, c, n]), bias = reshape(f.bias, [n*(h - h + 1)]) }; relu',
    ],
    ['a part of a larger join', 'rule r: (relu | tanh) as a => @a'],
    [
      'a parameter that is absent',
      'structural rule r: batchnorm(..q) as b; relu => batchnorm(channels = b.channels); relu',
    ],
    [
      'a size too large on the way',
      'structural rule r: upsample(n); maxpool(n, n) => upsample(n); upsample(n); maxpool(n, n); maxpool(n, n)',
    ],
    [
      'a divisor below nothing',
      'structural rule r: conv(1, m); conv(1, k); channels(0..9/(m - k)) => conv(1, m); conv(1, k); channels(0..9/(m - k) + 1)',
    ],
  ])('%s', (_, text) => {
    expect(proveTypes(ruleIn(text), std).tag).toBe('open');
  });

  test('and what is true of all is proved', () => {
    for (const text of [
      'structural rule r: conv(1, k); conv(2*k + 1, n) => conv(1, k); conv(1, n)',
      'structural rule r: conv(3, n, s) => conv(3, n, s, pad = same)',
      'structural rule r: conv(1, n); conv(1, m) => conv(1, m - n); conv(1, m) where n < m',
      'structural rule r: conv(1, n); conv(1, m) => conv(1, n - m); conv(1, m) where n > m',
      'structural rule r: conv(1, n); conv(1, m) => conv(1, n - m + 1); conv(1, m) where n >= m',
      'structural rule r: conv(1, n); conv(1, m) => conv(1, n) where n == m',
      'structural rule r: conv(k, n, s, pad = same) => conv(1, n, s, pad = same)',
      'structural rule r: maxpool(2, 2); maxpool(3, 3) => maxpool(6, 6)',
      'structural rule r: maxpool(a, a); maxpool(b, b) => maxpool(b, b); maxpool(a, a)',
      'structural rule r: upsample(n); maxpool(n) => id',
      'structural rule r: maxpool(a, s); relu => relu; maxpool(a, s)',
      'structural rule r: maxpool2 | maxpool(3, 2) => avgpool2 | avgpool(3, 2)',
      'structural rule r: deconv(k x k, n, 2, pad = [a, b]); tanh => deconv((k + 1) x (k + 1), n, 2, pad = [a + 1, b]); tanh where a < 9 and k < 9',
      'structural rule r: conv(1, n, groups = g); conv(1, m, groups = g) => conv(1, n, groups = g); conv(1, n*m, groups = g); conv(1, m, groups = g) where n*m < 99',
    ]) {
      expect(proveTypes(ruleIn(text), std), text).toEqual({ tag: 'proved' });
    }
  });
});

describe('mutated rules', () => {
  test(
    'are not proved, or have no counter-example',
    { timeout: deep ? 3_600_000 : 120_000 },
    () => {
      const all = mutants(deep ? 3000 : 250);
      let proved = 0;
      const wrong = all.flatMap(([text, rule]) => {
        if (proveTypes(rule, std).tag !== 'proved') return [];
        proved++;
        const found = counterExample(rule, deep ? 1000 : 30);
        return found === undefined ? [] : [`${text}\n${found}`];
      });
      if (process.env['SHOW']) console.log(`${proved} of ${all.length} mutants are proved`);
      expect(wrong).toEqual([]);
      expect(all.length).toBeGreaterThanOrEqual(200);
      // faults that types do not see are proved; most of the others are not
      expect(proved).toBeGreaterThan(all.length / 20);
      expect(proved).toBeLessThan((all.length * 4) / 5);
    },
  );
});
