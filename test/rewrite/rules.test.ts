/** The rule language, construct by construct: what matches, what is made of it, and what is refused. */
import { describe, expect, test } from 'vitest';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { showArg } from '../../src/ops/parts/args.ts';
import { rowOf } from '../../src/ops/table.ts';
import { showGraph } from '../../src/graph/print.ts';
import { drawn, replayed, type Choices } from '../../src/rewrite/verify/choices.ts';
import { verify } from '../../src/rewrite/verify/verify.ts';
import { applyPass } from '../../src/rewrite/match/apply.ts';
import { checkTypes } from '../../src/rewrite/verify/check-rules.ts';
import { applied, netOf, opsOf, passesIn, rules, shipped } from './nets.ts';

/** The layers after a rule as a program without its first and last line, types and labels. */
const after = (rule: string, type: string, output: string, layers: string): readonly string[] => {
  const { graph } = applied(netOf(type, output, layers), rules(rule));
  const bare = { ...graph, nodes: graph.nodes.map((n) => ({ ...n, weights: [] })) };
  return showGraph(bare)
    .trim()
    .split('\n')
    .slice(1, -1)
    .map((line) => line.replace(/ -- .*/, '').trim());
};

const onMap = (rule: string, layers: string, output = '[8, 8, 2]'): readonly string[] =>
  after(rule, '[8, 8, 2]', output, layers);

describe('arguments', () => {
  test('a pattern reads as the program it matches, defaults included', () => {
    const rule = 'rule r: maxpool2 => relu; maxpool2';
    expect(onMap('structural rule r: maxpool2 => avgpool2', 'maxpool', '[4, 4, 2]')).toEqual([
      'avgpool',
    ]);
    expect(
      onMap('structural rule r: maxpool2 => avgpool2', 'maxpool(2, 2, round = ceil)', '[4, 4, 2]'),
    ).toEqual(['maxpool(round = ceil)']);
    expect(diagnosticsOf(passesIn(`rewrite t { ${rule} }`))).toEqual([]);
  });

  test('a hole takes any value, a repeated one the same', () => {
    const rule = 'rule r: scale(a); scale(a) => scale(a*a)';
    expect(onMap(rule, 'scale(3); scale(3)')).toEqual(['scale(9)']);
    expect(onMap(rule, 'scale(3); scale(2)')).toHaveLength(2);
    expect(onMap('rule r: dropout(_); relu => relu', 'dropout-0.1; relu')).toEqual(['relu']);
  });

  test('an expression of bound names', () => {
    const rule = 'rule r: scale(a); scale(a + 1) => relu; scale(a)';
    expect(onMap(rule, 'scale(2); scale(3)')).toEqual(['relu', 'scale(2)']);
    expect(onMap(rule, 'scale(2); scale(4)')).toHaveLength(2);
  });

  test('sizes, sides and ranges have parts', () => {
    const one = 'structural rule r: conv(a x b, n) => conv(b x a, n) where a < b';
    expect(onMap(one, 'conv1x3-2')).toEqual(['conv(3x1, 2)']);
    expect(onMap(one, 'conv3x1-2')).toEqual(['conv(3x1, 2)']);
    const pads = 'rule r: pad([a, b, c, d]); crop([a, b, c, d]) => id';
    expect(onMap(pads, 'pad([1, 2, 0, 1]); crop([1, 2, 0, 1]); relu')).toEqual(['relu']);
    expect(onMap(pads, 'pad(1); crop(1); relu')).toEqual(['relu']);
    expect(onMap(pads, 'pad([1, 2, 0, 1]); crop([2, 1, 0, 1]); relu')).toHaveLength(3);
    const cut = 'rule r: channels(a..b); channels(i..j) => channels(a + i..a + j) where b >= j';
    expect(onMap(cut, 'conv1-6; channels(2..6); channels(1..3)')).toEqual([
      'conv(1, 6)',
      'channels(3..5)',
    ]);
  });

  test('`..p` carries the rest, and what is given beside it wins', () => {
    const rule =
      'structural rule r: conv(k, n, ..p) => conv(k, n, ..p, bias = false); relu where k > 1';
    const graph = netOf('[8, 8, 2]', '[4, 4, 6]', 'conv3-6/2(groups = 2); tanh');
    const pass = rules(rule);
    const result = applyPass(graph, pass, { limit: 1 });
    expect(diagnosticsOf(result).map((d) => d.message)).toEqual(['the pass `test` does not end']);
    const once = rules(
      `${rule.replace('k > 1', 'k == 3')}`.replace('conv(k, n, ..p, bias', 'conv(1, n, ..p, bias'),
    );
    const [conv] = applied(graph, once).graph.nodes;
    const args = rowOf('conv').params.map((p) => `${p.name} = ${showArg(conv!.args[p.name]!)}`);
    expect(args.join(', ')).toBe(
      'size = 1, channels = 6, stride = 2, pad = half, dilation = 1, groups = 2, bias = false',
    );
  });
});

