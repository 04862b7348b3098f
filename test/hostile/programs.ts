/**
 * Programs made to harm: deep, large, slow, or not text at all. Each is a folder with a `main.net`, and the
 * code that an error of its must have. What is large is made here and not stored.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Content = string | Uint8Array;

export type Hostile = {
  readonly name: string;
  /** the code of one of the errors that must be told */
  readonly code: string;
  /** `main.net`, unless `others` has it */
  readonly main: () => Content;
  readonly others?: (folder: string) => void;
};

const net = (body: string, input = '[32, 32, 3]'): string => `net N : ${input} -> _ { ${body} }\n`;
const many = (n: number, of: (i: number) => string, between = '\n'): string =>
  Array.from({ length: n }, (_, i) => of(i)).join(between);
const nested = (open: string, inside: string, close: string, n: number): string =>
  open.repeat(n) + inside + close.repeat(n);
const million = 1_000_000;
const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

const text = (name: string, code: string, main: () => Content): Hostile => ({ name, code, main });

/** One error, `rleu`, in the last line behind something that is only odd. */
const behind = (odd: string): string => `${odd}\n${net('rleu')}`;

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((p) => Buffer.from(p as string)));

const deep: readonly Hostile[] = [
  text('100,000 parentheses', 'E0104', () => net(nested('(', 'relu', ')', 100_000))),
  text('100,000 open parentheses', 'E0104', () => net('('.repeat(100_000))),
  text('100,000 closing parentheses', 'E0101', () => net(`relu ${')'.repeat(100_000)}`)),
  text('100,000 repetitions of repetitions', 'E0104', () => net(`${'1x '.repeat(100_000)}relu`)),
  text('a million parentheses', 'E0002', () => net(nested('(', 'relu', ')', million))),
  text('a million open parentheses', 'E0002', () => net('('.repeat(million))),
  text('a million closing parentheses', 'E0002', () => net(`relu ${')'.repeat(million)}`)),
  text('a million braces', 'E0002', () => net(nested('{', 'relu', '}', million))),
  text('a million brackets', 'E0002', () => net('relu', nested('[', '1', ']', million))),
  text('a million brackets of all kinds', 'E0002', () => net('([{'.repeat(million))),
  text('a million calls in calls', 'E0002', () => net(nested('f(', 'relu', ')', million))),
  text('a million signs', 'E0105', () => net(`conv3${'-'.repeat(million)}8`)),
  text('a million repetitions of repetitions', 'E0002', () => net(`${'1x '.repeat(million)}relu`)),
  text('50,000 conditions', 'E0104', () =>
    net(`${'if 1 > 0 then '.repeat(50_000)}relu${' else id'.repeat(50_000)}`),
  ),
  text('a million negations', 'E0002', () =>
    net(`if ${'not '.repeat(million)}true then id else id`),
  ),
  text('blocks in blocks', 'E0104', () => net(`${'block '.repeat(100_000)}relu`)),
  text('labels of labels', 'E0104', () => net(`${'a: '.repeat(100_000)}relu`)),
  text('side branches in side branches', 'E0104', () =>
    net(nested('also a { ', 'relu', ' }', 1e5)),
  ),
  text('types of types', 'E0104', () => net(`relu${' : [_] -> [_]'.repeat(30_000)}`)),
  text('arrows', 'E0101', () => `net N : [1, 1, 1] ${'-> [1] '.repeat(50_000)} { relu }`),
  text('names through names', 'E0104', () =>
    net(`(conv3-a0 where ${many(20_000, (i) => `a${i} = a${i + 1}`, ', ')}, a20000 = 1)`),
  ),
  text('names behind names behind names', 'E0104', () =>
    net(nested('(', 'conv3-a', ' where a = 1)', 50_000)),
  ),
  text(
    'definitions through definitions',
    'E0308',
    () =>
      `${many(20_000, (i) => `def f${i + 1}_ = ${i === 0 ? 'relu' : `f${i}_`}`)}\n${net('f20000_')}`,
  ),
];

