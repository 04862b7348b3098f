/**
 * Session texts: commands and their output. `$ netc …` is a command, which runs in this process; its output follows,
 * messages behind `! `. `==> NAME` begins a file, `# …` is for the reader. `$ advised` runs the commands that the last
 * one advised.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { printedAt, type Printed } from './session.ts';
import { shown } from './shown.ts';
import { tools } from './tools.ts';

/** A part of a session text. The output of commands is not kept: running the session gives it again. */
type Part =
  | { readonly tag: 'words'; readonly text: string }
  | { readonly tag: 'file'; readonly name: string; readonly text: string }
  | { readonly tag: 'command'; readonly line: string };

/** The first line of a part; consecutive lines for the reader are one part. */
const starts = /^(?=\$ |==> |(?<!^# .*\n)# )/m;

/** `$NETC/passes/fc-to-conv.net` is a file of netc's own, and `$FOLDER` where the session is. */
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The parts of a session text, whatever its commands printed. */
const partsOf = (text: string): readonly Part[] =>
  text
    .split(starts)
    .filter((part) => part.trim() !== '')
    .map((part): Part => {
      const [first = '', ...rest] = part.trimEnd().split('\n');
      if (first.startsWith('$ ')) return { tag: 'command', line: first.slice(2) };
      if (first.startsWith('==> '))
        return { tag: 'file', name: first.slice(4), text: `${rest.join('\n')}\n` };
      return { tag: 'words', text: part.trimEnd() };
    });

/** The words of a command line; text between single quotes is one word. */
const wordsOf = (folder: string, line: string): readonly string[] =>
  Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!).map(
    (word) => word.replace('$NETC/', root).replace('$FOLDER', folder),
  );

/** Checks that a rule named in a trace stands at the place that the trace states. */
const expectRules = (folder: string, printed: readonly Printed[]): void => {
  const text = printed.map((p) => p.text).join('');
  for (const [line, rule, file, row, column] of text.matchAll(
    /^.* by \w+\.(\w+), (\S+\.net):(\d+):(\d+)$/gm,
  )) {
    const own = /^(?:netc:)?(passes\/.*)/.exec(file!)?.[1];
    const path = own === undefined ? join(folder, file!) : join(root, own);
    const source = readFileSync(path, 'utf8').split('\n')[Number(row) - 1] ?? '';
    expect(source.slice(Number(column) - 1), line).toMatch(
      new RegExp(`^((structural|approximate\\S*) )?rule ${rule}:`),
    );
  }
};

type Ran = { readonly code: number; readonly printed: readonly Printed[] };

const ranIn = async (folder: string, line: string): Promise<Ran> => {
  const [command, into] = line.split(' > ');
  const [name = '', ...args] = wordsOf(folder, command!);
  const [, room] = /^COLUMNS=(\d+)$/.exec(name) ?? [];
  const path = (file: string): string => resolve(folder, file);
  const printedBy = async (): Promise<Ran> => {
    if (room !== undefined) return printedAt(Number(room), folder, args.slice(1));
    if (name === 'netc') return printedAt(Infinity, folder, args);
    const tool = tools[name];
    if (tool === undefined) throw new Error(`a session cannot run \`${name}\``);
    return { code: 0, printed: [{ to: 'out', text: await tool(path, args) }] };
  };
  const ran = await printedBy();
  expectRules(folder, ran.printed);
  if (into === undefined) return ran;
  const data = ran.printed.filter((p) => p.to === 'out');
  writeFileSync(path(into), data.map((p) => p.text).join(''));
  return { code: ran.code, printed: ran.printed.filter((p) => p.to === 'err') };
};

/** The commands that the last one printed as advice, each on a line of its own. */
const advisedBy = ({ printed }: Ran): readonly string[] =>
  Array.from(
    printed
      .map((p) => p.text)
      .join('')
      .matchAll(/^ {2}(netc .*)$/gm),
    ([, c]) => c!,
  );

/** Where a session is, and what its last command printed. */
type State = { readonly at: string; readonly last: Ran };

type Played = { readonly text: string; readonly state: State };

const playedCommand = async (line: string, { at, last }: State): Promise<Played> => {
  const [name, to = ''] = line.split(' ');
  if (name === 'cd') return { text: `$ ${line}\n`, state: { at: join(at, to), last } };
  const texts: string[] = [];
  let ran = last;
  const run = async (prompt: string, command: string): Promise<void> => {
    ran = await ranIn(at, command);
    const text = shown(ran.code, ran.printed).replaceAll(at, '$FOLDER').replaceAll(root, '$NETC/');
    if (starts.test(text)) throw new Error(`\`${command}\` prints what begins a part of a session`);
    texts.push(`${prompt} ${command}\n${text}`);
  };
  if (line !== 'advised') await run('$', line);
  else {
    const commands = advisedBy(last);
    if (commands.length === 0) throw new Error('no command was advised');
    texts.push('$ advised\n');
    for (const command of commands) await run('>', command);
  }
  return { text: texts.join(''), state: { at, last: ran } };
};

const playedPart = async (part: Part, state: State): Promise<Played> => {
  switch (part.tag) {
    case 'words':
      return { text: `${part.text}\n`, state };
    case 'file': {
      const path = join(state.at, part.name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, part.text);
      return { text: `==> ${part.name}\n${part.text}`, state };
    }
    case 'command':
      return playedCommand(part.line, state);
  }
};

/** Runs a session in a folder, and gives its text with all output. Commands without output stand together. */
export const played = async (folder: string, text: string): Promise<string> => {
  let state: State = { at: folder, last: { code: 0, printed: [] } };
  let whole = '';
  let quiet = true;
  for (const part of partsOf(text)) {
    const made = await playedPart(part, state);
    const isCommand = part.tag === 'command';
    whole += (quiet && isCommand ? '' : '\n') + made.text;
    quiet = isCommand && made.text.indexOf('\n') === made.text.length - 1;
    ({ state } = made);
  }
  return whole.replace(/^\n/, '');
};
