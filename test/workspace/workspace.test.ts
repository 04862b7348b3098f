/** What a workspace keeps of a program, and what it finds anew. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import { inOrder } from '../../src/diagnostic/order.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { newWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { inMemory } from '../programs.ts';

const nets = (workspace: Workspace): ReadonlyMap<string, TypedNet> =>
  new Map(workspace.view('a.net').program?.nets.map((net) => [net.name, net]));

/** The names of the nets that are the same object after the text has changed. */
const keptBy = (before: string, after: string): readonly string[] => {
  const workspace = newWorkspace(inMemory({}));
  workspace.write('a.net', before);
  const known = nets(workspace);
  workspace.write('a.net', after);
  return [...nets(workspace)].flatMap(([name, net]) => (known.get(name) === net ? [name] : []));
};

const text = `def unit(c) = conv3-c; relu
def other(c) = conv1-c
net A : [8, 8, 3] -> _ { unit-8 }
net B : [8, 8, 3] -> _ { other-8 }
net C : [8, 8, 3] -> _ { A; relu }
`;

describe('a workspace keeps', () => {
  it.each([
    ['all nets but the one that is edited', 'other-8 }', 'other-16 }', ['A', 'C']],
    ['nets that do not use the definition that is edited', 'conv1-c', 'conv3-c', ['A', 'C']],
    ['no net that uses it through another', 'conv3-c', 'conv5-c', ['B']],
    [
      'nets that do not use the definition whose comment grows',
      'def other',
      '-- more\ndef other',
      ['A', 'C'],
    ],
    ['all nets when a definition is added', 'net A', 'def more = relu\nnet A', ['A', 'B', 'C']],
    ['no net whose word means something else now', 'net B', 'def relu = tanh\nnet B', ['B']],
  ])('%s', (_, from, to, kept) => {
    expect(keptBy(text, text.replace(from, to))).toEqual(kept);
  });

  it('what is typed and taken back', () => {
    const workspace = newWorkspace(inMemory({}));
    workspace.write('a.net', text);
    const known = nets(workspace);
    workspace.write('a.net', text.replace('unit-8 }', 'unit-8; }'));
    expect(nets(workspace).get('A')).not.toBe(known.get('A'));
    workspace.write('a.net', text);
    expect([...nets(workspace).values()]).toEqual([...known.values()]);
    expect(nets(workspace).get('A')).toBe(known.get('A'));
  });

  it('nothing that names a call which is gone', () => {
    const faulty = (body: string): string =>
      `def f(c) = batchnorm(c)\nnet A : [8, 8, 3] -> _ { ${body} }\nnet B : [8, 8, 3] -> _ { conv3-8; f(4) }\n`;
    const workspace = newWorkspace(inMemory({}));
    workspace.write('a.net', faulty('conv3-8; f(4)'));
    workspace.view('a.net');
    workspace.write('a.net', faulty('conv3-8'));
    expect(workspace.view('a.net').found).toEqual(
      inOrder(diagnosticsOf(analyse(inMemory({ 'a.net': faulty('conv3-8') }), 'a.net'))),
    );
  });
});

it('suggests what the parameters of a definition allow now', () => {
  const text = (parameter: string): string =>
    `def conv(${parameter}, channels) = std.conv(3, channels)\nnet A : [8, 8, 3] -> _ { conv3_128 }\n`;
  const workspace = newWorkspace(inMemory({}));
  for (const parameter of ['size', 'other', 'size = 3', 'size']) {
    workspace.write('a.net', text(parameter));
    expect(workspace.view('a.net').found).toEqual(
      inOrder(diagnosticsOf(analyse(inMemory({ 'a.net': text(parameter) }), 'a.net'))),
    );
  }
});

describe('a file of the disk', () => {
  it('is read again when it is given back, for it may have been saved', () => {
    let saved = 'net A : [8, 8, 3] -> _ { relu }\n';
    const workspace = newWorkspace({
      ...inMemory({}),
      read: (path) => E.right({ path, text: saved }),
    });
    expect([...nets(workspace).keys()]).toEqual(['A']);
    const edited = 'net Edited : [8, 8, 3] -> _ { relu }\n';
    workspace.write('a.net', edited);
    expect([...nets(workspace).keys()]).toEqual(['Edited']);
    saved = edited;
    workspace.release('a.net');
    expect([...nets(workspace).keys()]).toEqual(['Edited']);
  });

  it('is read once until it is said to have changed', () => {
    let reads = 0;
    const workspace = newWorkspace({
      ...inMemory({}),
      read: (path) => {
        reads++;
        return E.right({ path, text });
      },
    });
    nets(workspace);
    workspace.write('b.net', 'def f = relu\n');
    nets(workspace);
    expect(reads).toBe(1);
    workspace.refresh();
    nets(workspace);
    expect(reads).toBe(2);
  });
});