const wide: readonly Hostile[] = [
  text('20,000 definitions inside a body', 'E0301', () =>
    net(`{ ${many(20_000, (i) => `def f${i}_ = relu`)}\n rleu }`),
  ),
  text(
    'defaults made of the defaults before them',
    'E0104',
    () =>
      `def f(a0 = 1, ${many(40_000, (i) => `a${i + 1} = a${i}`, ', ')}) = conv1-a40000\n${net('f')}`,
  ),
  text('20,000 values recalled that are not remembered', 'E0311', () =>
    net(`${many(20_000, (i) => `relu as aa${i}b`)}\n${many(20_000, (i) => `id + @a${i}bb`)}`),
  ),
  text('10,000 heads that are joined', 'E0601', () => {
    const head = '  id + (@m; conv1-3; gap)';
    return `net N : [h, w, 3] -> _ {\n  relu as m\n  gap\n${many(10_000, () => head)}\n}\nassert params(N) == 0\n`;
  }),
  text('300 questions about 3,000 joins', 'E0601', () => {
    const asked = many(300, () => 'assert receptive(N) > 6001');
    return `net N : [32, 32, 3] -> _ {\n${many(3000, () => '  (conv3-3 + id)')}\n}\n${asked}\n`;
  }),
  text('50,000 mistakes', 'E0403', () => net(many(50_000, (i) => `rel${i}`))),
];

const exploding: readonly Hostile[] = [
  text('999999999x conv3-8', 'E0401', () => net('999999999x conv3-8')),
  text('repetitions of repetitions', 'E0402', () => net('10000x 10000x 10000x conv3-8')),
  text('repetitions of nothing', 'E0402', () => net('10000x 10000x 10000x 0x relu')),
  text(
    '2⁴⁰ layers',
    'E0402',
    () =>
      `${many(40, (i) => `def f${i + 1}_ = ${i === 0 ? 'relu' : `f${i}_; f${i}_`}`)}\n${net('f40_')}`,
  ),
  text(
    '2⁴⁰ branches',
    'E0402',
    () =>
      `${many(40, (i) => `def f${i + 1}_ = ${i === 0 ? 'relu' : `f${i}_ + f${i}_`}`)}\n${net('f40_')}`,
  ),
  text(
    '2⁶⁰ layers through a parameter',
    'E0402',
    () => `def d(g) = g; g\n${net(nested('d(', 'relu', ')', 60))}`,
  ),
  text(
    '2⁶⁰ branches through a parameter',
    'E0402',
    () => `def d(g) = g | g\n${net(nested('d(', 'conv1-1', ')', 60))}`,
  ),
  text('a layer handed to itself', 'E0308', () => `def f(g) = g(g)\n${net('f(f)')}`),
  text(
    'two layers handed to each other',
    'E0308',
    () => `def f(g, h) = g(h, g)\n${net('f(f, f)')}`,
  ),
  text(
    'definitions in a circle',
    'E0308',
    () =>
      `${many(1000, (i) => `def f${i}_ = f${(i + 1) % 1000}_; f${(i + 7) % 1000}_`)}\n${net('f0_')}`,
  ),
  text(
    'arguments handed on in a circle',
    'E0308',
    () => `def f(..p) = g(..p)\ndef g(..p) = f(..p)\n${net('f3-8')}`,
  ),
  text('residuals that do not fit in residuals', 'E0204', () =>
    net(nested('(conv3-8 + id) + (', 'relu', ')', 100)),
  ),
  text('500 nets of 500 parameters', 'E0002', () =>
    many(
      500,
      (n) =>
        `net N${n}_(${many(500, (i) => `a${i}=1`, ',')}) : [8, 8, 3] -> _ = conv3-b${n}_(a0 + a499)`,
    ),
  ),
  text('a call with 100,000 arguments', 'E0303', () => net(`conv(3${', 1'.repeat(100_000)})`)),
  text('a call with one argument 50,000 times', 'E0306', () =>
    net(`conv(3, 4${', stride = 1'.repeat(50_000)})`),
  ),
  text('10,000 branches that do not fit', 'E0204', () =>
    net(many(10_000, (i) => `conv1-${1 + (i % 2)}`, ' + ')),
  ),
];