describe('shapes of patterns', () => {
  test('`..f` is any part with one entry and one exit, and may be nothing', () => {
    const rule = 'rule r: scale(2); ..f; scale(3) => tanh; ..f; sigmoid';
    expect(onMap(`structural ${rule}`, 'scale(2); scale(3)')).toEqual(['tanh', 'sigmoid']);
    expect(onMap(`structural ${rule}`, 'scale(2); (relu + id); scale(3)')).toEqual([
      'tanh as v1',
      'relu as v2',
      '(@v2 + @v1)',
      'sigmoid',
    ]);
    // the second branch enters elsewhere
    expect(
      onMap(`structural ${rule}`, 'id as a; scale(2); relu as b; (@a + @b); scale(3)'),
    ).toContain('scale(2)');
  });

  test('`+` matches either way round', () => {
    const rule = 'structural rule r: (relu; ..f) + id => relu; ..f';
    expect(onMap(rule, '(relu; tanh) + id')).toEqual(['relu', 'tanh']);
    expect(onMap(rule, 'id + (relu; tanh)')).toEqual(['relu', 'tanh']);
  });

  test('`|` matches any neighbours, and the others stay', () => {
    const rule = 'structural rule r: relu | tanh => sigmoid | sigmoid';
    const out = '[8, 8, 8]';
    expect(onMap(rule, 'id | relu | tanh | id', out)).toEqual([
      'id as v0',
      'sigmoid as v1',
      '(@v0 | @v1 | @v1 | @v0)',
    ]);
    expect(onMap(rule, 'relu | id | tanh | id', out)).toContain('(@v1 | @v0 | @v2 | @v0)');
  });

  test('`*` and remembered values', () => {
    const two = 'structural rule r: relu as a; (tanh * @a) => sigmoid';
    expect(onMap(two, 'relu as y; (tanh * @y)')).toEqual(['sigmoid']);
  });

  test('a repetition is written out', () => {
    expect(onMap('rule r: 3x relu => relu', 'relu; relu; relu')).toEqual(['relu']);
  });

  test('types bind sizes, and demand them', () => {
    const rule = 'structural rule r: relu : [h, 2*w, c] => scale(1.0*h + w)';
    expect(after(rule, '[5, 6, 1]', '[5, 6, 1]', 'relu')).toEqual([
      'exactly(height = 5, width = 6)',
      'scale(8)',
    ]);
    expect(after(rule, '[5, 7, 1]', '[5, 7, 1]', 'relu')).toEqual(['relu']);
    expect(
      after('structural rule r: relu : [1, 1, c] => tanh', '[1, 1, 3]', '[1, 1, 3]', 'relu'),
    ).toEqual(['exactly(height = 1, width = 1)', 'tanh']);
  });

  test('parameters of a named layer', () => {
    const rule = 'structural rule r: batchnorm(..q) as b; relu => scale(b.eps)';
    expect(onMap(rule, 'batchnorm(eps = 0.5); relu')).toEqual(['scale(0.5)']);
  });

  test('blocks, definitions and labels are no walls', () => {
    const layers = 'block a: relu\n block b: relu';
    expect(onMap('rule r: relu; relu => relu', layers)).toEqual(['relu']);
  });
});

