import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { kernelTable } from '../src/kernel/table.ts';
import { table } from '../src/ops/table.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The rooms of the house, lowest first, and those that each may import from, all of which stand above it in this
 * table. A room is a folder of src with those of its folders that are no rooms themselves, or a single file.
 */
const rooms: readonly (readonly [room: string, mayImport: string])[] = [
  ['syntax', ''],
  ['diagnostic', 'syntax'],
  ['numeric', 'diagnostic'],
  ['size', 'diagnostic'],
  ['kernel', 'diagnostic numeric'],
  ['parser/text', 'syntax diagnostic'],
  ['parser/grammar', 'syntax diagnostic parser/text'],
  ['parser', 'syntax diagnostic parser/text parser/grammar'],
  ['format', 'syntax diagnostic parser'],
  ['prettier', 'format'],
  ['diagnostic/terminal', 'syntax diagnostic'],
  ['diagnostic/machine', 'syntax diagnostic'],
  ['ops', 'diagnostic numeric size kernel'],
  ['ops/elsewhere', 'ops'],
  ['runtime/data', 'syntax diagnostic'],
  ['runtime/disk', 'syntax diagnostic runtime/data'],
  ['runtime/zoo', ''],
  ['graph', 'syntax diagnostic numeric ops'],
  ['typecheck/expr', 'syntax diagnostic numeric size ops ops/elsewhere'],
  ['typecheck/net', 'syntax diagnostic numeric size ops ops/elsewhere graph'],
  ['typecheck/layer', 'syntax diagnostic size ops typecheck/expr typecheck/net'],
  ['rewrite/rule', 'syntax diagnostic ops typecheck/expr'],
  ['build', 'syntax diagnostic size ops graph typecheck/net'],
  ['diagram', 'syntax diagnostic numeric ops graph typecheck/net'],
  [
    'protocol',
    'syntax diagnostic numeric size ops graph typecheck/expr typecheck/net typecheck/layer',
  ],
  [
    'typecheck/program',
    'syntax diagnostic numeric size ops typecheck/expr typecheck/net typecheck/layer protocol',
  ],
  ['rewrite/proof', 'syntax diagnostic size ops typecheck/expr rewrite/rule'],
  ['lower', 'diagnostic numeric kernel diagnostic/terminal ops graph protocol'],
  ['runtime/store', 'syntax diagnostic numeric ops runtime/data runtime/zoo graph protocol'],
  [
    'rewrite/match',
    'syntax diagnostic numeric size ops graph typecheck/expr typecheck/layer rewrite/rule lower',
  ],
  ['emit', 'diagnostic kernel graph lower'],
  ['runtime/engines', 'syntax diagnostic numeric kernel graph lower'],
  ['runtime/pytorch', 'syntax diagnostic numeric ops runtime/data graph runtime/store'],
  [
    'runtime/torchvision',
    'syntax diagnostic numeric ops runtime/data runtime/zoo graph runtime/store runtime/pytorch',
  ],
  ['runtime/batches', 'syntax diagnostic numeric size ops runtime/data protocol runtime/store'],
  [
    'runtime/files',
    'diagnostic runtime/data runtime/disk graph runtime/store runtime/pytorch runtime/torchvision',
  ],
  [
    'runtime/dataset',
    'diagnostic numeric runtime/data runtime/disk protocol runtime/store runtime/batches runtime/files',
  ],
  [
    'runtime/runs',
    'syntax diagnostic numeric runtime/data runtime/disk protocol runtime/store runtime/batches runtime/files',
  ],
  [
    'runtime/train',
    'syntax diagnostic numeric ops graph typecheck/net protocol typecheck/program lower runtime/engines runtime/batches',
  ],
  ['runtime/evaluate', 'diagnostic numeric graph lower runtime/engines runtime/dataset'],
  [
    'runtime/install',
    'syntax diagnostic numeric runtime/data runtime/disk runtime/engines runtime/dataset',
  ],
  ['runtime/node', 'diagnostic runtime/data runtime/disk runtime/engines runtime/install'],
  ['runtime/browser', 'runtime/engines'],
  [
    'rewrite/verify',
    'syntax diagnostic numeric size ops graph typecheck/expr rewrite/rule build typecheck/program rewrite/proof rewrite/match',
  ],
  [
    'rewrite',
    'syntax diagnostic parser ops graph typecheck/expr typecheck/layer rewrite/rule build rewrite/proof rewrite/match',
  ],
  [
    'report',
    'syntax numeric size diagnostic/terminal ops graph typecheck/expr typecheck/net diagram typecheck/program lower runtime/runs',
  ],
  [
    'manual',
    'syntax diagnostic numeric diagnostic/terminal ops ops/elsewhere protocol rewrite report',
  ],
  ['editor', 'parser ops protocol typecheck/expr'],
  ['phase.ts', 'diagnostic'],
  [
    'check.ts',
    'syntax diagnostic parser ops protocol typecheck/program rewrite/verify rewrite report phase.ts',
  ],
  ['workspace', 'syntax diagnostic parser ops rewrite/verify phase.ts typecheck/program check.ts'],
  [
    'compile.ts',
    'diagnostic ops graph typecheck/net rewrite/rule build protocol lower rewrite phase.ts',
  ],
  [
    'server',
    'syntax diagnostic numeric parser format ops graph typecheck/expr typecheck/net diagram protocol typecheck/program lower rewrite report manual workspace compile.ts',
  ],
  ['web', 'diagnostic rewrite typecheck/program server'],
  [
    'web/module',
    'syntax diagnostic numeric diagnostic/terminal diagnostic/machine ops runtime/data graph typecheck/net rewrite/rule build protocol typecheck/program lower runtime/store rewrite/match runtime/engines runtime/batches runtime/train runtime/browser rewrite check.ts compile.ts web',
  ],
  ['cli/host', 'diagnostic'],
  [
    'cli/program',
    'syntax diagnostic numeric size diagnostic/terminal ops runtime/data runtime/disk graph typecheck/net rewrite/rule build protocol typecheck/program lower runtime/store rewrite/match emit runtime/engines runtime/batches runtime/files runtime/dataset runtime/runs runtime/train runtime/evaluate runtime/node rewrite report phase.ts check.ts workspace compile.ts cli/host',
  ],
  [
    'cli/commands',
    'syntax diagnostic numeric size parser format diagnostic/terminal diagnostic/machine ops runtime/data runtime/disk graph typecheck/net rewrite/rule build diagram protocol typecheck/program lower runtime/store rewrite/match emit runtime/engines runtime/pytorch runtime/torchvision runtime/batches runtime/files runtime/dataset runtime/runs runtime/train runtime/install runtime/node rewrite/verify report manual phase.ts compile.ts server cli/host cli/program',
  ],
  [
    'cli',
    'diagnostic runtime/disk runtime/engines report phase.ts cli/host cli/program cli/commands',
  ],
];

