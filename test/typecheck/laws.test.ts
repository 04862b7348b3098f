/** What holds of every program: the well typed run as their types say, mutants are refused, nothing throws. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { diagnosticsOf, hasErrors, resultOf, type Checked } from '../../src/diagnostic/checked.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { showGraph } from '../../src/graph/print.ts';
import { shapeOf, showType } from '../../src/ops/types.ts';
import { operatorWords } from '../../src/ops/words.ts';
import { parse } from '../../src/parser/parse.ts';
import type { Span } from '../../src/syntax/source.ts';
import type { Expr } from '../../src/syntax/tree.ts';
import { partsOf } from '../../src/syntax/walk.ts';
import type { Program } from '../../src/typecheck/program/program.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { noise, weightFor } from '../ops/cases.ts';
import { changed, misfits, misfitted, pointing } from './mutants.ts';
import { analysed, isSound, main, netOf, netsOf, rendered } from './program.ts';
import { randomFrom, randomProgram, written } from './random-programs.ts';
import { processorTime } from '../processor-time.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const runs = (usual: number, thorough = 40 * usual): { readonly numRuns: number } => ({
  numRuns: deep ? thorough : usual,
});

const textOf = (program: ReturnType<typeof randomProgram>, output?: string): string =>
  written(
    program,
    program.steps.map((s) => s.text),
    output,
  );

/** Runs a net on noise; every output must have the shape that its type says. */
const runsAsTyped = (net: TypedNet, text: string): void => {
  const graph = graphOfNet(net);
  const specs = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w.spec]));
  const outputs = interpret(graph, noise(shapeOf(net.input, 2)!), (path) =>
    weightFor(specs.get(path)!),
  );
  expect(outputs.get('output')!.shape, text).toEqual(shapeOf(net.output, 2));
  for (const { name, type } of net.extras)
    expect(outputs.get(name)!.shape, text).toEqual(shapeOf(type, 2));
};

const errorsOf = (checked: Checked<Program>): readonly Diagnostic[] =>
  diagnosticsOf(checked).filter((d) => d.severity === 'error');

const sole = (text: string): TypedNet | undefined => resultOf(analysed(text))?.nets[0];

test('well-typed programs are accepted, and run as their types say', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const program = randomProgram(seed);
      const last = showType(program.steps[program.steps.length - 1]!.type);
      const text = textOf(program, last);
      const checked = analysed(text);
      if (hasErrors(checked)) expect.fail(rendered(text));
      const net = resultOf(checked)!.nets[0]!;
      expect(showType(net.output)).toBe(last);
      runsAsTyped(net, text);
    }),
    runs(400, 10_000),
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
  const tree = resultOf(parse({ path: main, text }, operatorWords));
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
      if (!isSound(wrapped)) expect.fail(`${wrapped}\n${rendered(wrapped)}`);
      expect(showGraph(graphOfNet(netOf(wrapped))), wrapped).toBe(
        showGraph(graphOfNet(netOf(text))),
      );
    }),
    runs(60, 6000),
  );
});

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
      const count = errorsOf(analysed(text)).length;
      if (count !== 1) expect.fail(`${text}\n${rendered(text)}`);
    }),
    runs(60, 6000),
  );
});

/** A share in hundredths, with what it is a share of. */
const share = (part: number, whole: number): string =>
  `${((100 * part) / whole).toFixed(2)} % of ${whole}`;

/** A check that takes a moment of the processor; one that is long may have been disturbed, and is done again. */
const soon = (text: string): Checked<Program> => {
  for (let tries = 1; ; tries++) {
    const begin = process.cpuUsage();
    const checked = analysed(text);
    const { user } = process.cpuUsage(begin);
    const time = user / 1000; // milliseconds
    if (time > 50 && tries < 5) continue;
    expect(time, text).toBeLessThan(50);
    return checked;
  }
};

describe('mutants', () => {
  test('with a layer that does not fit are refused, at that layer', () => {
    const count = { all: 0, primary: 0, any: 0 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = textOf(randomProgram(seed));
        const mutant = misfitted(text, sole(text)!, randomFrom(seed));
        if (mutant === undefined) return;
        const [first] = errorsOf(soon(mutant.text));
        if (first === undefined) return expect.fail(`accepted: ${mutant.text}`);
        const { primary, any } = pointing(mutant, first);
        count.all++;
        if (primary) count.primary++;
        if (any) count.any++;
        if (!primary && process.env['NETC_MISSES'] !== undefined)
          console.log(rendered(mutant.text), mutant.text.slice(mutant.start, mutant.end));
      }),
      runs(400, 10_000),
    );
    const [primary, any] = [share(count.primary, count.all), share(count.any, count.all)];
    console.log(`misfits: the error is at the change in ${primary}; it or a label in ${any}`);
    expect(count.primary / count.all).toBeGreaterThanOrEqual(0.95);
  });

  test('with any one change are refused, or run as their types say', () => {
    const count = { all: 0, accepted: 0, primary: 0, any: 0 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const mutant = changed(textOf(randomProgram(seed)), randomFrom(seed));
        const { text } = mutant;
        const checked = soon(text);
        count.all++;
        const [first] = errorsOf(checked);
        if (first === undefined) {
          count.accepted++;
          for (const net of resultOf(checked)!.nets) runsAsTyped(net, text);
          return;
        }
        expect(first.primary.span.end).toBeLessThanOrEqual(text.length);
        const { primary, any } = pointing(mutant, first);
        if (primary) count.primary++;
        if (any) count.any++;
      }),
      runs(400, 10_000),
    );
    const refused = count.all - count.accepted;
    const [primary, any] = [share(count.primary, refused), share(count.any, refused)];
    console.log(
      `changes: ${count.accepted} of ${count.all} accepted; the error is at the change in ${primary}; it or a label in ${any}`,
    );
  });
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
        expect(
          processorTime(() => void analysed(text)),
          text,
        ).toBeLessThan(4000);
      }),
      runs(40, 3200),
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
            for (const { output: type } of graphOfNet(net).nodes)
              expect(showType(type), text).not.toContain('_');
      }),
      runs(20, 1600),
    );
  });
});