describe('values used outside', () => {
  test('a free one is computed twice', () => {
    const layers = 'relu as a; tanh; (id + @a)';
    expect(onMap('structural rule r: relu; tanh => sigmoid', layers)).toEqual([
      'id as v0',
      'relu as v1',
      '@v0; sigmoid as v2',
      '(@v2 + @v1)',
    ]);
  });

  test('one with weights is not', () => {
    const layers = 'conv3-2 as a; relu; (id + @a)';
    expect(onMap('structural rule r: conv3-n; relu => conv1-n', layers)).toHaveLength(3);
  });

  test('nor one that a larger join reads once more, beside the matched part', () => {
    const layers = 'id as z; conv1-2 as a; (@a | (@z; conv1-3) | @a)';
    const graph = netOf('[8, 8, 2]', '[8, 8, 7]', layers);
    const { trace } = applied(graph, shipped('merge-siblings.net'));
    expect(trace.map((e) => e.rule)).not.toContain('two');
  });

  test('a layer behind `..f` is not in the pattern as well', () => {
    const rule = 'structural rule r: (relu; ..f) | (..g) => (tanh; ..f) | (sigmoid; ..g)';
    const shared = 'relu as a; ((scale(2)) | (scale(3)))';
    expect(onMap(rule, shared, '[8, 8, 4]').join()).not.toContain('sigmoid');
    const apart = '((relu; scale(2)) | (scale(3)))';
    expect(onMap(rule, apart, '[8, 8, 4]').join()).toContain('sigmoid');
  });

  test('nor is an extra output', () => {
    const layers = 'conv3-2 as a; also side { gap }; relu';
    expect(onMap('structural rule r: conv3-n; relu => conv1-n', layers)).toContain(
      'also side { @v2 }',
    );
  });
});

describe('applying', () => {
  test('the first rule that matches anywhere, at its first match', () => {
    const pass = rules(`
      structural rule late:  tanh => sigmoid
      structural rule early: relu => tanh`);
    const { trace } = applied(netOf('[2, 2, 1]', '[2, 2, 1]', 'relu; tanh; relu'), pass);
    expect(trace.map((e) => `${e.rule} ${e.layer}`)).toEqual([
      'late N/tanh1',
      'early N/relu1',
      'late N/relu1/tanh',
      'early N/relu2',
      'late N/relu2/tanh',
    ]);
    expect(trace[0]).toMatchObject({ pass: 'test', matched: ['tanh'], replacement: ['sigmoid'] });
    expect([trace[0]!.place.path, trace[0]!.source.path]).toEqual(['rules.net', 'N.net']);
  });

  test('rules that undo each other are reported', () => {
    const pass = rules('structural rule a: relu => tanh\nstructural rule b: tanh => relu');
    const [fault] = diagnosticsOf(applyPass(netOf('[2, 2, 1]', '[2, 2, 1]', 'relu'), pass));
    expect([fault?.code, fault?.message, fault?.primary.message]).toEqual([
      'E0816',
      'the pass `test` does not end',
      'stopped after 220 applications',
    ]);
    const [said = ''] = fault?.labels.map((l) => l.message) ?? [];
    expect(said).toMatch(/^`[ab]` was among the last to match, at `N\/relu1\/tanh\/.*….*`$/);
    expect(said.length).toBeLessThan(120);
  });

  test('it is deterministic', () => {
    const graph = netOf('[8, 8, 2]', '[8, 8, 4]', '(conv1-2; relu) | (conv1-2; relu)');
    const pass = rules(
      'structural rule r: (conv1-n; ..f) | (conv1-n; ..g) => conv1-(2*n); ..f; (..g)',
    );
    expect(opsOf(applied(graph, pass).graph)).toEqual(opsOf(applied(graph, pass).graph));
  });
});

