import { describe, expect, it } from 'vitest';
import {
  error,
  hint,
  replace,
  warning,
  type Diagnostic,
  type Label,
} from '../../src/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../src/diagnostic/terminal/render.ts';
import { span, startOf, type Source } from '../../src/syntax/source.ts';

/** A label at the `n`th place where `text` stands in the file. */
const at = ({ path, text }: Source, what: string, message: string, n = 0): Label => {
  let start = text.indexOf(what);
  for (let i = 0; i < n; i++) start = text.indexOf(what, start + 1);
  if (start < 0) throw new Error(`no ${what}`);
  return { span: span(path, start, start + what.length), message };
};

const file = (text: string, path = 'examples/broken.net'): Source => ({ path, text });

const show = (
  source: Source | readonly Source[],
  found: Diagnostic | readonly Diagnostic[],
  width = 80,
): string => {
  const sources = [source].flat();
  const text = renderDiagnostics([found].flat(), new Map(sources.map((s) => [s.path, s])), {
    colour: false,
    width,
  });
  return `\n${text}`;
};

const net = file(
  [
    'def stage(c) = conv3-c; relu; maxpool',
    '',
    'net N : [224, 224, 3] -> _ {',
    '  stage-64',
    '  stage-128',
    '',
    '',
    '  conv3-256',
    '  batchnorm-128',
    '}',
  ].join('\n'),
);

