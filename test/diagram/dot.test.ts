/** DOT: its grammar, as much of it as is written, and Graphviz itself where it is installed. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { diagramOf } from '../../src/diagram/build.ts';
import { dot } from '../../src/diagram/dot.ts';
import { expectGolden } from '../golden.ts';
import { exampleNet, exampleNets, forked, hostileNet, skips, small } from './nets.ts';

const nets = [
  ...exampleNets,
  ['Skips', skips] as const,
  ['Forked', forked] as const,
  ['a name that is code', hostileNet] as const,
];

const string = String.raw`"(?:[^"\\\n]|\\.)*"`;
const attributes = String.raw`\[\w+=${string}(?: \w+=${string})*\]`;
const lines = [
  new RegExp(`^digraph ${string} \\{$`),
  /^subgraph cluster_g\d+ \{$/,
  /^\}$/,
  new RegExp(`^(?:graph|node|edge|[a-z]+\\d+) ${attributes};$`),
  new RegExp(`^[a-z]+\\d+ -> [a-z]+\\d+(?: ${attributes})?;$`),
];

const graphviz = spawnSync('dot', ['-V']).status === 0;

describe.each(nets)('%s', (_, net) => {
  it('keeps to the grammar', () => {
    const text = dot(net).trimEnd().split('\n');
    let depth = 0;
    text.forEach((line, i) => {
      expect(lines.some((l) => l.test(line.trim()))).toBe(true);
      depth += line.endsWith('{') ? 1 : line.trim() === '}' ? -1 : 0;
      expect(depth).toBeGreaterThanOrEqual(i === text.length - 1 ? 0 : 1);
    });
    expect(depth).toBe(0);
  });

  it('declares every box once, and has every edge', () => {
    const { nodes, edges } = diagramOf(net);
    const text = dot(net);
    const declared = [...text.matchAll(/^ *([a-z]+\d+) \[/gm)].map((m) => m[1]!);
    expect(declared.sort()).toEqual(nodes.map((n) => n.id).sort());
    expect(text.match(/^ *[a-z]+\d+ -> /gm)).toHaveLength(edges.length);
  });
});

describe.skipIf(!graphviz)('Graphviz', () => {
  const chosen = [
    ['ResNet18', exampleNet('ResNet18')] as const,
    ['GoogLeNet', exampleNet('GoogLeNet')] as const,
    ['Skips', skips] as const,
    ['a name that is code', hostileNet] as const,
  ];
  it.each(chosen)('reads %s', (_, net) => {
    const { status, stdout, stderr } = spawnSync('dot', ['-Tplain'], {
      input: dot(net),
      encoding: 'utf8',
    });
    expect(stderr.replaceAll(/.*(pango|font).*\n/gi, '')).toBe('');
    expect(status).toBe(0);
    expect(stdout.match(/^node /gm)).toHaveLength(diagramOf(net).nodes.length);
  });
});

it.each([['small', small] as const, ['forked', forked] as const])(
  'is written for %s',
  (name, net) => {
    expectGolden(new URL(`snapshots/${name}.dot`, import.meta.url), dot(net));
  },
);