describe('mistakes in rules', () => {
  const said = (text: string): readonly string[] =>
    diagnosticsOf(passesIn(`rewrite test {\n${text}\n}`)).map(
      (d) => `${d.code} ${d.message}: ${d.primary.message}`,
    );

  test.each([
    ['rule r: rleu => relu', /^E0301 nothing is called `rleu`: did you mean `relu`\?$/],
    ['rule r: relu => scale(z)', /^E0813 .*`z`/],
    ['rule r: conv(k, n) => relu', /^E0812 the replacement drops `k`: bound here and never used$/],
    ['rule r: relu; ..f => relu', /^E0812 the replacement drops the layers `..f`/],
    ['rule r: relu => relu; ..g', /^E0813 the pattern binds no layers `..g`/],
    [
      'rule r: relu => conv3-8',
      /^E0814 the rule does not say where the weights of `conv` come from/,
    ],
    [
      'rule r: conv(..p) as k => conv(..p) with { kernel = k.kernel, gamma = k.bias }',
      /^E0813 `conv` has no weight `gamma`/,
    ],
    [
      'rule r: conv(..p) as k => conv(..p) with { kernel = k.kernal, bias = k.bias }',
      /^E0813 `conv` has no weight `kernal`: did you mean `kernel`\?$/,
    ],
    [
      'rule r: conv(..p) as k => conv(..p) with { kernel = j.kernel, bias = k.bias }',
      /^E0813 the pattern binds no layer `j`/,
    ],
    ['rule r: conv(..p) as k => relu', /^E0812 the replacement drops `k`/],
    ['rule r: relu as a; tanh as a => relu', /^E0310 `a` appears twice/],
    [
      'rule r: conv(..p) => depthwise(..p)',
      /^E0814|^E0305 `depthwise` has no parameter `channels`/,
    ],
    ['rule r: relu => @b', /^E0813 the pattern binds no name `b`/],
    ['rule r: ..f => ..f', /matches everything/],
    ['rule r: block relu => relu', /^E0818 `block` has no meaning in a rule/],
    [
      'rule r: relu => relu\nrule r: tanh => tanh',
      /^E0310 this pass already has a rule called `r`/,
    ],
    ['rule r: relu; ..f => relu; ..f; ..f', /^E0310 `..f` appears twice in this rule/],
    ['rule r: relu; dropout(..p) => relu', /^E0819 `dropout` computes something else in training/],
    ['rule r: conv(..p, ..q) => relu', /^E0306 a call takes at most one `..`/],
  ])('%s', (text, reason) => {
    expect(said(text)[0] ?? 'accepted').toMatch(reason);
  });

  test('`when` knows inference only', () => {
    const [fault] = diagnosticsOf(passesIn('rewrite t when training { rule r: relu => relu }'));
    expect(fault?.code).toBe('E0301');
  });
});

