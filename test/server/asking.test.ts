/** What a layer would give is asked of a program without end, and each question is answered as the first. */
import { expect, test } from 'vitest';
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
  const answers = Array.from({ length: 5_000 }, () => program!.gives(layer.body, input));
  expect(answers.every((answer) => answer?.tag === 'map' && answer.c === 8)).toBe(true);
  const { items } = desk.ask('textDocument/completion', {
    textDocument,
    position: { line: 5, character: 2 },
  });
  const details = items.map(({ label, detail }: any) => `${label} ${detail}`);
  expect(details).toContain('unit-32 [8, 8, 32]');
});
