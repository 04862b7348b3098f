/** What a layer would give is asked of a program without end, and each question is answered as the first. */
import { expect, test } from 'vitest';
import { showType } from '../../src/ops/types.ts';
import type { Definition, Expr } from '../../src/syntax/tree.ts';
import { newWorkspace } from '../../src/workspace/workspace.ts';
import { inMemory } from '../programs.ts';
import { deskFor, uriOf } from './desk.ts';
import { main } from './marks.ts';

const text = `def long = 100x (conv3-8; relu)
def endless(n) = n x conv3-8
def unit(c) = conv3-c
net N : [8, 8, 3] -> _ {
  long
  
}
`;

test('questions do not use up the steps of a check', () => {
  const desk = deskFor(new Map([[main, text]]));
  const textDocument = { uri: uriOf(main) };
  const { program } = desk.session.projects.view(desk.session.projects.document(textDocument.uri)!);
  const layer = program!.files.get(main)!.tree.declarations[0]!;
  if (layer.tag !== 'def') throw new Error('it is a definition');
  const input = program!.nets[0]!.input;
  const answers = Array.from({ length: 5_000 }, () => program!.gives(() => layer.body, input));
  expect(answers.every((answer) => answer?.tag === 'map' && answer.c === 8)).toBe(true);
  const { items } = desk.ask('textDocument/completion', {
    textDocument,
    position: { line: 5, character: 2 },
  });
  const details = items.map(({ label, detail }: any) => `${label} ${detail}`);
  expect(details).toContain('unit-32 [8, 8, 32]');
});

test('what a call gives is known until its definition, or what that uses, is another', () => {
  const workspace = newWorkspace(inMemory({}));
  let read = 0;
  const given = (width: string, more = ''): string | undefined => {
    const own = text.replace('= conv3-c', '= other(c)');
    workspace.write(main, `${own}def other(c) = ${width}\n${more}`);
    const { program } = workspace.view(main);
    const named = (name: string): Definition =>
      program!.files
        .get(main)!
        .tree.declarations.find((d) => d.tag === 'def' && d.name.text === name) as Definition;
    const call = { definition: named('unit'), written: 'unit-32' };
    const layer = (): Expr => {
      read++;
      return named('called').body;
    };
    const output = program!.gives(layer, program!.nets[0]!.input, call);
    return output && showType(output);
  };
  const called = 'def called = unit-32\n';
  expect(given('conv3-5', called)).toBe('[8, 8, 5]');
  expect(given('conv3-6', called)).toBe('[8, 8, 6]');
  expect(read).toBe(2);
  expect(given('conv3-6', `${called}def more = relu\n`)).toBe('[8, 8, 6]');
  expect(read).toBe(2);
  expect(given('fc-c', called)).toBe(undefined);
  expect(given('conv3-6', called)).toBe('[8, 8, 6]');
});