const allowed: ReadonlyMap<string, readonly string[]> = new Map(
  rooms.map(([room, mayImport]) => [room, mayImport.split(' ').filter((r) => r !== '')]),
);

/** Packages and parts of Node that only some folders may use at run time; a type may be imported anywhere. */
const reserved: readonly { readonly module: RegExp; readonly by: readonly string[] }[] = [
  { module: /^@tensorflow\//, by: ['runtime/'] },
  { module: /^(sharp|webgpu)$/, by: ['runtime/'] },
  { module: /^chevrotain/, by: ['parser'] },
  { module: /^commander$/, by: ['cli'] },
  { module: /^@bufbuild\//, by: ['runtime/runs', 'runtime/engines/tensorflow'] },
  { module: /^yauzl$/, by: ['runtime/install'] },
  { module: /^vscode-/, by: ['server', 'cli/commands/lsp.ts', 'web/worker.ts'] },
];

/**
 * The rooms that only Node can run: files, the host of engines, and the command line. A browser may get all the others,
 * so none of those reaches a module of Node, through whatever imports, or asks for the process.
 */
const roomsOfNode: ReadonlySet<string> = new Set([
  'runtime/disk',
  'runtime/files',
  'runtime/dataset',
  'runtime/install',
  'runtime/node',
  'runtime/runs',
  'cli/host',
  'cli/program',
  'cli/commands',
  'cli',
]);

type Import = {
  readonly from: string; // relative to src
  readonly module: string; // as written, or relative to src
  readonly types: boolean;
  readonly lazy: boolean;
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });

const src = join(root, 'src');
const files = filesBelow(src).map((path) => ({
  path: relative(src, path),
  text: readFileSync(path, 'utf8'),
}));

/** Comments may show code, and strings of the messages may show `import`. */
const withoutComments = (text: string): string =>
  text.replaceAll(/^\s*(\/\*[^]*?\*\/|\/\/.*)/gm, '');

const imports: readonly Import[] = files.flatMap(({ path, text }) => {
  const resolved = (module: string): string =>
    module.startsWith('.') ? join(dirname(path), module) : module;
  const code = withoutComments(text);
  const eager = code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  const late = code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  return [
    ...Array.from(eager, ([, type, module]) => ({
      from: path,
      module: resolved(module!),
      types: type !== undefined,
      lazy: false,
    })),
    ...Array.from(late, ([, module]) => ({
      from: path,
      module: resolved(module!),
      types: false,
      lazy: true,
    })),
  ];
});

/** The innermost room that a file lies in. */
const roomOf = (path: string): string => {
  const parts = path.split('/');
  const inner = parts.slice(0, 2).join('/');
  return allowed.has(inner) ? inner : parts[0]!;
};
const partOf = (path: string): string => path.split('/')[0]!;
/** Groups of files each of which leads to every other by imports, in any number of steps (Tarjan 1972). */
const circles = (all: readonly Import[]): readonly string[] => {
  const next = new Map<string, string[]>();
  for (const i of all)
    if (isOurs(i) && !i.lazy) next.set(i.from, [...(next.get(i.from) ?? []), i.module]);
  const found: string[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.size - 1);
    path.push(file);
    for (const other of next.get(file) ?? []) {
      if (!index.has(other)) visit(other);
      if (path.includes(other)) low.set(file, Math.min(low.get(file)!, low.get(other)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = path.splice(path.indexOf(file));
    if (group.length > 1 || next.get(file)?.includes(file) === true)
      found.push(group.sort().join(', '));
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return found;
};

/** The files that reach a module of Node, each with the import that leads there. A type is gone at run time. */
const reachingNode = (all: readonly Import[]): ReadonlyMap<string, Import> => {
  const found = new Map<string, Import>();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const i of all)
      if (!i.types && !found.has(i.from) && (/^node:/.test(i.module) || found.has(i.module)))
        found.set(i.from, i);
  }
  return found;
};

const isOurs = ({ module }: Import): boolean => module.endsWith('.ts');
const linesOf = (text: string): number => text.trimEnd().split('\n').length;
const show = ({ from, module }: Import): string => `${from} imports ${module}`;

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;

/** The functions of a file that have more than 80 lines. */
const longIn = (path: string, text: string): readonly string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isFunction(node) && linesOf(node.getText()) > 80)
      found.push(`${path} ${ts.getNameOfDeclaration(node)?.getText() ?? 'without a name'}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
};

describe('the house', () => {
  it('has all its imports seen by this test', () => {
    expect(imports.length).toBeGreaterThan(100);
    const mentions = files.flatMap(
      ({ text }) => withoutComments(text).match(/\sfrom '[^']+';$/gm) ?? [],
    );
    const seen = imports.filter((i) => !i.lazy).length;
    expect(seen).toBeGreaterThanOrEqual(mentions.length);
  });

  it('has a row for each room', () => {
    const found = new Set(files.map(({ path }) => roomOf(path)));
    expect([...found].filter((room) => !allowed.has(room))).toEqual([]);
    expect([...allowed.keys()].filter((room) => !found.has(room))).toEqual([]);
  });

  it('has its rooms in order', () => {
    const names = rooms.map(([room]) => room);
    const up = rooms.flatMap(([room, mayImport], i) =>
      mayImport
        .split(' ')
        .filter((other) => other !== '' && !names.slice(0, i).includes(other))
        .map((other) => `${room} imports ${other}`),
    );
    expect(up).toEqual([]);
  });

  it('allows no more than is done', () => {
    const done = new Set(
      imports.filter(isOurs).map((i) => `${roomOf(i.from)} ${roomOf(i.module)}`),
    );
    const idle = [...allowed].flatMap(([room, others]) =>
      others.filter((other) => !done.has(`${room} ${other}`)).map((other) => `${room} ${other}`),
    );
    expect(idle).toEqual([]);
  });

  it('has no circle of imports, those of types included', () => {
    expect(circles(imports)).toEqual([]);
  });

  it('lets imports point one way', () => {
    const wrong = imports.filter((i) => {
      if (!isOurs(i) || roomOf(i.module) === roomOf(i.from)) return false;
      return allowed.get(roomOf(i.from))?.includes(roomOf(i.module)) !== true;
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('reserves packages for the folders that are about them', () => {
    const wrong = imports.filter((i) => {
      if (isOurs(i) || i.types) return false;
      const rule = reserved.find(({ module }) => module.test(i.module));
      return rule !== undefined && !rule.by.some((by) => `${i.from}/`.startsWith(by));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets no type of Chevrotain out of the parser', () => {
    const wrong = imports.filter(
      (i) => i.module.startsWith('chevrotain') && partOf(i.from) !== 'parser',
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('keeps Node to the rooms that are about it', () => {
    const found = [...reachingNode(imports)];
    const wrong = found.filter(([file]) => !roomsOfNode.has(roomOf(file)));
    expect(wrong.map(([, i]) => show(i))).toEqual([]);
    const reached = new Set(found.map(([file]) => roomOf(file)));
    expect([...roomsOfNode].filter((room) => !reached.has(room))).toEqual([]);
  });

  it.each<readonly [string, readonly Partial<Import>[], readonly string[]]>([
    ['directly', [{ module: 'node:fs' }], ['a.ts']],
    ['later', [{ module: 'node:fs', lazy: true }], ['a.ts']],
    ['through others', [{ module: 'b.ts' }, { from: 'b.ts', module: 'node:fs' }], ['b.ts', 'a.ts']],
    ['not by a type', [{ module: 'node:fs', types: true }], []],
    ['not by a package', [{ module: 'nodes' }], []],
  ])('sees that Node is reached: %s', (_, planted, files) => {
    const all = planted.map((i) => ({ from: 'a.ts', module: '', types: false, lazy: false, ...i }));
    expect([...reachingNode(all).keys()]).toEqual(files);
  });

  it('leaves the process to the rooms of Node', () => {
    const wrong = files
      .filter(({ path }) => !roomsOfNode.has(roomOf(path)))
      .filter(({ text }) =>
        /(?<!\.)\b(process\.|Buffer\.|__dirname\b|require\()/.test(withoutComments(text)),
      );
    expect(wrong.map((f) => f.path)).toEqual([]);
  });

  it('leaves the console and the clock to the edges', () => {
    const edges = ['cli', 'runtime', 'web'];
    const wrong = files
      .filter(({ path }) => !edges.includes(partOf(path)))
      .filter(({ text }) =>
        /\b(console\.|Date\.now\b|performance\.now\b|new Date\b)/.test(withoutComments(text)),
      );
    expect(wrong.map((f) => f.path)).toEqual([]);
  });

  // `runtime` holds what one process has one of: the backends of TensorFlow.js, the command that files are open for
  it('remembers outside a call in one way', () => {
    const state =
      /^(?:export )?(?:let \w|const \w+(?:: (?:Weak)?(?:Map|Set)<.*>)? = new (?:Weak)?(?:Map|Set)\b.*\(\);)/m;
    const wrong = files
      .filter(({ path }) => partOf(path) !== 'runtime' && path !== 'syntax/memo.ts')
      .filter(({ text }) => state.test(withoutComments(text)));
    expect(wrong.map((f) => f.path)).toEqual([]);
  });

  it('has files that can be read in one go', () => {
    const tooLong = files.filter(({ text }) => linesOf(text) > 400);
    expect(tooLong.map((f) => `${f.path}: ${linesOf(f.text)} lines`)).toEqual([]);
  });

  it('is described in a file that can be read in one go', () => {
    expect(linesOf(readFileSync('ARCHITECTURE.md', 'utf8'))).toBeLessThanOrEqual(150);
  });

  it('has files most of which are short', () => {
    const lengths = files.map(({ text }) => linesOf(text)).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(130);
  });

  it('has functions that can be read in one go', () => {
    expect(files.flatMap(({ path, text }) => longIn(path, text))).toEqual([]);
  });

  it.each([
    ['const long = () => {', '};', 'long'],
    ['function long() {', '}', 'long'],
    ['const rows = { long: function () {', '} };', 'long'],
    ['const rows = { long() {', '} };', 'long'],
    ['class Parser { constructor() {', '} }', 'without a name'],
    ['each(() => {', '});', 'without a name'],
  ])('sees how long a function is: %s … %s', (begin, end, name) => {
    const filled = (lines: number): string =>
      [begin, ...Array(lines).fill('  f();'), end].join('\n');
    expect(longIn('planted.ts', filled(78))).toEqual([]);
    expect(longIn('planted.ts', filled(79))).toEqual([`planted.ts ${name}`]);
  });

  it('uses no way around the types', () => {
    const wrong = files.filter(({ text }) =>
      /:\s*any\b|<any>|\bas any\b|@ts-ignore|@ts-nocheck|@ts-expect-error/.test(
        withoutComments(text),
      ),
    );
    expect(wrong.map((f) => f.path)).toEqual([]);
  });
});

/** Exported, though nobody imports them: each line goes when the word `export` does. */
const exportedForNobody: { readonly [value: string]: string } = {
  'prettier/plugin.ts languages': 'Prettier',
  'prettier/plugin.ts parsers': 'Prettier',
  'prettier/plugin.ts printers': 'Prettier',
  'web/worker.ts serveFromWorker': 'the extension for VS Code',
  'runtime/store/initialise.ts initialValues': 'the bench makes weights with it',
};

/** Every value that a file of src exports, types apart: a type may be there to be spoken of. */
const exported = (): readonly string[] =>
  files.flatMap(({ path, text }) =>
    Array.from(
      withoutComments(text).matchAll(/^export (?:async )?(?:const|function\*?|class) (\w+)/gm),
      ([, name]) => `${path} ${name!}`,
    ),
  );

/** What src, test, scripts and web import by name, `parser/parse.ts parse`; and what `export *` passes on. */
const imported = (): ReadonlySet<string> => {
  const found = new Set<string>();
  const passedOn: [from: string, to: string][] = [];
  const elsewhere = ['test', 'scripts', 'web'].flatMap((name) => filesBelow(join(root, name)));
  for (const path of [...filesBelow(src), ...elsewhere]) {
    const text = withoutComments(readFileSync(path, 'utf8'));
    const find = (pattern: RegExp, use: (module: string, names: string) => void): void => {
      for (const [, names, module] of text.matchAll(pattern))
        use(relative(src, join(dirname(path), module!)), names!);
    };
    const each = (module: string, names: string): void => {
      for (const name of names.split(','))
        found.add(`${module} ${/^\s*(?:type )?(\w*)/.exec(name)![1]!}`);
    };
    find(/^(?:import|export) (?:type )?\{([^}]*)\}\s+from '(\.[^']+)'/gm, each);
    find(/\{([^}]*)\}\s+=\s+await import\('(\.[^']+)'/g, each);
    find(/^export (\*) from '(\.[^']+)'/gm, (module) =>
      passedOn.push([relative(src, path), module]),
    );
    find(/^import \* as (\w+) from '(\.[^']+)'/gm, (module, space) => {
      for (const [, name] of text.matchAll(new RegExp(`\\b${space}\\.(\\w+)`, 'g')))
        found.add(`${module} ${name!}`);
    });
    for (const [, module, name] of text.matchAll(/import\('(\.[^']+)'\)\)\s*\.(\w+)/g))
      found.add(`${relative(src, join(dirname(path), module!))} ${name!}`);
  }
  for (const [from, to] of passedOn)
    for (const use of [...found])
      if (use.startsWith(`${from} `)) found.add(`${to} ${use.slice(from.length + 1)}`);
  return found;
};

it('exports only what somebody imports', () => {
  const used = imported();
  const idle = exported().filter((value) => !used.has(value) && !(value in exportedForNobody));
  expect(idle).toEqual([]);
});

/** Where a word that happens to be an operator's is written, or an operator as an example, and why that is right. */
const namesOutsideRows: { readonly [place: string]: string } = {
  'diagram/words.ts pad': 'the parameter',
  'ops/paper.ts scale': 'the parameter',
  'manual/declarations.ts batchnorm': 'the manual',
  'manual/declarations.ts concat': 'of weights',
  'manual/expressions.ts channels': 'the manual',
  'manual/expressions.ts conv': 'an example in the manual',
  'manual/expressions.ts gap': 'an example in the manual',
  'manual/expressions.ts maxpool': 'an example in the manual',
  'manual/expressions.ts relu': 'an example in the manual',
  'manual/names.ts batchnorm': 'the manual',
  'manual/names.ts conv': 'the manual',
  'parser/grammar/atoms.ts id': 'an error that shows how to write nothing',
  'parser/grammar/recovery.ts id': 'an error that shows how to write nothing',
  'parser/text/habits/flow.ts id': 'a fix that writes nothing',
  'parser/text/habits/habits.ts id': 'the same',
  'parser/text/scan/other-languages.ts conv': 'an example in an error',
  'parser/text/habits/heads.ts relu': 'the example of a habit',
  'protocol/document.ts crop': 'what is cut out of a picture',
  'protocol/elsewhere/clauses.ts dropout': 'an example of a layer',
  'protocol/elsewhere/forms.ts crop': 'what is cut out of a picture',
  'protocol/elsewhere/parameters.ts pad': 'the parameter of that',
  'protocol/outputs.ts fc': 'an example of a classifier',
  'protocol/pictures.ts crop': 'what is cut out of a picture',
  'protocol/rows/pictures.ts crop': 'what is cut out of a picture',
  'protocol/rows/pictures.ts pad': 'the parameter of that',
  'server/messages.ts id': 'of a message',
  'rewrite/rule/weight-functions.ts concat': 'the function of weights',
  'rewrite/rule/weight-language.ts concat': 'the function of weights',
  'rewrite/rule/weight-rules.ts concat': 'the function of weights',
  'rewrite/verify/random-args.ts channels': 'the parameter',
  'runtime/batches/settings.ts crop': 'a step of a recipe',
  'runtime/store/preprocess.ts crop': 'a key of the preprocessing',
  'runtime/store/preprocess.ts scale': 'a key of the preprocessing',
  'runtime/zoo/keys.ts conv': 'a module of torchvision',
  'runtime/zoo/zoo.ts conv': 'modules of torchvision',
  'runtime/zoo/zoo.ts fc': 'modules of torchvision',
  'cli/program/evaluation/tell.ts scale': 'the head of a column',
  'typecheck/net/argument-order.ts channels': 'the parameter',
  'typecheck/net/branch-words.ts pad': 'the parameter',
};

/** A text that means something else than its word where it stands: a type, a tag, the name of an argument. */
const isAnotherWord = (node: ts.Node): boolean => {
  const { parent } = node;
  const ends = (expression: ts.Expression, word: string): boolean =>
    new RegExp(`(^|\\.)${word}$`).test(expression.getText());
  // `{ tag: 'concat' }`, `case 'concat'` of a tag, `fault.tag === 'channels'`
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === 'tag';
  if (ts.isCaseClause(parent)) return ends(parent.parent.parent.expression, 'tag');
  if (ts.isBinaryExpression(parent)) return ends(parent.left, 'tag');
  // `args['pad']`, `padding(args, 'pad')`
  if (ts.isElementAccessExpression(parent)) return ends(parent.expression, 'args');
  if (ts.isCallExpression(parent)) {
    const [first, second] = parent.arguments;
    return first !== undefined && second === node && ends(first, 'args');
  }
  // neither types nor modules are there to be asked at run time
  return ts.isLiteralTypeNode(parent) || ts.isImportDeclaration(parent);
};

/** The names in the strings of a file, `lower/fuse.ts Relu`. */
const namesIn = (
  path: string,
  text: string,
  nameIn: (node: ts.Node) => string | undefined,
): readonly string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = nameIn(node);
    if (name !== undefined && !isAnotherWord(node)) found.push(`${path} ${name}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
};

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node);

