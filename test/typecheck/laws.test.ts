/** What holds of every program: the well typed run as their types say, mutants are refused, nothing throws. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/lower/build.ts';
import { valueOf } from '../../src/diagnostic/checked.ts';
import { interpret } from '../../src/lower/interpret.ts';
import { showGraph } from '../../src/lower/print.ts';
import { shapeOf, showType, type TensorType } from '../../src/ops/types.ts';
import { parse } from '../../src/parser/parse.ts';
import type { Span } from '../../src/syntax/source.ts';
import type { Expr } from '../../src/syntax/tree.ts';
import { partsOf } from '../../src/syntax/walk.ts';
import { noise } from '../ops/cases.ts';
import { analysed, faults, isSound, main, netOf, netsOf, rendered } from './program.ts';
import { randomFrom, randomProgram, written } from './random-programs.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const runs = (usual: number): { readonly numRuns: number } => ({
  numRuns: deep ? usual * 40 : usual,
});

test('well-typed programs are accepted, and run as their types say', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const program = randomProgram(seed);
      const last = program.steps[program.steps.length - 1]!.type;
      const text = written(
        program,
        program.steps.map((s) => s.text),
        showType(last),
      );
      expect(isSound(text), rendered(text)).toBe(true);
      const net = netOf(text);
      expect(showType(net.output)).toBe(showType(last));
      const graph = buildGraph(net);
      const shapes = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w.spec]));
      const outputs = interpret(graph, noise(shapeOf(program.input, 2)!), (path) => {
        const { shape, name } = shapes.get(path)!;
        const t = noise(shape);
        return name === 'variance' ? { ...t, data: t.data.map((x) => Math.abs(x) + 0.1) } : t;
      });
      expect(outputs.get('output')!.shape).toEqual(shapeOf(net.output, 2));
      for (const { name, type } of net.extras)
        expect(outputs.get(name)!.shape).toEqual(shapeOf(type, 2));
    }),
    runs(150),
  );
});

/** The expressions of a program that may stand in `( )`, where line breaks mean nothing. */
const wrappable = (text: string): readonly Span[] => {
  const spans: Span[] = [];
  const visit = (e: Expr): void => {
    const { start, end } = e.span;
    const written = text.slice(start, end);
    const fits = e.tag !== 'number' && !written.startsWith('{') && !written.includes('\n');
    if (fits) spans.push(e.span); // `(3)x f` would be no repetition
    if (e.tag === 'ascribe') visit(e.body);
    else partsOf(e).forEach(visit);
  };
  const tree = valueOf(parse({ path: main, text }));
  for (const d of tree?.declarations ?? []) if (d.tag === 'def' || d.tag === 'net') visit(d.body);
  return spans;
};

test('brackets around an expression change no graph', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), (seed, which) => {
      const program = randomProgram(seed);
      const text = written(
        program,
        program.steps.map((s) => s.text),
      );
      const spans = wrappable(text);
      const { start, end } = spans[which % spans.length]!;
      const wrapped = `${text.slice(0, start)}(${text.slice(start, end)})${text.slice(end)}`;
      expect(isSound(wrapped), `${wrapped}\n${rendered(wrapped)}`).toBe(true);
      expect(showGraph(buildGraph(netOf(wrapped))), wrapped).toBe(
        showGraph(buildGraph(netOf(text))),
      );
    }),
    runs(150),
  );
});

/** Layers that cannot follow a value of this type. */
const misfits = (t: TensorType): readonly string[] => {
  if (t.tag === 'unknown' || typeof t.c !== 'number') return [];
  const always = [
    `batchnorm-${t.c + 1}`,
    'rleu',
    'relu(3)',
    '@nothing',
    '3',
    `channels(0..${t.c + 1})`,
  ];
  return t.tag === 'vector'
    ? [...always, 'conv3-8', 'maxpool', 'gap', `(fc-3 : [${t.c + 2}] -> _)`, `id + fc-${t.c + 1}`]
    : [
        ...always,
        'fc-8',
        'conv(50, 8, pad = valid)',
        'maxpool50',
        `conv3-${t.c + 1}(groups = ${t.c + 2})`,
        `conv3-${t.c + 1} + id`,
        'id | gap',
        'id | upsample(2)',
        'crop(30)',
        `(id : [_, _, ${t.c}] -> [_, _, ${t.c + 1}])`,
      ];
};

test('a layer that does not fit is refused, once', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), fc.nat(), (seed, where, which) => {
      const program = randomProgram(seed);
      const at = where % program.steps.length;
      const { type } = program.steps[at]!;
      const bad = misfits(type);
      const step = bad[which % bad.length]!;
      const steps = program.steps.map((s) => s.text);
      const text = written(program, [...steps.slice(0, at + 1), step, ...steps.slice(at + 1)]);
      const found = faults(text).filter((d) => d.severity === 'error');
      expect(found.length, `${text}\n${rendered(text)}`).toBe(1);
    }),
    runs(150),
  );
});

describe('mutants of the examples', () => {
  const folder = join(import.meta.dirname, '../../examples');
  const texts = ['vgg', 'unet', 'googlenet', 'mobilenet_v2', 'alexnet'].map((name) =>
    readFileSync(join(folder, `${name}.net`), 'utf8'),
  );
  const tokens = texts.map((t) => t.match(/--.*|[A-Za-z_]\w*|[\d._]+|\s+|->|=>|==|\.\.|./g) ?? []);

  test('are checked without an exception, and soon', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const r = randomFrom(seed);
        const mutant = [...tokens[r(tokens.length)]!];
        for (let i = 0; i < 1 + r(3); i++) {
          const at = r(mutant.length);
          const other = tokens[r(tokens.length)]!;
          const word = other[r(other.length)]!;
          const change = r(4);
          if (change === 0) mutant.splice(at, 1);
          else if (change === 1) mutant.splice(at, 0, word);
          else if (change === 2) mutant[at] = word;
          else mutant.splice(at, 0, ...mutant.slice(at, at + r(20)));
        }
        const text = mutant.join('');
        const begin = performance.now();
        analysed(text);
        expect(performance.now() - begin, text).toBeLessThan(4000);
      }),
      runs(80),
    );
  });

  test('that are accepted can be written out', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const r = randomFrom(seed);
        const mutant = [...tokens[r(tokens.length)]!];
        const numbers = mutant.flatMap((t, i) => (/^\d+$/.test(t) ? [i] : []));
        mutant[numbers[r(numbers.length)]!] = String([0, 1, 2, 3, 7, 1000][r(6)]);
        const text = mutant.join('').replaceAll(/^assert.*$/gm, '');
        if (isSound(text))
          for (const net of netsOf(text))
            for (const { type } of buildGraph(net).nodes)
              expect(showType(type), text).not.toContain('_');
      }),
      runs(40),
    );
  });
});
