/** What holds of every example: edits that are offered do what they say, and nothing is refused or thrown. */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { showType } from '../../src/ops/types.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { features } from '../../src/server/features.ts';
import { able, deskFor, edited, editedFiles, pathOf, uriOf, type Desk } from './desk.ts';
import { main, marked, positionIn } from './marks.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');
const textOf = (name: string): string => readFileSync(join(examples, name), 'utf8');
const names =
  process.env['NETC_DEEP'] === undefined
    ? ['vgg.net', 'unet.net', 'resnet.net']
    : readdirSync(examples).filter((name) => name.endsWith('.net'));

/** The sources of cases, perhaps of several files. */
const casesOf = (...kinds: readonly string[]): readonly string[] =>
  kinds.flatMap((kind) => {
    const folder = join(import.meta.dirname, 'cases', kind);
    return readdirSync(folder)
      .filter((name) => name.endsWith('.net'))
      .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll(/[«»]/g, ''));
  });

/** An example, and the others that it imports. */
const filesOf = (name: string): Map<string, string> => {
  const text = textOf(name);
  const imported = [...text.matchAll(/^import "([\w.-]+)"/gm)].map(([, file]) => file!);
  return new Map([...imported.map((file) => [file, textOf(file)] as const), [main, text]]);
};
const textDocument = { uri: uriOf(main) };
const whole = { start: { line: 0, character: 0 }, end: { line: 99_999, character: 0 } };

/** How many errors there are, and of every net its types and its layers, without the names of those. */
const outcome = (files: ReadonlyMap<string, string>): readonly unknown[] => {
  const { session } = deskFor(files);
  const { program, found } = session.projects.view(session.projects.document(uriOf(main))!);
  const nets = (program?.nets ?? []).map((net) => {
    const { layers, outputs } = writtenOut(net);
    return [
      net.name,
      `${showType(net.input)} -> ${showType(net.output)}`,
      layers.map(({ op, args, inputs, output }) => [op, args, inputs, showType(output)]),
      outputs,
    ];
  });
  return [found.filter(({ severity }) => severity === 'error').length, nets];
};

const isDeep = process.env['NETC_DEEP'] !== undefined;