describe('one diagnostic', () => {
  it('looks as in the book', () => {
    const d = error(
      'E0210',
      at(net, 'batchnorm-128', '').span,
      '`batchnorm` expects 128 channels, but its input has 256',
      {
        label: 'expects [_, _, 128], gets [56, 56, 256]',
        labels: [at(net, 'conv3-256', '256 channels are made here')],
        notes: [
          'size trace: input [224, 224, 3] → stage1 [112, 112, 64] → stage2 [56, 56, 128] → conv3-256 [56, 56, 256]',
        ],
        fixes: [
          {
            title: '`batchnorm-256`, or `batchnorm` to take the channels as they come',
            edits: [],
            applicability: 'likely',
          },
        ],
      },
    );
    expect(show(net, d, 120)).toMatchInlineSnapshot(`
      "
      error[E0210]: \`batchnorm\` expects 128 channels, but its input has 256
        ┌─ examples/broken.net:9:3
        │
      8 │   conv3-256
        │   --------- 256 channels are made here
      9 │   batchnorm-128
        │   ^^^^^^^^^^^^^ expects [_, _, 128], gets [56, 56, 256]
        │
        = size trace: input [224, 224, 3] → stage1 [112, 112, 64] → stage2 [56, 56, 128] → conv3-256 [56, 56, 256]
        = fix: \`batchnorm-256\`, or \`batchnorm\` to take the channels as they come
      "
    `);
  });

  it('hangs several labels of one line, from right to left', () => {
    const s = file('net N : [8, 8, 4] -> _ = conv3-8 + conv3-16 + id');
    const d = error('E0204', at(s, '+', '', 0).span, 'branches of `+` differ in channels', {
      label: 'joined here',
      labels: [at(s, 'conv3-8', '8 channels'), at(s, 'conv3-16', '16 channels')],
    });
    expect(show(s, d)).toMatchInlineSnapshot(`
      "
      error[E0204]: branches of \`+\` differ in channels
        ┌─ examples/broken.net:1:34
        │
      1 │ net N : [8, 8, 4] -> _ = conv3-8 + conv3-16 + id
        │                          ------- ^ -------- 16 channels
        │                          │       │
        │                          │       joined here
        │                          8 channels
      "
    `);
  });

  it('draws what is shorter over what it is part of', () => {
    const s = file('net N : [8, 8, 4] -> _ = (conv3-8; fc-7) + id');
    const d = error('E0201', at(s, 'fc-7', '').span, '`fc` needs a vector', {
      label: 'gets [8, 8, 8]',
      labels: [at(s, '(conv3-8; fc-7) + id', 'in this sum'), at(s, 'conv3-8', 'a map')],
    });
    expect(show(s, d)).toMatchInlineSnapshot(`
      "
      error[E0201]: \`fc\` needs a vector
        ┌─ examples/broken.net:1:36
        │
      1 │ net N : [8, 8, 4] -> _ = (conv3-8; fc-7) + id
        │                           -------  ^^^^ gets [8, 8, 8]
        │                           │
        │                           a map
        │                          -------------------- in this sum
      "
    `);
  });

  it('spans several lines, from the margin or from within a line', () => {
    const s = file(
      'net N : [8, 8, 4] -> _ {\n  conv3-8\n  relu\n  conv3-4\n  relu\n  (relu;\n  sigmoid)\n}',
    );
    const whole = s.text.slice(s.text.indexOf('{'));
    const d = error('E0206', at(s, '  conv3-8\n  relu\n  conv3-4\n  relu', '').span, 'long', {
      label: 'these four',
      labels: [at(s, whole, 'the body'), at(s, 'relu', 'and this', 1)],
    });
    expect(show(s, d)).toMatchInlineSnapshot(`
      "
      error[E0206]: long
        ┌─ examples/broken.net:2:1
        │
      1 │     net N : [8, 8, 4] -> _ {
        │ ╭──────────────────────────-
      2 │ │ ╭   conv3-8
        ·
      5 │ │ │   relu
        │ │ │   ---- and this
        │   ╰──────^ these four
        ·
      8 │ │   }
        │ ╰───- the body
      "
    `);
  });

  it('crosses files', () => {
    const other = file('def stage(c) = conv3-c\n', 'lib/stage.net');
    const s = file('import "lib/stage.net"\nnet N : [8, 8, 4] -> _ = stage-(1, 2)');
    const d = error('E0303', at(s, 'stage-(1, 2)', '').span, '`stage` takes one argument', {
      label: 'two are given',
      labels: [at(other, 'stage(c)', 'declared here')],
    });
    expect(show([s, other], d)).toMatchInlineSnapshot(`
      "
      error[E0303]: \`stage\` takes one argument
        ┌─ examples/broken.net:2:26
        │
      2 │ net N : [8, 8, 4] -> _ = stage-(1, 2)
        │                          ^^^^^^^^^^^^ two are given
        │
        ┌─ lib/stage.net:1:5
        │
      1 │ def stage(c) = conv3-c
        │     -------- declared here
      "
    `);
  });

  it('has no frame for a file that could not be read', () => {
    const d = error('E0001', startOf('no.net'), '`no.net` cannot be read', {
      notes: ['there is no such file'],
    });
    expect(show([], d)).toMatchInlineSnapshot(`
      "
      error[E0001]: \`no.net\` cannot be read
        = there is no such file
      "
    `);
  });

  it('marks the end of the file, line ends and empty places with one sign', () => {
    const s = file('net N {\r\n  relu\r\n');
    const d = error(
      'E0105',
      span(s.path, s.text.length, s.text.length),
      'a bracket is not closed',
      {
        label: 'expected `}`',
        labels: [at(s, '{', 'opened here'), at(s, '\r\n', 'a line end', 1)],
      },
    );
    expect(show(s, d)).toMatchInlineSnapshot(`
      "
      error[E0105]: a bracket is not closed
        ┌─ examples/broken.net:3:1
        │
      1 │ net N {
        │       - opened here
      2 │   relu
        │       - a line end
      3 │
        │ ^ expected \`}\`
      "
    `);
  });

  it('lies right under tabs, wide characters and emoji', () => {
    const s = file('\tblock 日本: relu; "🙂👨‍👩‍👧é" bad\n');
    const d = error('E0101', at(s, 'bad', '').span, 'something else is expected here', {
      label: 'here',
      labels: [at(s, '日本', 'a name'), at(s, '"🙂👨‍👩‍👧é"', 'a string')],
    });
    expect(show(s, d)).toMatchInlineSnapshot(`
      "
      error[E0101]: something else is expected here
        ┌─ examples/broken.net:1:32
        │
      1 │     block 日本: relu; "🙂👨‍👩‍👧é" bad
        │           ----        ------- ^^^ here
        │           │           │
        │           │           a string
        │           a name
      "
    `);
  });

  it('clips long lines around each label', () => {
    const s = file(`net N = ${'relu; '.repeat(200)}bad; ${'relu; '.repeat(200)}worse`);
    const d = error('E0301', at(s, 'bad', '').span, 'unknown name `bad`', {
      label: 'not declared',
      labels: [at(s, 'worse', 'nor this'), at(s, 'net', 'in this net')],
    });
    expect(show(s, d, 60)).toMatchInlineSnapshot(`
      "
      error[E0301]: unknown name \`bad\`
        ┌─ examples/broken.net:1:1209
        │
      1 │ net N = relu; relu; relu; relu; relu; relu; relu; relu;…
        │ --- in this net
      1 │ …lu; relu; relu; bad; relu; relu; relu; relu; relu; rel…
        │                  ^^^ not declared
      1 │ …lu; relu; relu; worse
        │                  ----- nor this
      "
    `);
  });

  it('wraps notes, and lets nothing act on the terminal', () => {
    const s = file('net N = \u001b[31m\u202erelu');
    const d = warning('W0109', at(s, 'relu', '').span, 'bell \u0007', {
      notes: ['a note that is quite a bit longer than the terminal is wide\nand a second line'],
      fixes: [replace('remove it', at(s, 'relu', '').span, '')],
    });
    expect(show(s, d, 40)).toMatchInlineSnapshot(`
      "
      warning[W0109]: bell ␇
        ┌─ examples/broken.net:1:15
        │
      1 │ net N = ␛[31m�relu
        │               ^^^^
        │
        = a note that is quite a bit longer
          than the terminal is wide
          and a second line
        = fix: remove it
      "
    `);
  });
});