/** Names are found in no file but those beginning with one of `homes`, and where a reason is stated. */
const expectNames = (
  nameIn: (node: ts.Node) => string | undefined,
  homes: readonly string[],
  reasons: { readonly [place: string]: string },
): void => {
  const outside = files.filter(({ path }) => !homes.some((home) => path.startsWith(home)));
  const found = new Set(outside.flatMap(({ path, text }) => namesIn(path, text, nameIn)));
  expect([...found].filter((place) => !(place in reasons))).toEqual([]);
  expect(Object.keys(reasons).filter((place) => !found.has(place))).toEqual([]);
};

describe('operators', () => {
  const names = [...table.keys()].sort((a, b) => b.length - a.length).join('|');
  /** `conv`, `conv1-`, `; crop`: nothing but a name and what touches it */
  const alone = new RegExp(`^(?:.*; |[(])?(${names})\\d*[-;(]?\\s*$`);
  /** in the code of a message */
  const inCode = new RegExp('`(?:[\\w.]+; )?' + `(${names})\\d*(?![A-Za-z_])`);
  const inPattern = new RegExp(`(?<![A-Za-z_])(${names})(?![A-Za-z_])`);

  const nameIn = (node: ts.Node): string | undefined => {
    if (ts.isRegularExpressionLiteral(node)) return inPattern.exec(node.text)?.[1];
    return isText(node) ? (alone.exec(node.text) ?? inCode.exec(node.text))?.[1] : undefined;
  };

  it('are named in their rows only', () => {
    // the answers to words of other frameworks are examples of calls, which a test checks
    expectNames(nameIn, ['ops/rows/', 'ops/elsewhere/'], namesOutsideRows);
  });

  it.each([
    "if (node.op === 'batchnorm') return;",
    "switch (node.op) { case 'batchnorm': return; }",
    'const added = `conv1-${channels}`;',
    "const fix = 'flatten; ';",
    "const note = 'write `gap` instead';",
    "const sliding = ['maxpool'].includes(op);",
    "const row = rows['maxpool'];",
    "const row = rowOf('maxpool');",
    'const isPool = /^(maxpool|avgpool)$/.test(op);',
  ])('are found in %s', (text) => {
    expect(namesIn('planted.ts', text, nameIn)).toHaveLength(1);
  });

  it.each([
    "type Value = { readonly tag: 'concat' };",
    "const value = { tag: 'concat' };",
    "if (value.tag === 'concat') return;",
    "switch (value.tag) { case 'concat': return; }",
    "const wide = layer.args['channels'];",
    "const pads = padding(args, 'pad');",
  ])('are not meant in %s', (text) => {
    expect(namesIn('planted.ts', text, nameIn)).toEqual([]);
  });
});