describe.each(names)('%s', (name) => {
  const files = filesOf(name);
  const desk: Desk = deskFor(files);
  const hasNets = /^net /m.test(files.get(main)!);

  it.runIf(hasNets)('keeps its meaning when all types are written', () => {
    const hints = desk.ask('textDocument/inlayHint', { textDocument, range: whole });
    expect(hints.length).toBeGreaterThan(1);
    const text = edited(
      desk.text(main),
      hints.flatMap((h: any) => h.textEdits ?? []),
    );
    expect(text).not.toBe(files.get(main));
    expect(outcome(new Map([...files, [main, text]]))).toEqual(outcome(files));
  });

  it.runIf(hasNets)('keeps its meaning under every refactoring', () => {
    const before = outcome(files);
    const text = files.get(main)!;
    const seen = new Set<string>();
    const most = isDeep ? 30 : 5;
    // at the beginning of each word of some lines
    const words = [...text.matchAll(/^[ ]+(\w)|; (\w)/gm)].map(
      ({ index, 0: m }) => index + m.length - 1,
    );
    for (const offset of words) {
      if (seen.size >= most) break;
      const start = positionIn(files, main, offset);
      const lineEnd = text.indexOf('\n', offset);
      const end = positionIn(files, main, offset % 2 === 0 ? offset : lineEnd);
      const asked = { textDocument, range: { start, end }, context: { diagnostics: [] } };
      for (const { title, kind, edit } of desk.ask('textDocument/codeAction', asked)) {
        if (seen.size >= most || seen.has(title) || !kind.startsWith('refactor')) continue;
        seen.add(title);
        const after = editedFiles(files, edit);
        expect([title, outcome(after)]).toEqual([title, before]);
      }
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it('is laid out the same by lines and as a whole', () => {
    const messy = files
      .get(main)!
      .replaceAll(/; /g, ' ;  ')
      .replaceAll(/\n {2}/g, '\n     ');
    const other = deskFor(new Map([[main, messy]]));
    const all = other.ask('textDocument/formatting', { textDocument });
    const ranged = other.ask('textDocument/rangeFormatting', { textDocument, range: whole });
    expect(edited(other.text(main), all)).toBe(edited(other.text(main), ranged));
    expect(other.ask('textDocument/formatting', { textDocument }).length).toBeGreaterThan(2);
  });

  it('means the same when every declaration is renamed', () => {
    const symbols = desk.ask('textDocument/documentSymbol', { textDocument });
    for (const { name: old, selectionRange } of symbols.slice(0, isDeep ? 20 : 2)) {
      const place = { textDocument, position: selectionRange.start };
      const after = editedFiles(
        files,
        desk.ask('textDocument/rename', { ...place, newName: 'quite_other' }),
      );
      expect([old, outcome(after)[0]]).toEqual([old, 0]);
    }
  });
});

it('keeps what a program means, whatever is refactored anywhere', () => {
  let made = 0;
  const sources = [...names.map(textOf), ...casesOf('code-actions')];
  const anywhere = fc.constantFrom(...sources).chain((source) => {
    // words, beginnings and ends of lines
    const places = [...source.matchAll(/\b\w|$/gm)].map(({ index }) => index);
    const near = fc.nat(12);
    return fc.tuple(fc.constant(source), fc.constant(places), fc.nat(places.length - 1), near);
  });
  fc.assert(
    fc.property(anywhere, ([source, places, i, length]) => {
      const { files } = marked(source);
      const [start, end] = [places[i]!, places[i + (length > 6 ? length - 6 : 0)] ?? places[i]!];
      if (end > files.get(main)!.length) return;
      const range = { start: positionIn(files, main, start), end: positionIn(files, main, end) };
      const before = outcome(files);
      const asked = { textDocument, range, context: { only: ['refactor'], diagnostics: [] } };
      for (const { title, edit } of deskFor(files).ask('textDocument/codeAction', asked)) {
        made++;
        const after = editedFiles(files, edit);
        expect([title, outcome(after), after.get(main)]).toEqual([title, before, after.get(main)]);
      }
    }),
    { numRuns: isDeep ? 1000 : 60, seed: 5 },
  );
  expect(made).toBeGreaterThan(10);
});

describe('a random rename', () => {
  const sources = [...names.map(textOf), ...casesOf('names', 'rename')];
  /** The layers of every net, and the messages, without the names of nets, and without two names that sizes may have. */
  const nameless = (
    files: ReadonlyMap<string, string>,
    sizes: readonly string[],
  ): readonly [errors: number, nets: string] => {
    const [errors, nets] = outcome(files) as [number, [string, ...unknown[]][]];
    const layers = JSON.stringify(nets.map(([, ...rest]) => rest));
    return [errors, layers.replaceAll(new RegExp(`\\b(${sizes.join('|')})\\b`, 'g'), '?')];
  };

  it('is refused, or leaves what a program means', () => {
    let [made, refused] = [0, 0];
    const anywhere = fc.constantFrom(...sources).chain((source) => {
      const words = [...source.matchAll(/[A-Za-z_]\w*/g)];
      const stems = words.map(([word]) => word);
      const name = fc.oneof(
        fc.constantFrom(...stems),
        fc.constantFrom(...stems).map((word) => `${word}3`),
        fc.constantFrom('quite_other', 'conv3', 'relu', 'x', 'c'),
      );
      return fc.tuple(fc.constant(source), fc.constantFrom(...words), name);
    });
    fc.assert(
      fc.property(anywhere, ([source, { index, 0: word }, newName]) => {
        const { files } = marked(source);
        const place = { textDocument, position: positionIn(files, main, index) };
        let edit: object;
        try {
          edit = deskFor(files).ask('textDocument/rename', { ...place, newName });
        } catch {
          refused++;
          return;
        }
        made++;
        const [errors, nets] = nameless(editedFiles(files, edit), [word, newName]);
        const [before, same] = nameless(files, [word, newName]);
        // another name for one of two that are equal mends a fault
        expect(errors).toBeLessThanOrEqual(before);
        expect(nets).toEqual(same);
      }),
      { numRuns: isDeep ? 1000 : 60, seed: 3 },
    );
    expect(made).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(5);
  });
});

const positions = (text: string): fc.Arbitrary<object> =>
  fc.nat(text.length).map((offset) => positionIn(new Map([[main, text]]), main, offset));

it('answers every request anywhere in broken texts', () => {
  const methods = features.filter(
    ({ method }) => method.startsWith('textDocument/') && !/Delta$/.test(method),
  );
  const sources = names.map(textOf);
  const broken = fc
    .tuple(
      fc.constantFrom(...sources),
      fc.nat(),
      fc.nat(400),
      fc.constantFrom('', '(', '{', ' net ', '@', '"', '😀'),
    )
    .map(([text, at, length, put]) => {
      const from = at % text.length;
      return (
        text.slice(Math.max(0, from - 600), from) + put + text.slice(from + length, from + 1000)
      );
    });
  fc.assert(
    fc.property(
      broken.chain((text) =>
        fc.tuple(fc.constant(text), fc.array(positions(text), { minLength: 2, maxLength: 4 })),
      ),
      ([text, [position, end, ...more]]) => {
        const desk = deskFor(new Map([[main, text]]));
        const range = { start: position, end };
        const params = {
          textDocument,
          position,
          range,
          positions: more,
          ch: '}',
          context: {},
          newName: 'n',
        };
        for (const { method } of methods)
          try {
            desk.ask(method, params);
          } catch (thrown) {
            // a rename may be refused
            if (!method.endsWith('ename')) throw thrown;
          }
      },
    ),
    { numRuns: isDeep ? 1000 : 20, seed: 7 },
  );
});

it('counts positions as the client asked, beyond the first plane too', () => {
  const text = '-- 😀é\nnet N : [8, 8, 3] -> _ { conv3-9; batchnorm-8 } -- 😀\n-- 😀😀 after\n';
  const places = ['utf-8', 'utf-16', 'utf-32'].map((encoding) => {
    const capabilities = { ...able.capabilities, general: { positionEncodings: [encoding] } };
    const desk = deskFor(new Map([[main, `-- 😀\n${text.replace('{ ', '{ -- 😀\n')}`]]), [main], {
      capabilities,
    });
    const { items } = desk.ask('textDocument/diagnostic', { textDocument });
    const folds = desk.ask('textDocument/semanticTokens/full', { textDocument });
    return [items[0].range, folds.data.length];
  });
  expect(new Set(places.map((p) => JSON.stringify(p))).size).toBe(1);
  const inline = 'net N : [8, 8, 3] -> [8, 8, 8] { conv3-9 } -- 😀 ';
  const shifted = ['utf-8', 'utf-16', 'utf-32'].map((encoding) => {
    const capabilities = { ...able.capabilities, general: { positionEncodings: [encoding] } };
    const desk = deskFor(new Map([[main, inline]]), [main], { capabilities });
    return desk.ask('textDocument/semanticTokens/full', { textDocument }).data.at(-3);
  });
  // the comment is 4 characters and an emoji long
  expect(shifted).toEqual([8, 6, 5]);
  expect(pathOf(textDocument.uri)).toBe(main);
});