const numbers: readonly Hostile[] = [
  text('2³¹ channels', 'E0107', () => net('conv3-2147483648')),
  text('2³¹ − 1 channels', 'E0213', () => net('conv3-2147483647')),
  text('a number of a million digits', 'E0107', () => net(`conv3-${'9'.repeat(million)}`)),
  text('a real beyond all reals', 'E0107', () => net(`dropout-1e${'9'.repeat(1000)}`)),
  text('a name of a million digits', 'E0301', () => net(`a${'1'.repeat(million)}b`)),
  text('a number that doubles', 'E0315', () =>
    net(
      `(conv3-a0 where ${many(60, (i) => `a${i} = ${i < 59 ? `a${i + 1} + a${i + 1}` : 1}`, ', ')})`,
    ),
  ),
  text('a product of a million factors', 'E0002', () => net(`conv3-(2${'*2'.repeat(million)})`)),
  text('a division by zero', 'E0315', () => net('conv3-(1/(1-1))')),
  text('a negative stride', 'E0307', () => net('conv3-8/(0-1)')),
  text('a stride of nothing', 'E0307', () => net('conv3-8/0')),
  text('a dilation of 2³¹ − 1', 'E0202', () =>
    net('conv(3, 8, pad = valid, dilation = 2147483647)'),
  ),
  text('a padding of 2³¹ − 1', 'E0307', () => net('pad(2147483647)')),
  text('sizes whose product passes 2⁶⁴', 'E0213', () =>
    net('flatten; fc-1000', '[2147483647, 2147483647, 2147483647]'),
  ),
  text('2⁶² parameters', 'E0215', () => net('gap; fc-2147483647', '[1, 1, 2147483647]')),
  text('2⁶² parameters on images of any size', 'E0215', () =>
    net('conv3-2147483647', '[h, w, 2147483647]'),
  ),
  text('sizes that grow past 2⁵³', 'E0214', () =>
    net(
      many(10, () => 'upsample(2147483647)', '; '),
      '[h, w, 3]',
    ),
  ),
  text('sizes that shrink past 2⁻⁵³', 'E0214', () =>
    net(
      many(40, () => 'maxpool7/7', '; '),
      '[h, w, 3]',
    ),
  ),
  text('sizes that repeat every 64,507 pixels', 'E0209', () =>
    net('(maxpool(251); upsample(251)) + (maxpool(257); upsample(257))', '[h, w, 3]'),
  ),
  text('sizes of many long periods', 'E0209', () =>
    net(
      many(
        6,
        (i) => `((maxpool(${[251, 257, 263, 269, 271, 277][i]}); upsample(2); maxpool(3)) | id)`,
        '; ',
      ),
      '[h, w, 3]',
    ),
  ),
  text('joins that need sizes of 12 primes', 'E0209', () =>
    net(
      many(12, (i) => `(id | (maxpool${primes[i]}; upsample-${primes[i]}))`, '; '),
      '[h, w, 1]',
    ),
  ),
  text('windows of primes as large as can be', 'E0209', () =>
    net(
      many(2, (i) => `(id | (maxpool${65_521 - 2 * i}; upsample-${65_521 - 2 * i}))`, '; '),
      '[h, w, 1]',
    ),
  ),
  text(
    'pixels that are blank at the multiples of 12 primes',
    'E0602',
    () =>
      net(
        many(12, (i) => `(maxpool${primes[i]}; deconv1-1/${primes[i]})`, ' | '),
        '[h, w, 1]',
      ) + 'assert receptive(N) > 3\n',
  ),
  text('images enlarged and reduced again 20,000 times', 'E0301', () =>
    net(`${many(20_000, () => 'upsample(65536); maxpool(65536)', '; ')}; rleu`, '[h, w, 1]'),
  ),
  text('sizes of a long period in 10,000 layers', 'E0403', () =>
    net(
      `maxpool(251); upsample(2); maxpool(257); ${many(10_000, () => 'pad(1)', '; ')}`,
      '[h, w, 3]',
    ),
  ),
  text('300 joins that leave other sizes each', 'E0403', () => {
    const branch = (pad: number): string => `(pad(${pad}); maxpool(256); maxpool(256))`;
    const join = (i: number): string => `also a${i}_ { ${branch(i)} | ${branch(i + 1)} }`;
    return net(many(300, join), '[h, w, 1]');
  }),
  text(
    'an assertion of enormous numbers',
    'E0107',
    () => `${net('relu')}assert params(N) == ${'9'.repeat(100_000)}\n`,
  ),
  text(
    'an assertion that overflows',
    'E0315',
    () => `${net('conv3-8')}assert params(N) ${many(80, () => '* 2147483647', ' ')} == 0\n`,
  ),
  text(
    '10,000 assertions that do not hold',
    'E0601',
    () => net('conv3-8') + many(10_000, (i) => `assert params(N) == ${i}`),
  ),
];

