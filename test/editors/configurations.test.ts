/**
 * The configurations for Helix and Zed, which are not on the machines of tests: they say what those editors read, and
 * name what there is. Keys and captures are those of the manuals of Helix 25.07 and of Zed's extensions, schema 1.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, Parser, Query } from 'web-tree-sitter';

const root = join(import.meta.dirname, '../..');
const editors = join(root, 'editors');
const read = (path: string): string => readFileSync(join(editors, path), 'utf8');
const queriesIn = (folder: string): readonly string[] =>
  readdirSync(join(editors, folder)).filter((name) => name.endsWith('.scm'));

/** The table of a file; what it should hold, the tests say. */
const tableOf = (path: string): any => parse(read(path));

let grammar: Language;
beforeAll(async () => {
  await Parser.init();
  grammar = await Language.load(join(editors, 'tree-sitter-netc/tree-sitter-netc.wasm'));
});
const capturesOf = (path: string): readonly string[] => new Query(grammar, read(path)).captureNames;

const grammarName: string = JSON.parse(read('tree-sitter-netc/src/grammar.json')).name;
const commands = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin);

describe('Helix', () => {
  const {
    'language-server': servers,
    language,
    grammar: grammars,
    ...rest
  } = tableOf('helix/languages.toml');
  const [netc] = language;

  it('has one language, one server and one grammar', () => {
    expect([language.length, grammars.length, Object.keys(servers).length]).toEqual([1, 1, 1]);
    expect(rest).toEqual({});
  });
  it('is told what it knows', () => {
    const known = [
      ...['name', 'language-id', 'scope', 'injection-regex', 'file-types', 'shebangs', 'roots'],
      ...['auto-format', 'diagnostic-severity', 'comment-tokens', 'block-comment-tokens', 'indent'],
      ...['language-servers', 'grammar', 'formatter', 'soft-wrap', 'text-width', 'rulers'],
      ...[
        'path-completion',
        'word-completion',
        'workspace-lsp-roots',
        'persistent-diagnostic-sources',
      ],
    ];
    expect(known).toEqual(expect.arrayContaining(Object.keys(netc)));
    expect(Object.keys(netc.indent).sort()).toEqual(['tab-width', 'unit']);
  });
  it('opens .net files with comments that the language has', () => {
    expect(netc).toMatchObject({ 'file-types': ['net'], 'comment-tokens': ['--'] });
  });
  it('starts a server that there is', () => {
    expect(netc['language-servers']).toEqual(Object.keys(servers));
    expect(servers.netc).toEqual({ command: commands[0], args: ['lsp', '--stdio'] });
  });
  it('builds the grammar from its folder', () => {
    expect(grammars[0].name).toBe(netc.grammar ?? netc.name);
    expect(grammars[0].name).toBe(grammarName);
    const path: string = grammars[0].source.path.replace(/^PATH/, root);
    for (const part of ['parser.c', 'scanner.c', 'tree_sitter/parser.h'])
      expect(existsSync(join(path, 'src', part)), part).toBe(true);
  });
  it('finds its queries under the name of the language, with captures that it knows', () => {
    const known: { readonly [file: string]: RegExp } = {
      'highlights.scm':
        /^(comment|string|constant|keyword|operator|punctuation|function|type|namespace|variable|label)(\.[a-z]+)*$/,
      'indents.scm': /^(indent|outdent)(\.always)?$|^(extend|align|anchor)$/,
      'textobjects.scm': /^(function|class|parameter|comment|test|entry)\.(inside|around)$/,
    };
    const folder = `helix/queries/${netc.name}`;
    expect(queriesIn(folder)).toEqual(Object.keys(known));
    for (const [file, names] of Object.entries(known))
      for (const name of capturesOf(`${folder}/${file}`)) expect(name, file).toMatch(names);
  });
});

describe('Zed', () => {
  const extension = tableOf('zed/extension.toml');
  const language = tableOf('zed/languages/netc/config.toml');

  it('is told what every extension says', () => {
    const said = [
      'id',
      'name',
      'description',
      'version',
      'schema_version',
      'authors',
      'repository',
    ];
    expect(Object.keys(extension)).toEqual([...said, 'grammars', 'language_servers']);
    expect(extension.schema_version).toBe(1);
  });
  it('is told what it knows of a language', () => {
    const known = [
      ...['name', 'grammar', 'path_suffixes', 'line_comments', 'block_comment', 'tab_size'],
      ...['hard_tabs', 'first_line_pattern', 'brackets', 'word_characters', 'autoclose_before'],
    ];
    expect(known).toEqual(expect.arrayContaining(Object.keys(language)));
    expect(language).toMatchObject({ path_suffixes: ['net'], line_comments: ['-- '] });
  });
  it('takes the grammar from its folder', () => {
    expect(Object.keys(extension.grammars)).toEqual([language.grammar]);
    expect(language.grammar).toBe(grammarName);
    const { path, rev, repository } = extension.grammars[language.grammar];
    expect({ rev, repository }).toEqual({ rev: 'COMMIT', repository: 'file://PATH' });
    expect(existsSync(join(root, path, 'src/parser.c'))).toBe(true);
  });
  it('starts a server for the language', () => {
    const { netc, ...others } = extension.language_servers;
    expect(others).toEqual({});
    expect(netc.languages).toEqual([language.name]);
    const code = read('zed/src/lib.rs');
    expect(code).toContain(`worktree\n            .which("${commands[0]}")`);
    expect(code).toContain('args: vec!["lsp".into(), "--stdio".into()]');
    expect(tableOf('zed/Cargo.toml')).toMatchObject({
      lib: { 'crate-type': ['cdylib'] },
      dependencies: { zed_extension_api: '=0.7.0' },
    });
  });
  it('has queries with captures that it knows', () => {
    const known: { readonly [file: string]: RegExp } = {
      'brackets.scm': /^(open|close)$/,
      'highlights.scm':
        /^(comment|string|number|constant|keyword|operator|punctuation|function|type|module|property|variable|label)(\.[a-z]+)*$/,
      'indents.scm': /^(indent|end)$/,
      'outline.scm': /^(name|item|context|annotation)$/,
      'overrides.scm': /^(string|comment\.inclusive)$/,
    };
    expect(queriesIn('zed/languages/netc')).toEqual(Object.keys(known));
    for (const [file, names] of Object.entries(known))
      for (const name of capturesOf(`zed/languages/netc/${file}`))
        expect(name, file).toMatch(names);
  });
  it('knows the places where no bracket is closed', () => {
    const scopes = capturesOf('zed/languages/netc/overrides.scm').map((name) => name.split('.')[0]);
    const apart = language.brackets.flatMap((pair: { not_in?: string[] }) => pair.not_in ?? []);
    expect(apart.length).toBeGreaterThan(0);
    expect(scopes).toEqual(expect.arrayContaining(apart));
  });
});
