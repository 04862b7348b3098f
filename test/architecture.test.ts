import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The rooms of the house, lowest first, and whom each may import from: rooms above it in this table, never one
 * below. A room is a folder of src without its own rooms, or a single file.
 */
const allowed: { readonly [room: string]: readonly string[] } = {
  syntax: [],
  diagnostic: ['syntax'],
  numeric: ['diagnostic'],
  size: ['diagnostic'],
  kernel: [],
  'diagnostic/terminal': ['syntax', 'diagnostic'],
  'diagnostic/machine': ['syntax', 'diagnostic'],
  'parser/text': ['syntax', 'diagnostic'],
  'parser/grammar': ['syntax', 'diagnostic', 'parser/text'],
  parser: ['syntax', 'diagnostic', 'parser/text', 'parser/grammar'],
  'runtime/data': ['syntax', 'diagnostic'],
  'ops/parts': ['diagnostic', 'numeric', 'size', 'kernel', 'ops'],
  'ops/rows': ['diagnostic', 'numeric', 'size', 'kernel', 'ops/parts', 'ops'],
  ops: ['diagnostic', 'numeric', 'size', 'kernel', 'ops/parts', 'ops/rows'],
  'runtime/disk': ['syntax', 'diagnostic', 'runtime/data'],
  'typecheck/expr': [
    'syntax',
    'diagnostic',
    'size',
    'ops/parts',
    'ops',
    'typecheck/net',
    'typecheck/layer',
  ],
  'typecheck/net': [
    'syntax',
    'diagnostic',
    'numeric',
    'size',
    'ops/parts',
    'ops',
    'typecheck/expr',
    'typecheck/layer',
  ],
  'typecheck/layer': ['syntax', 'diagnostic', 'size', 'ops', 'typecheck/expr', 'typecheck/net'],
  'rewrite/rule': [
    'syntax',
    'diagnostic',
    'ops',
    'typecheck/expr',
    'typecheck/layer',
    'typecheck/program',
  ],
  graph: [
    'syntax',
    'diagnostic',
    'numeric',
    'size',
    'ops',
    'typecheck/expr',
    'typecheck/net',
    'typecheck/layer',
  ],
  diagram: ['syntax', 'diagnostic', 'numeric', 'ops/parts', 'ops', 'typecheck/net'],
  'typecheck/program': [
    'syntax',
    'diagnostic',
    'size',
    'ops',
    'typecheck/expr',
    'typecheck/net',
    'typecheck/layer',
  ],
  'rewrite/proof': [
    'syntax',
    'diagnostic',
    'size',
    'ops/parts',
    'ops',
    'typecheck/expr',
    'rewrite/rule',
  ],
  lower: ['diagnostic', 'numeric', 'kernel', 'diagnostic/terminal', 'ops/parts', 'ops', 'graph'],
  'runtime/store': [
    'syntax',
    'diagnostic',
    'numeric',
    'runtime/data',
    'runtime/disk',
    'graph',
    'runtime/torchvision',
  ],
  'rewrite/match': [
    'syntax',
    'diagnostic',
    'numeric',
    'size',
    'ops/parts',
    'ops',
    'typecheck/expr',
    'typecheck/layer',
    'rewrite/rule',
    'graph',
    'typecheck/program',
    'lower',
  ],
  'emit/graph-model': ['diagnostic', 'kernel', 'ops/parts', 'ops', 'graph', 'lower'],
  'runtime/engines': ['diagnostic', 'numeric', 'ops/parts', 'graph', 'lower'],
  'runtime/torchvision': [
    'syntax',
    'diagnostic',
    'numeric',
    'runtime/data',
    'ops',
    'runtime/disk',
    'graph',
    'runtime/store',
  ],
  'rewrite/verify': [
    'syntax',
    'diagnostic',
    'numeric',
    'size',
    'ops',
    'typecheck/expr',
    'typecheck/net',
    'rewrite/rule',
    'graph',
    'typecheck/program',
    'rewrite/proof',
    'rewrite/match',
  ],
  rewrite: [
    'syntax',
    'diagnostic',
    'parser',
    'ops',
    'typecheck/expr',
    'typecheck/net',
    'typecheck/layer',
    'rewrite/rule',
    'graph',
    'typecheck/program',
    'rewrite/proof',
    'rewrite/match',
  ],
  'compile.ts': [
    'diagnostic',
    'parser',
    'ops',
    'typecheck/net',
    'rewrite/rule',
    'graph',
    'typecheck/program',
    'lower',
    'rewrite/match',
    'rewrite/verify',
    'rewrite',
  ],
  report: [
    'syntax',
    'numeric',
    'size',
    'diagnostic/terminal',
    'ops',
    'typecheck/expr',
    'typecheck/net',
    'graph',
    'lower',
    'cli/program',
  ],
  'report/summary': [
    'numeric',
    'size',
    'diagnostic/terminal',
    'ops',
    'typecheck/net',
    'graph',
    'report',
  ],
  'report/diff': [
    'numeric',
    'size',
    'diagnostic/terminal',
    'ops/parts',
    'ops',
    'typecheck/net',
    'graph',
    'report',
  ],
  'cli/program': [
    'syntax',
    'diagnostic',
    'numeric',
    'size',
    'diagnostic/terminal',
    'runtime/data',
    'ops',
    'runtime/disk',
    'typecheck/expr',
    'typecheck/net',
    'rewrite/rule',
    'graph',
    'typecheck/program',
    'lower',
    'runtime/store',
    'rewrite/match',
    'emit/graph-model',
    'runtime/torchvision',
    'rewrite',
    'compile.ts',
    'report',
    'cli',
  ],
  'cli/commands': [
    'syntax',
    'diagnostic',
    'numeric',
    'size',
    'diagnostic/terminal',
    'diagnostic/machine',
    'parser',
    'runtime/data',
    'ops',
    'runtime/disk',
    'typecheck/net',
    'rewrite/rule',
    'graph',
    'diagram',
    'typecheck/program',
    'lower',
    'runtime/store',
    'rewrite/match',
    'emit/graph-model',
    'runtime/engines',
    'runtime/torchvision',
    'rewrite/verify',
    'rewrite',
    'compile.ts',
    'report',
    'report/summary',
    'report/diff',
    'cli/program',
    'cli',
  ],
  cli: ['diagnostic', 'runtime/engines', 'report', 'cli/commands'],
};