describe('kernels', () => {
  const kernelIn = (node: ts.Node): string | undefined => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'kernelTable')
      return node.name.text;
    return isText(node) && Object.hasOwn(kernelTable, node.text) ? node.text : undefined;
  };

  /** What kernels are made of, what lowers to them, and the tables of targets, which are complete by type. */
  const homes = [
    ...['kernel/rows/', 'kernel/formulas.ts'],
    ...['ops/rows/', 'ops/parts/lowering.ts', 'ops/elsewhere/'],
    ...['operations', 'sizes', 'pixels'].map((table) => `emit/graph-model/${table}.ts`),
    ...[
      'registry',
      'training',
      'convolution-gradients',
      'batch-norm',
      'compose',
      'joins',
      'means',
      'pointwise',
      'bounds',
      'keeping-nan',
    ].map((table) => `runtime/engines/${table}.ts`),
    // under the same names TensorFlow has operations
    ...['operations', 'site', 'products', 'maps', 'movement', 'keeping-nan', 'guard'].map(
      (table) => `runtime/engines/tensorflow/${table}.ts`,
    ),
  ];

  it('are named in their rows and in tables only', () => {
    expectNames(kernelIn, homes, {});
  });

  it.each([
    "if (kernel.op === 'Relu') return;",
    "const cut = kernelTable['Slice'];",
    'const cut = kernelTable.Slice;',
    "const fused = { op: 'Fused', product };",
  ])('are found in %s', (text) => {
    expect(namesIn('planted.ts', text, kernelIn)).toHaveLength(1);
  });
});

