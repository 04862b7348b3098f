/** Mermaid: the part of its flowchart grammar that is written, line by line. */
import { describe, expect, it } from 'vitest';
import { diagramOf } from '../../src/diagram/build.ts';
import { drawings } from '../../src/cli/host/choices.ts';
import { formats } from '../../src/diagram/formats.ts';
import { mermaid } from '../../src/diagram/mermaid.ts';
import { expectGolden } from '../golden.ts';
import { exampleNets, forked, hostileNet, skips, small } from './nets.ts';

const nets = [
  ...exampleNets,
  ['Skips', skips] as const,
  ['Forked', forked] as const,
  ['a name that is code', hostileNet] as const,
];

/** What may stand between quotes: no quote, no tag but a line break, and `#` only as an entity. */
const string = String.raw`"(?:[^"#%<>\`\n]|#\d+;|<br/>)+"`;
const lines = [
  /^flowchart (?:TD|LR)$/,
  /^%% [^\n{}%]*$/,
  new RegExp(String.raw`^[a-z]+\d+(?:\[${string}\]|\(\[${string}\]\)|\(\(${string}\)\)):::[a-z]+$`),
  new RegExp(String.raw`^subgraph g\d+ \[${string}\]$`),
  /^end$/,
  new RegExp(String.raw`^[a-z]+\d+ (?:-->|-\.->)(?:\|${string}\|)? [a-z]+\d+$`),
  /^classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}$/,
];

describe.each(nets)('%s', (_, net) => {
  it('keeps to the grammar', () => {
    let depth = 0;
    for (const line of mermaid(net).trimEnd().split('\n')) {
      expect(lines.filter((l) => l.test(line.trim()))).toHaveLength(1);
      depth += line.trim().startsWith('subgraph ') ? 1 : line.trim() === 'end' ? -1 : 0;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  });

  it('declares every box once, before the edges, and every colour', () => {
    const { nodes, edges } = diagramOf(net);
    const text = mermaid(net);
    const declared = [...text.matchAll(/^ *([a-z]+\d+)[[(]/gm)].map((m) => m[1]!);
    expect(declared).toEqual(nodes.map((n) => n.id));
    expect(text.match(/ -\.?->/g)?.length ?? 0).toBe(edges.length);
    const used = new Set([...text.matchAll(/:::(\w+)$/gm)].map((m) => m[1]!));
    const defined = [...text.matchAll(/classDef (\w+)/g)].map((m) => m[1]!);
    expect(new Set(defined)).toEqual(used);
  });
});

it.each([['small', small] as const, ['forked', forked] as const])(
  'is written for %s',
  (name, net) => {
    expectGolden(new URL(`snapshots/${name}.mmd`, import.meta.url), mermaid(net));
  },
);

describe('the table of formats', () => {
  it('renders each of them', () => {
    expect(Object.keys(formats)).toEqual([...drawings]);
    for (const { render } of Object.values(formats))
      expect(render(small, { expand: true })).toContain('conv3-8');
  });

  it('writes the same text every time', () => {
    for (const { render } of Object.values(formats)) expect(render(skips)).toBe(render(skips));
  });
});