/** Packages and parts of Node that only some folders may use at run time; a type may be imported anywhere. */
const reserved: readonly { readonly module: RegExp; readonly by: readonly string[] }[] = [
  { module: /^@tensorflow\//, by: ['runtime'] },
  { module: /^(sharp|webgpu)$/, by: ['runtime'] },
  { module: /^chevrotain/, by: ['parser'] },
  { module: /^commander$/, by: ['cli'] },
  { module: /^vscode-/, by: ['server'] },
  // a pure part of Node: colours
  { module: /^node:util$/, by: ['cli', 'runtime', 'diagnostic'] },
  { module: /^node:/, by: ['cli', 'runtime'] },
];

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
  return inner in allowed ? inner : parts[0]!;
};
const partOf = (path: string): string => path.split('/')[0]!;
const isOurs = ({ module }: Import): boolean => module.endsWith('.ts');
const show = ({ from, module }: Import): string => `${from} imports ${module}`;

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
    const rooms = new Set(files.map(({ path }) => roomOf(path)));
    expect([...rooms].filter((room) => !(room in allowed))).toEqual([]);
    expect(Object.keys(allowed).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it('lets imports point one way', () => {
    const wrong = imports.filter((i) => {
      if (!isOurs(i) || roomOf(i.module) === roomOf(i.from)) return false;
      return !(allowed[roomOf(i.from)] ?? []).includes(roomOf(i.module));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('reserves packages for the folders that are about them', () => {
    const wrong = imports.filter((i) => {
      if (isOurs(i) || i.types) return false;
      const rule = reserved.find(({ module }) => module.test(i.module));
      return rule !== undefined && !rule.by.includes(partOf(i.from));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets no type of Chevrotain out of the parser', () => {
    const wrong = imports.filter(
      (i) => i.module.startsWith('chevrotain') && partOf(i.from) !== 'parser',
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('leaves the process, the console and the clock to the edges', () => {
    const edges = ['cli', 'runtime'];
    const wrong = files
      .filter(({ path }) => !edges.includes(partOf(path)))
      .filter(({ text }) =>
        /\b(process\.(?!env\.NODE_ENV)|console\.|Date\.now\()/.test(withoutComments(text)),
      );
    expect(wrong.map((f) => f.path)).toEqual([]);
  });

  it('has files that can be read in one go', () => {
    const lines = (text: string): number => text.trimEnd().split('\n').length;
    const tooLong = files.filter(({ text }) => lines(text) > 400);
    expect(tooLong.map((f) => `${f.path}: ${lines(f.text)} lines`)).toEqual([]);
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

/** What src, test and scripts import by name, `parser/parse.ts parse`; and what `export *` passes on. */
const imported = (): ReadonlySet<string> => {
  const found = new Set<string>();
  const passedOn: [from: string, to: string][] = [];
  const elsewhere = [join(root, 'test'), join(root, 'scripts')].flatMap(filesBelow);
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

/** What of the bundle is loaded when a file of it is, without what is imported later. */
type Bundled = {
  readonly outputs: {
    readonly [file: string]: {
      readonly imports: readonly { readonly path: string; readonly kind: string }[];
      readonly inputs: { readonly [file: string]: unknown };
    };
  };
};

describe('the bundle', () => {
  let outputs: Bundled['outputs'];

  beforeAll(async () => {
    // in a process of its own: esbuild does not run under vitest's modules
    const script = `
      import { build } from 'esbuild';
      import { options } from ${JSON.stringify(pathToFileURL(join(root, 'scripts/build.mjs')).href)};
      const { metafile } = await build({ ...options, write: false });
      console.log(JSON.stringify({ outputs: metafile.outputs }));`;
    const node = [process.execPath, ['--input-type=module', '--eval', script]] as const;
    const { stdout } = await promisify(execFile)(...node, { cwd: root, maxBuffer: 2 ** 26 });
    const metafile: Bundled = JSON.parse(stdout);
    outputs = metafile.outputs;
  });

  /** Every file and package that is loaded along with `file`. */
  const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const { path, kind } of outputs[file]?.imports ?? [])
      if (kind !== 'dynamic-import') closure(path, seen);
    return seen;
  };

  const chunkOf = (source: string): string => {
    const found = Object.keys(outputs).find((o) => source in outputs[o]!.inputs);
    if (found === undefined) throw new Error(`${source} is not in the bundle`);
    return found;
  };

  it('starts without the parser, the checker or an engine', () => {
    const loaded = [...closure('dist/netc.js')].flatMap((o) =>
      Object.keys(outputs[o]?.inputs ?? {}),
    );
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
  ])('loads no TensorFlow.js for %s', (name) => {
    const loaded = [...closure(chunkOf(`src/cli/commands/${name}.ts`))];
    expect(loaded.filter((f) => f.startsWith('@tensorflow/') || f === 'sharp')).toEqual([]);
  });
});
