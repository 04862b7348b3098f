/** The law of the print: compiled again it is the same graph, with the same names of weights. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { showGraph } from '../../src/graph/print.ts';
import { check, example } from '../programs.ts';
import { substance } from './substance.ts';

const examples = readdirSync(new URL('../../examples/', import.meta.url)).filter(
  (file) => file.endsWith('.net') && file !== 'vgg-protocol.net',
);

it.each(examples)('%s', (file) => {
  for (const net of check(example(file)).program.nets) {
    const graph = graphOfNet(net);
    const again = check(showGraph(graph));
    expect(again.found).toEqual([]);
    expect(substance(graphOfNet(again.net(net.name)))).toEqual(substance(graph));
  }
});

it.each([
  'net N : [8, 8, 3] -> _ { conv3-4; also side { gap; fc-2 } }',
  'net N : [8, 8, 3] -> _ { also a { relu }; conv3-4; also b { conv1-2 }; also c { id } }',
  'net N : [8, 8, 3] -> _ = id',
  'net N : [8, 8, 3] -> _ { conv3-4 as a; relu; @a }',
])('%s', (text) => {
  const graph = graphOfNet(check(text).net('N'));
  const again = check(showGraph(graph));
  expect(again.found).toEqual([]);
  expect(substance(graphOfNet(again.net('N')))).toEqual(substance(graph));
});

it('stands beside other nets, whatever they are called', () => {
  const { program } = check(`
    net relu : [4, 4, 3] -> _ { std.relu; conv3-3(pad = same) }
    net N : [4, 4, 3] -> _ { relu; std.relu; maxpool(round = ceil) }`);
  const names = [...program.nets.map(({ name }) => name), 'maxpool', 'same', 'ceil'];
  for (const net of program.nets) {
    const graph = graphOfNet(net);
    const others = ['maxpool', 'same', 'ceil'].map((name) => `net ${name} : [3] -> _ = id\n`);
    const again = check([showGraph(graph, names), ...others].join(''));
    expect(again.found).toEqual([]);
    expect(substance(graphOfNet(again.net(net.name)))).toEqual(substance(graph));
  }
});

it('reads like a program', () => {
  const { net } = check(`
    def basic(c) { (conv3-c; batchnorm; relu; conv3-c) + id; relu }
    net N : [16, 16, 3] -> [10] {
      block stem: conv3-8/2(bias = false)
      also side { gap }
      2x basic-8
      maxpool3/2(pad = 1)
      gap; fc-10
    }`);
  expect(showGraph(graphOfNet(net('N')))).toMatchInlineSnapshot(`
    "net N : [16, 16, 3] -> [10] {
      stem: (conv1: conv(3, 8, stride = 2, bias = false)) as v1  -- [8, 8, 8]
      gap as v2  -- [8]
      @v1; basic1: (conv1: conv(3, 8))  -- [8, 8, 8]
      basic1: (batchnorm1: batchnorm)  -- [8, 8, 8]
      relu  -- [8, 8, 8]
      basic1: (conv2: conv(3, 8)) as v6  -- [8, 8, 8]
      (@v6 + @v1)  -- [8, 8, 8]
      relu as v8  -- [8, 8, 8]
      basic2: (conv1: conv(3, 8))  -- [8, 8, 8]
      basic2: (batchnorm1: batchnorm)  -- [8, 8, 8]
      relu  -- [8, 8, 8]
      basic2: (conv2: conv(3, 8)) as v12  -- [8, 8, 8]
      (@v12 + @v8)  -- [8, 8, 8]
      relu  -- [8, 8, 8]
      maxpool(size = 3, stride = 2, pad = 1)  -- [4, 4, 8]
      gap  -- [8]
      fc1: fc(10)  -- [10]
      also side { @v2 }
    }
    "
  `);
});