/** Runs a script in a process of its own, as esbuild does not run under vitest's modules, and reads what it prints. */
const printed = async (script: string): Promise<unknown> => {
  const node = [process.execPath, ['--input-type=module', '--eval', script]] as const;
  const { stdout } = await promisify(execFile)(...node, { cwd: root, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
};

describe('a browser', () => {
  /** The faults of bundling files for a browser; TensorFlow.js, which knows browsers itself, stays outside. */
  const faultsOf = (paths: readonly string[]): Promise<unknown> => {
    const contents = paths.map((path) => `import './src/${path}';`).join('\n');
    return printed(`
      import { build } from 'esbuild';
      const stdin = { contents: ${JSON.stringify(contents)}, resolveDir: ${JSON.stringify(root)} };
      const external = ['@tensorflow/*'];
      const options = { bundle: true, write: false, format: 'esm', platform: 'browser', logLevel: 'silent' };
      const { errors } = await build({ ...options, stdin, external }).catch((fault) => fault);
      console.log(JSON.stringify(errors.map((e) => e.text)));`);
  };

  it('can be given every room that is not of Node', async () => {
    const given = files.filter(({ path }) => !roomsOfNode.has(roomOf(path)));
    expect(await faultsOf(given.map(({ path }) => path))).toEqual([]);
  });

  it('cannot be given what opens files', async () => {
    expect(await faultsOf(['runtime/files/weights.ts'])).toContainEqual(
      expect.stringContaining('node:fs'),
    );
  });
});

/** The files that the bundle is made of, and what each imports. */
type Bundled = {
  readonly [file: string]: {
    readonly imports: readonly { readonly path: string; readonly kind: string }[];
  };
};

describe('the bundle', () => {
  let inputs: Bundled;

  beforeAll(async () => {
    const metafile = await printed(`
      import { build } from 'esbuild';
      import { program } from ${JSON.stringify(pathToFileURL(join(root, 'scripts/build.mjs')).href)};
      const { metafile } = await build({ ...program, write: false });
      console.log(JSON.stringify(metafile));`);
    ({ inputs } = metafile as { readonly inputs: Bundled });
  });

  /** Every file and package that is run along with `file`, without what is imported later. */
  const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const { path, kind } of inputs[file]?.imports ?? [])
      if (kind !== 'dynamic-import') closure(path, seen);
    return seen;
  };

  it('starts without the parser, the checker or an engine', () => {
    const loaded = [...closure('src/cli/main.ts')];
    expect(loaded.length).toBeGreaterThan(20);
    expect(loaded.filter((f) => /chevrotain|src\/(parser|typecheck|lower)\//.test(f))).toEqual([]);
  });

  it.each([
    'check',
    'summary',
    'diff',
    'dump',
    'explain',
    'weights-init',
    'weights-show',
    'compile',
    'lsp',
  ])('loads no TensorFlow.js for %s', (name) => {
    const loaded = [...closure(`src/cli/commands/${name}.ts`)];
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.filter((f) => f.startsWith('@tensorflow/') || f === 'sharp')).toEqual([]);
  });
});