const lexical: readonly Hostile[] = [
  text(
    'a long name',
    'E0301',
    () => `def ${'a'.repeat(million)} = relu\n${net(`${'a'.repeat(million)}b`)}`,
  ),
  text(
    '50,000 names, one nearly meant',
    'E0301',
    () => `${many(50_000, (i) => `def layer${i}_ = relu`)}\n${net('layr5_; lyer6_; laier7_')}`,
  ),
  text('10,000 unknown names among as many', 'E0301', () =>
    many(10_000, (i) => `def f${i + 1}_ = g${i}_`),
  ),
  text('a string without end', 'E0102', () => `import "${'a'.repeat(3 * million)}\n`),
  text('a string of three megabytes', 'E0302', () =>
    net(`conv3-8(pad = "${'a'.repeat(3 * million)}")`),
  ),
  text('everything without end', 'E0102', () => 'def f(a = { net N : [1, (2, "three'),
  text('one line of three megabytes', 'E0002', () => net(many(500_000, () => 'rleu', '; '))),
  text('a line of ten megabytes', 'E0002', () => net(many(2 * million, () => 'relu', '; '))),
  text('a comment of three megabytes', 'E0301', () => behind(`-- ${'('.repeat(3 * million)}`)),
  text('three megabytes of line breaks', 'E0301', () => behind('\n'.repeat(3 * million))),
  text('words of the language', 'E0101', () => 'def net if then where with block '.repeat(15_000)),
  text('signs', 'E0101', () => '+ - * / -> => == .. @ , ; '.repeat(20_000)),
  text('strange characters', 'E0103', () => '§¶☃😀'.repeat(90_000)),
  text('letters of another alphabet', 'E0103', () => net('соnv3-8')),
  text('writing from right to left', 'E0103', () => net('relu \u202e; conv3-8 \u2066')),
  text('characters that are not seen', 'E0103', () => net('re\u200blu\u00ad')),
  text('names of the language netc is written in', 'E0301', () =>
    net('constructor; __proto__; toString3; hasOwnProperty-8(__proto__ = 3)'),
  ),
  text('returns without line feeds', 'E0301', () =>
    behind('-- one\r\r\r-- two\r\n\r\n').replace(/\n/g, '\r'),
  ),
  text('a byte order mark', 'E0301', () => bytes([0xef, 0xbb, 0xbf], net('rleu'))),
  text('a byte order mark inside', 'E0103', () => net('relu; \ufeff conv3-8')),
  text('UTF-16', 'E0008', () => Buffer.from(`\ufeff${net('relu')}`, 'utf16le')),
  text('a lone surrogate', 'E0008', () => bytes('-- ', [0xed, 0xa0, 0x80], net('relu'))),
  text('a lone surrogate in an escape', 'E0102', () => net('conv3-8(pad = "\\u{d800}")')),
  text('NUL', 'E0008', () => bytes(net('relu'), [0], net('relu'))),
  text('bytes by chance', 'E0008', () =>
    Uint8Array.from({ length: million }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 255),
  ),
  text(
    'rules that nest',
    'E0104',
    () => `rewrite r { rule a: ${nested('(', 'relu', ')', 100_000)} => relu }\n`,
  ),
  text('training without end', 'E0105', () => `train T : N {\n${'rate = (\n'.repeat(100_000)}`),
];

const importing = (path: string): string => `import "${path}"\n${net('relu')}`;

/** The same with something else in its folder. */
const beside = (
  name: string,
  code: string,
  main: string,
  others: (folder: string) => void,
): Hostile => ({ name, code, main: () => main, others });

const write = (folder: string, name: string, content: Content): void =>
  writeFileSync(join(folder, name), content);