describe('verifying', () => {
  test('a rule that is never applied is reported', () => {
    const pass = rules(`
      rule all: relu; dropout(..p) => relu
      rule some: relu; dropout(0.5) => relu`);
    const reports = verify(pass, { instances: 50 });
    expect(reports.map((r) => r.found.map((d) => `${d.code} ${d.message}`))).toEqual([
      [],
      ['W0821 `some` is never applied'],
    ]);
    const [shadowed] = reports[1]?.found ?? [];
    expect([reports[1]?.fired, shadowed?.notes]).toEqual([
      50,
      ['alone it can be applied; in its pass the earlier rule is applied instead'],
    ]);
  });

  test('decisions taken again are the same, also where there was none to take', () => {
    const made = (c: Choices) => [
      c.below(3),
      c.below(1),
      c.of(2),
      c.below(5),
      c.side(),
      c.below(9),
    ];
    for (let index = 0; index < 50; index++) {
      const first = drawn(1, 'test', index);
      const again = made(first);
      expect(made(replayed(first.taken()))).toEqual(again);
    }
  });

  test.each([1, 3, 4, 6])('a counter-example is the smallest there is, for seed %i', (seed) => {
    const unscaled = rules(`
      rule a: conv(..p) as k; scale(s) => conv(..p) with { kernel = k.kernel * s, bias = k.bias }`);
    const [report] = verify(unscaled, { instances: 50, seed });
    expect(report?.found[0]?.notes[0]).toMatch(
      /^this program:\nnet N : \[1, 1, 1\] -> \[1, 1, 1\] \{\n  conv1: conv\(1, 1\)  -- /,
    );
  });

  test.each([
    [
      'beyond its windows',
      'rule r: maxpool(15, 1, pad = half); maxpool(15, 1, pad = half) => maxpool(15, 1, pad = half)',
    ],
    ['beside a number', 'rule r: scale(a); relu => relu; scale(a) where a >= 0 or a == -37'],
    ['for larger images', 'rule r: (flatten; relu) : [1, 1, c] => gap; relu'],
  ])('a rule that is wrong %s is found', (_, rule) => {
    const right = 'rule r: lrn(..p); dropout(..q) => lrn(..p)';
    expect(verify(rules(right), { instances: 100 })[0]?.found).toEqual([]);
    const [report] = verify(rules(rule), { instances: 1000 });
    expect(report?.found.map((d) => d.code)).toEqual(['E0820']);
  });

  test('a rule that never fires is reported', () => {
    const [report] = verify(rules('rule r: relu; softmax; gap; flatten; gap; lrn => relu'), {
      instances: 5,
    });
    expect(report?.found.map((d) => d.message)).toEqual(['`r` fired on none of 0 nets']);
  });

  test('types alone', () => {
    const types = (rule: string) => checkTypes(rules(rule).rules[0]!, 50);
    expect(types('rule r: relu => tanh')).toMatchObject({ everySize: 50, failure: undefined });
    expect(types('rule r: maxpool2 => id').failure?.tag).toBe('fault');
    // pads of one pixel in all are those of the other side, or not, as the size is odd or even
    expect(types('rule r: maxpool(2, 2, round = ceil) => maxpool2').failure).toMatchObject({
      tag: 'fault',
      fault: { code: 'E0811' },
    });
    expect(types('rule r: flatten : [1, 1, c] => gap')).toMatchObject({ everySize: 0, fixed: 50 });
    // a window of 3 and a stride of 2 at once
    const ceil =
      'structural rule r: maxpool(k, s, pad = p, round = ceil) => maxpool(k, s, pad = p)';
    expect(checkTypes(rules(ceil).rules[0]!, 30).failure).toMatchObject({
      fault: { code: 'E0811' },
    });
    expect(types('rule r: crop(0) => crop(2); pad(2)').failure).toMatchObject({
      allSizes: true,
      fault: { message: 'the replacement of `r` takes fewer images than the pattern' },
    });
  });

  test('an approximate rule keeps to its tolerance, or to 1e-3', () => {
    const found = (rule: string) => verify(rules(rule), { instances: 20 })[0]?.found;
    expect(found('approximate rule r: scale(1.0005) => id')).toEqual([]);
    expect(found('approximate(1e-3) rule r: scale(1.0005) => id')).toEqual([]);
    const [near] = found('approximate(1e-4) rule r: scale(1.0005) => id') ?? [];
    expect(near?.code).toBe('E0820');
    expect(near?.notes.at(-1)).toBe('the sides of an approximate rule may differ by 0.0001');
    const [far] = found('approximate rule r: scale(1.005) => id') ?? [];
    expect(far?.notes.at(-1)).toContain('differ by 0.001; `approximate(1e-2) rule` allows 1e-2');
    expect(found('approximate(1e-2) rule r: scale(1.005) => id')).toEqual([]);
    expect(found('rule r: scale(1.0005) => id')?.[0]?.code).toBe('E0820');
  });

  test('a tolerance is small and positive', () => {
    const compiled = passesIn('rewrite t { approximate(2) rule r: scale(2) => id }');
    expect(diagnosticsOf(compiled).map((d) => d.code)).toEqual(['E0307']);
  });

  test('the same seed finds the same counter-example', () => {
    const pass = rules('rule r: relu; tanh => tanh');
    const once = verify(pass, { seed: 7 })[0]?.found[0];
    expect(once).toEqual(verify(pass, { seed: 7 })[0]?.found[0]);
    expect(once?.notes).toMatchInlineSnapshot(`
      [
        "this program:
      net N : [2, 1, 1] -> [2, 1, 1] {
        relu  -- [2, 1, 1]
        tanh  -- [2, 1, 1]
      }",
        "becomes:
      net N : [2, 1, 1] -> [2, 1, 1] {
        tanh  -- [2, 1, 1]
      }",
        "for the input [1, -2]",
        "the pattern gives [0.761594, 0], the replacement [0.761594, -0.964028]",
      ]
    `);
  });
});

test('a rule that needs the size of the image leaves nets of free size alone', () => {
  const rule = 'rule r: gap : [h, w, c] => avgpool(h x w, 1); flatten';
  expect(after(rule, '[4, 3, 2]', '[2]', 'gap')).toEqual([
    'exactly(height = 4, width = 3)',
    'avgpool(size = 4x3, stride = 1)',
    'flatten',
  ]);
  expect(after(rule, '[h, w, 2]', '[2]', 'gap')).toEqual(['gap']);
  expect(verify(rules(rule), { instances: 100 })[0]?.found).toEqual([]);
});
