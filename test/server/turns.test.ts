/** Long checks are done in turns: what is written anew is told first, and others are answered in between. */
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../src/server/client.ts';
import { newProjects } from '../../src/server/projects.ts';
import { newPublisher } from '../../src/server/publisher.ts';
import { hostFor, uriOf } from './desk.ts';
import { residualNets } from './residual-nets.ts';

type Told = { readonly version: number | undefined; readonly lines: readonly number[] };

const uri = uriOf('main.net');

/** An open file, each turn of whose check ends after one declaration. */
const opened = (text: string) => {
  const turns: (() => void)[] = [];
  let now = 0;
  const host = {
    ...hostFor(new Map()),
    now: () => (now += 1_000),
    later: (work: () => void) => {
      turns.push(work);
      return () => void turns.splice(turns.indexOf(work), 1);
    },
  };
  const client = clientOf({ capabilities: {} });
  const projects = newProjects(host, client.encoding, []);
  const told: Told[] = [];
  const publisher = newPublisher(projects, client, host, (_, version, found) =>
    told.push({ version, lines: found.map(({ range }) => range.start.line) }),
  );
  const turn = (): boolean => {
    turns.shift()?.();
    return turns.length > 0;
  };
  let version = 0;
  const write = (text: string): void => {
    version++;
    if (version === 1) projects.open(uri, version, text);
    else projects.change(uri, version, [{ text }]);
    publisher.changed(uri);
  };
  write(text);
  return {
    projects,
    told,
    write,
    turn,
    finish: () => {
      while (turn());
    },
  };
};

const nets = 5;
const sound = residualNets(nets);
const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split('\n').length - 1;

describe('a check in turns', () => {
  it('tells of what is written anew before it looks at the rest', () => {
    const editor = opened(sound);
    editor.finish();
    editor.told.length = 0;
    const broken = sound.replace('down4(512)', 'down4(512); batchnorm-3');
    editor.write(broken);
    editor.turn();
    expect(editor.told).toEqual([{ version: 2, lines: [lineOf(broken, 'batchnorm-3')] }]);
    editor.finish();
    expect(editor.told).toHaveLength(1);
  });

  it('tells of the first net of a file that is opened before it looks at the others', () => {
    const broken = sound.replace('block0(64)', 'block0(64); batchnorm-3');
    const editor = opened(broken);
    while (editor.told.length === 0) editor.turn();
    expect(editor.told).toEqual([{ version: 1, lines: [lineOf(broken, 'batchnorm-3')] }]);
    let left = 0;
    while (editor.turn()) left++;
    expect(left).toBeGreaterThan(nets);
    expect(editor.told).toHaveLength(1);
  });

  it('keeps what was told of others until it has looked at them', () => {
    const broken = sound.replace('down0(512)', 'down0(512); batchnorm-3');
    const editor = opened(broken);
    editor.finish();
    const at = lineOf(broken, 'batchnorm-3');
    expect(editor.told.at(-1)).toEqual({ version: 1, lines: [at] });
    editor.told.length = 0;
    // all nets use it, and so all are looked at again
    editor.write(broken.replace('def act = relu', 'def act = relu; id'));
    editor.finish();
    expect(editor.told.map(({ lines }) => lines)).toEqual([[at]]);
    editor.told.length = 0;
    editor.write(sound);
    editor.finish();
    expect(editor.told.map(({ lines }) => lines)).toEqual([[]]);
  });

  it('says nothing before there is something to say', () => {
    const broken = sound.replace('down4(512)', 'down4(512); batchnorm-3');
    const editor = opened(broken);
    editor.finish();
    expect(editor.told).toEqual([{ version: 1, lines: [lineOf(broken, 'batchnorm-3')] }]);
    const other = opened(sound);
    other.finish();
    expect(other.told).toEqual([{ version: 1, lines: [] }]);
  });

  it('tells in the end of all that is wrong, and never of what is not', () => {
    const editor = opened(sound);
    editor.finish();
    editor.told.length = 0;
    const broken = sound.replace(
      'def unit(c, s = 1) = conv3-c/s',
      'def unit(c, s = 1) = conv3-c/s; flatten',
    );
    editor.write(broken);
    editor.finish();
    const last = editor.told.at(-1)!.lines;
    expect(last.length).toBeGreaterThan(0);
    for (const { lines } of editor.told) expect(last).toEqual(expect.arrayContaining([...lines]));
  });

  it('answers in between, and has the whole of it then', () => {
    const editor = opened(sound);
    editor.turn();
    const document = editor.projects.document(uri)!;
    expect(editor.projects.view(document).program?.nets).toHaveLength(nets);
    expect(editor.turn()).toBe(false);
  });

  it('gives up when the text is edited', () => {
    const editor = opened(sound);
    editor.turn();
    editor.turn();
    editor.write(sound.replace('gap', 'gapp'));
    editor.finish();
    expect(editor.told.at(-1)).toEqual({ version: 2, lines: [lineOf(sound, 'gap')] });
  });
});