describe('many diagnostics', () => {
  it('come in the order of files and places, and are counted behind 100', () => {
    const s = file('relu\n'.repeat(150));
    const many = Array.from({ length: 150 }, (_, i) =>
      hint('E0301', span(s.path, 5 * (149 - i), 5 * (149 - i) + 4), `number ${149 - i}`),
    );
    const text = show(s, [...many, error('E0001', startOf('a.net'), 'first')]);
    expect(text.indexOf('first')).toBeLessThan(text.indexOf('number 0'));
    expect(text.indexOf('number 9')).toBeLessThan(text.indexOf('number 10'));
    expect(text).toContain('number 99');
    expect(text).not.toContain('number 100');
    expect(text).toContain('… and 50 more in examples/broken.net');
  });

  it('are nothing when there are none', () => {
    expect(show([], [])).toBe('\n');
  });

  it('add only escape codes when there is colour', () => {
    const d = error('E0301', at(net, 'stage-64', '').span, 'x', {
      label: 'y',
      labels: [at(net, 'conv3-256', 'z')],
    });
    const sources = new Map([[net.path, net]]);
    const plain = renderDiagnostics([d], sources, { colour: false, width: 80 });
    const bright = renderDiagnostics([d], sources, { colour: true, width: 80 });
    expect(bright).not.toBe(plain);
    expect(bright.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
  });
});

describe('labels that would run over the right end', () => {
  const long = `net N : [224, 224, 3] -> _ { ${'conv3-64; relu; '.repeat(12)}batchnorm-32 }\n  relu`;
  const source = file(`${long}\n  softmax\n`);
  const message =
    'these are the words of a label that is as long as it is, and so in several lines';

  it.each([40, 60, 80, 100, 200])('go on below at a width of %i', (width) => {
    for (let start = 0; start < long.length - 20; start += 7) {
      const place = (from: number, to: number): Label => ({
        span: span(source.path, from, to),
        message,
      });
      for (const end of [start + 1, start + 12, long.length + 5]) {
        const labels = [place(start + 2, start + 5), place(start + 14, start + 16)];
        const d = error('E0210', place(start, end).span, 'title', { label: message, labels });
        const shown = show(source, d, width);
        expect(shown.split('\n').filter((line) => line.length > width)).toEqual([]);
        const words = shown.replaceAll(/[│╭╰─^]|^ *\d+ /gm, ' ').replaceAll(/\s+/g, ' ');
        expect(words.split(message).length - 1).toBeGreaterThanOrEqual(1);
      }
    }
  });

  it('stand below their underline, where they fit', () => {
    const d = error('E0210', at(source, 'conv3-64', '', 2).span, 'title', { label: message });
    expect(show(source, d)).toMatchInlineSnapshot(`
      "
      error[E0210]: title
        ┌─ examples/broken.net:1:62
        │
      1 │ net N : [224, 224, 3] -> _ { conv3-64; relu; conv3-64; relu; conv3-64; relu…
        │                                                              ^^^^^^^^
        │                 these are the words of a label that is as long as it is, and
        │                 so in several lines
      "
    `);
  });
});