const imports: readonly Hostile[] = [
  text('an import of itself', 'E0004', () => importing('main.net')),
  beside('a circle of imports', 'E0004', importing('f0.net'), (folder) => {
    for (let i = 0; i < 20; i++) write(folder, `f${i}.net`, importing(`f${(i + 1) % 20}.net`));
  }),
  beside('imports of imports', 'E0006', importing('f0.net'), (folder) => {
    for (let i = 0; i < 100; i++) write(folder, `f${i}.net`, `import "f${i + 1}.net"\n`);
  }),
  beside(
    '300 imports',
    'E0006',
    many(300, (i) => `import "f${i}.net"`),
    (folder) => {
      for (let i = 0; i < 300; i++) write(folder, `f${i}.net`, 'def a = relu\n');
    },
  ),
  beside(
    'imports of 18 MiB',
    'E0003',
    many(6, (i) => `import "f${i}.net"`),
    (folder) => {
      for (let i = 0; i < 6; i++) write(folder, `f${i}.net`, `-- ${'a'.repeat(3 * 2 ** 20)}\n`);
    },
  ),
  text('an import from outside', 'E0005', () => importing('../../../../etc/passwd')),
  text('an absolute import', 'E0005', () => importing('/dev/zero')),
  text('an import of an address', 'E0005', () => importing('https://localhost/a.net')),
  text('an import of nothing', 'E0005', () => importing('')),
  text('an import with NUL in its name', 'E0001', () => importing('a\\u{0}.net')),
  text('an import of a name of a megabyte', 'E0001', () => importing('a'.repeat(million))),
  beside('a link that leads outside', 'E0005', importing('link.net'), (folder) =>
    symlinkSync('/etc/passwd', join(folder, 'link.net')),
  ),
  beside('a link to endless zeros', 'E0005', importing('link.net'), (folder) =>
    symlinkSync('/dev/zero', join(folder, 'link.net')),
  ),
  beside('links in a circle', 'E0001', importing('a.net'), (folder) => {
    symlinkSync('b.net', join(folder, 'a.net'));
    symlinkSync('a.net', join(folder, 'b.net'));
  }),
  beside('a folder', 'E0001', importing('folder.net'), (folder) =>
    mkdirSync(join(folder, 'folder.net')),
  ),
  beside('a pipe', 'E0001', importing('pipe.net'), (folder) => {
    execFileSync('mkfifo', [join(folder, 'pipe.net')]);
  }),
  beside('a file that is too large', 'E0002', importing('large.net'), (folder) =>
    write(folder, 'large.net', '\n'.repeat(5 * 2 ** 20)),
  ),
];

export const hostile: readonly Hostile[] = [
  ...deep,
  ...wide,
  ...exploding,
  ...numbers,
  ...lexical,
  ...imports,
];

/** Definitions each of which calls the one before it twice, with other arguments each time. */
const doubling = (
  count: number,
  parameters: string,
  body: string,
  call: (name: string) => string,
) =>
  `def d0(${parameters}) = ${body}\n${many(count, (i) => `def d${i + 1}(${parameters}) = ${call(`d${i}`)}`)}\n`;

/** Programs that are given up after so many steps, which takes seconds; the first took the most memory. */
export const endless: readonly Hostile[] = [
  text('2¹⁷ calls with other layers each', 'E0403', () => {
    const call = (d: string): string => `${d}(n + 1, (f; conv1-n)); ${d}(n + 2, (f; relu))`;
    return doubling(17, 'n, f', 'conv1-n; f', call) + net('d17(1, relu)', '[8, 8, 8]');
  }),
  text('2²³ calls with other numbers each', 'E0403', () => {
    const call = (d: string): string => `${d}(2*n); ${d}(2*n + 1)`;
    return doubling(23, 'n', 'conv1-8; relu', call) + net('d23(1)', '[8, 8, 8]');
  }),
  text('joins that see 30,030 pixels each in its way', 'E0403', () =>
    net(
      many(300, (i) => `(id + (maxpool${primes[i % 6]}; upsample-${primes[i % 6]}))`, '; '),
      '[h, w, 1]',
    ),
  ),
  text('a net on 3,000 images', 'E0403', () => {
    const asked = many(3000, (i) => `assert receptive(N : [${i + 3}, 32, 3]) > 3`);
    return `net N : [h, w, 3] -> _ {\n${many(3000, () => '  (conv3-3 + id)')}\n}\n${asked}\n`;
  }),
  text(
    '30,000 rules',
    'E0403',
    () => `rewrite r {\n${many(30_000, (i) => `  rule a${i}: relu; relu => relu`)}\n}\n`,
  ),
  text('30,000 nets of a family', 'E0403', () => {
    const nets = many(30_000, (i) => `net N${i}_ = F(${i % 10_000})`);
    return `net F(n = 1) : [h, w, 3] -> _ = n x (conv3-3 + id)\n${nets}\n`;
  }),
  text('10,000 nets of 4,000 layers', 'E0403', () => {
    const body = many(2_000, (i) => `  conv3-${8 + (i % 13)}\n  relu`);
    const nets = many(10_000, (i) => `net N${i} : [32, 32, ${3 + (i % 2)}] -> _ { big }`);
    return `def big {\n${body}\n}\n${nets}\n`;
  }),
];

export const lay = ({ main, others }: Hostile, folder: string): void => {
  write(folder, 'main.net', main());
  others?.(folder);
};
