/** A change is offered only where some net or assertion would tell that it computes something else. */
import { expect, test } from 'vitest';
import { keepsResults } from '../../src/server/actions/outcome.ts';
import { groundFor } from '../../src/server/ground.ts';
import { deskFor, uriOf } from './desk.ts';
import { main } from './marks.ts';

/** Whether a text keeps its results when some words become others. */
const keeps = (text: string, before: string, newText: string): boolean => {
  const { session } = deskFor(new Map([[main, text]]));
  const { projects, client, host } = session;
  const ground = groundFor(projects.document(uriOf(main))!, projects, client, host);
  const start = text.indexOf(before);
  return keepsResults(ground, [
    { span: { path: main, start, end: start + before.length }, newText },
  ]);
};

const net = (body: string): string => `net N : [8, 8, 3] -> _ { ${body} }\n`;

test.each([
  ['the same layers', net('relu; tanh'), 'relu; tanh', '(relu; tanh)', true],
  ['layers in another order', net('relu; tanh'), 'relu; tanh', 'tanh; relu', false],
  ['another argument', net('leaky_relu(0.1)'), '0.1', '0.2', false],
  ['another operand', net('relu as a; tanh as b; @a'), '@a', '@b', false],
  ['the name of an output', net('also side: relu; tanh'), 'side', 'other', false],
  ['what no net uses', 'def f = relu\n', 'relu', '(relu)', false],
  ['what a net uses', `def f = relu\n${net('f')}`, 'relu', '(relu)', true],
  ['what an assertion uses', 'def f = 4\nassert f == 4\n', '4', '(4)', true],
  ['what breaks an assertion', 'def f = 4\nassert f == 4\n', '4', '5', false],
])('%s', (_, text, before, newText, kept) => {
  expect(keeps(text, before, newText)).toBe(kept);
});

/** The same of a file that another one imports, which the editor has not opened. */
const keepsFor = (user: string, text: string, before: string, newText: string): boolean => {
  const files = new Map([
    [main, text],
    ['user.net', user],
  ]);
  const { session } = deskFor(files, [main]);
  const { projects, client, host } = session;
  const ground = groundFor(projects.document(uriOf(main))!, projects, client, host);
  const start = text.indexOf(before);
  return keepsResults(ground, [
    { span: { path: main, start, end: start + before.length }, newText },
  ]);
};

const library = 'def f = relu\ndef g = f; tanh\ndef h = tanh\n';
const user = `import "main.net"\n${net('g')}`;

test.each([
  ['what a net of another file uses', user, 'relu', '(relu)', true],
  ['what it uses through others', user, 'f; tanh', 'relu; tanh', true],
  ['what it would compute otherwise', user, 'relu', 'tanh', false],
  ['what it does not use', user, 'def h = tanh', 'def h = (tanh)', false],
  [
    'what an assertion of it says',
    `import "main.net" as m\n${net('m.f')}assert params(N) == 0\n`,
    'relu',
    '(relu)',
    true,
  ],
  [
    'what a file uses that imports another',
    `import "other.net"\n${net('g')}`,
    'relu',
    '(relu)',
    false,
  ],
])('%s', (_, importing, before, newText, kept) => {
  expect(keepsFor(importing, library, before, newText)).toBe(kept);
});
