/** Nets written from nothing: by accepting what completion offers, one layer after the other. */
import { describe, expect, it } from 'vitest';
import { deskFor, uriOf } from './desk.ts';
import { main, positionIn } from './marks.ts';

const textDocument = { uri: uriOf(main) };

type Item = { readonly label: string; readonly text: string };

/** A file with a cursor, written in by one who only accepts what is offered, and breaks lines. */
const newFile = () => {
  const desk = deskFor(new Map([[main, '']]));
  const { projects } = desk.session;
  const text = (): string => projects.document(textDocument.uri)!.text.text;
  let [cursor, version] = [0, 1];
  const put = (start: number, put: string, at: number): void => {
    const files = new Map([[main, text()]]);
    const range = { start: positionIn(files, main, start), end: positionIn(files, main, cursor) };
    projects.change(textDocument.uri, ++version, [{ range, text: put }]);
    cursor = start + at;
  };
  /** The first offers, as they would be written. */
  const offered = (count: number): readonly Item[] => {
    const position = positionIn(new Map([[main, text()]]), main, cursor);
    const { items } = desk.ask('textDocument/completion', { textDocument, position });
    return [...items]
      .sort((a: any, b: any) => (a.sortText < b.sortText ? -1 : 1))
      .slice(0, count)
      .map(({ label, textEdit }: any) => ({ label, text: textEdit.newText }));
  };
  /** Accepts an offer as it is; the cursor is where the snippet leaves it. */
  const accept = ({ text: snippet }: Item): void => {
    const filled = snippet.replaceAll(/\$\{\d+:([^}]*)\}/g, '$1');
    const end = filled.indexOf('$0');
    put(cursor, filled.replace('$0', ''), end < 0 ? filled.length : end);
  };
  const type = (typed: string): void => put(cursor, typed, typed.length);
  /** Goes below all that is written. */
  const below = (): void => {
    cursor = text().length;
    type('\n');
  };
  const errors = (): readonly string[] =>
    projects
      .view(projects.document(textDocument.uri)!)
      .found.filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);
  return { offered, accept, type, below, text, errors };
};

const FIRST = 5;

/** Writes layers, each of which must be among the first offers at its place; and says where each stood. */
const written = (
  layers: readonly string[],
): { text: string; errors: readonly string[]; ranks: readonly number[] } => {
  const file = newFile();
  file.accept(file.offered(1)[0]!);
  const ranks = layers.map((layer, i) => {
    if (i > 0) file.type('\n  ');
    const offers = file.offered(FIRST);
    const rank = offers.findIndex(({ label }) => label === layer);
    expect(
      offers.map(({ label }) => label),
      `${layer}, behind\n${file.text()}`,
    ).toContain(layer);
    file.accept(offers[rank]!);
    return rank + 1;
  });
  return { text: file.text(), errors: file.errors(), ranks };
};

const unit = (layer: string): readonly string[] => [layer, 'relu'];
const units = (count: number, layer: string): readonly string[] =>
  Array.from({ length: count }, () => unit(layer)).flat();

const nets: { readonly [name: string]: readonly string[] } = {
  // Simonyan and Zisserman 2015, column D
  'VGG-16': [
    ...[...units(2, 'conv3-64'), 'maxpool'],
    ...[...units(2, 'conv3-128'), 'maxpool'],
    ...[...units(3, 'conv3-256'), 'maxpool'],
    ...[...units(3, 'conv3-512'), 'maxpool'],
    ...[...units(3, 'conv3-512'), 'maxpool'],
    ...['flatten', ...unit('fc-4096'), 'dropout', ...unit('fc-4096'), 'dropout'],
    ...['fc-1000', 'softmax'],
  ],
  // the same with batch norm, and means in place of the wide layers
  'a net of today': [
    ...['conv3-64', 'batchnorm', 'relu', 'maxpool'],
    ...['conv3-128', 'batchnorm', 'relu', 'maxpool'],
    ...['conv3-256', 'batchnorm', 'relu'],
    ...['gap', 'dropout', 'fc-1000', 'softmax'],
  ],
};

describe('with nothing but completion', () => {
  it.each(Object.entries(nets))('%s is written', (_, layers) => {
    const { text, errors, ranks } = written(layers);
    expect(errors).toEqual([]);
    expect(text).toBe(`net N : [224, 224, 3] -> [1000] {\n  ${layers.join('\n  ')}\n}`);
    // mostly the first or the second
    expect(ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length).toBeLessThan(2);
  });

  it('VGG-16 is written as in its table, from the head to what is known of it', () => {
    const file = newFile();
    /** Typed text in turn with labels that are accepted. */
    const write = (...steps: readonly string[]): void =>
      steps.forEach((step, i) => {
        if (i % 2 === 0) return file.type(step);
        const offers = file.offered(FIRST);
        const offer = offers.find(({ label }) => label === step);
        expect(
          offers.map(({ label }) => label),
          `${step}, behind\n${file.text()}`,
        ).toContain(step);
        file.accept(offer!);
      });
    write('net N ', ': [224, 224, 3] -> [1000]');
    for (const [count, width] of [
      ['2', '64'],
      ['2', '128'],
      ['3', '256'],
      ['3', '512'],
      ['3', '512'],
    ] as const) {
      write(`${count}x (conv3-`, width, '; ', 'relu', ')\n  ', 'maxpool', '\n  ');
    }
    write('', 'flatten', '\n  2x (fc-', '4096', '; ', 'relu', '; dropout-', '0.5', ')\n  ');
    write('', 'fc-1000', '\n  ', 'softmax');
    file.below();
    write('', 'assert', '', '138_357_544', '\n');
    expect(file.errors()).toEqual([]);
    expect(file.text()).toBe(`net N : [224, 224, 3] -> [1000] {
  2x (conv3-64; relu)
  maxpool
  2x (conv3-128; relu)
  maxpool
  3x (conv3-256; relu)
  maxpool
  3x (conv3-512; relu)
  maxpool
  3x (conv3-512; relu)
  maxpool
  flatten
  2x (fc-4096; relu; dropout-0.5)
  fc-1000
  softmax
}
assert params(N) == 138_357_544
`);
  });
});
