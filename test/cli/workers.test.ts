/** How the command line names processes that train together, and what is said where they cannot. */
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreed, agreedOnBeginning } from '../../src/cli/program/training/agree.ts';
import { cannotJoin, clusterAsked, workersLost } from '../../src/cli/program/training/cluster.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import type { Team } from '../../src/runtime/engines/cluster.ts';
import type { Description } from '../../src/runtime/runs/begin.ts';
import { describing } from '../runtime/runs/made.ts';
import { netc, newFolder, removeFolder } from './session.ts';

let folder: string;

const source = `net N : [8, 8, 3] -> [2] { gap; fc-2; softmax }
train t : N { data shapes(size = 8, classes = 2, images = 8) }
`;

beforeAll(() => {
  folder = newFolder({
    'made.net': source,
    hosts: '# two machines\na:2222\n\nb:2222 # the other\n',
    twice: 'a:2222\nb:2222\na:2222\n',
  });
});
afterAll(() => removeFolder(folder));

describe('workers', () => {
  it('are addresses, and this one is one of them', () => {
    const asked = { workers: 'a:1, [::1]:2', hosts: undefined, rank: 1 };
    expect(clusterAsked(asked)).toEqual(
      E.right({ threads: undefined, cluster: { addresses: ['a:1', '[::1]:2'], rank: 1 } }),
    );
  });

  it('lie in a file beside a number of threads', () => {
    const asked = { workers: '3', hosts: `${folder}/hosts`, rank: 0 };
    expect(clusterAsked(asked)).toEqual(
      E.right({ threads: 3, cluster: { addresses: ['a:2222', 'b:2222'], rank: 0 } }),
    );
  });

  it.each([
    ['--workers x', 'expects a number of threads, or addresses `host:port,host:port`'],
    ['--workers a:1,b:2', '`--rank` is missing: which of the 2 workers this is, 0 to 1'],
    ['--workers a:1,b:2 --rank 2', '`--rank 2` is none of the 2 workers: ranks are 0 to 1'],
    ['--workers a:1,b --rank 0', '--workers, number 1: expected `host:port`, and found `b`'],
    ['--workers a:1,b:70000 --rank 0', 'expected `host:port`, and found `b:70000`'],
    ['--workers a:1,b:2,a:1 --rank 0', '`a:1` is the address of another worker too'],
    ['--workers a:1 --rank 0', 'one worker alone needs no address'],
    ['--hosts twice --rank 0', 'twice:3: `a:2222` is the address of another worker too, twice:1'],
    ['--hosts hosts --workers a:1,b:1 --rank 0', '`--hosts` and `--workers` both name the workers'],
    ['--rank 1', '`--rank` is of several workers'],
    ['--workers a:1,b:2 --rank 0 --engine wasm', '`--engine wasm` trains in one process'],
    ['--workers a:1,b:2 --rank 0 --all', '`--all` trains on one machine'],
  ])('cannot be asked for by %s', async (options, said) => {
    const { code, err } = await netc(folder, 'train', 'made.net', ...options.split(' '));
    expect(err).toContain(said);
    expect(code).toBe(2);
  });

  it('cannot be asked for by a file that is not there', async () => {
    const { code, err } = await netc(folder, 'train', 'made.net', '--hosts', 'no', '--rank', '0');
    expect(err).toContain('error[E0001]: `no` cannot be read');
    expect(code).toBe(1);
  });
});

const cluster = { addresses: ['a:2222', 'b:2222', 'c:2222'], rank: 1 };

describe('E0706: a worker', () => {
  it.each([
    [
      'that does not come is named',
      cannotJoin(cluster, { tag: 'missing', ranks: [0, 2], seconds: 60 }),
      '2 workers did not come within 60 seconds: worker 0 at a:2222, worker 2 at c:2222',
    ],
    [
      'has its port to itself',
      cannotJoin(cluster, { tag: 'port', reason: 'EADDRINUSE' }),
      'another process listens on the port of `b:2222`',
    ],
    [
      'has the same list as all others',
      cannotJoin(cluster, { tag: 'strangers', seconds: 60 }),
      'the other workers answer, and within 60 seconds they have not come together',
    ],
    [
      'that is lost is named',
      workersLost(cluster, [2], 'netc train …'),
      'worker 2 at c:2222 does not answer any more',
    ],
  ])('%s', (_, { code, message }, said) => {
    expect({ code, message }).toEqual({ code: 'E0706', message: said });
  });
});

/** All workers at once: each gets what all have told, when the last one has told. */
const team = (count: number): readonly Team[] => {
  const told: string[][] = [];
  const waiting: (() => void)[] = [];
  return Array.from({ length: count }, (_, rank): Team => {
    let round = 0;
    return {
      ...{ rank, addresses: cluster.addresses.slice(0, count) },
      share: async (text) => {
        const all = (told[round++] ??= []);
        all[rank] = text;
        if (Object.keys(all).length === count) for (const goOn of waiting.splice(0)) goOn();
        else await new Promise<void>((goOn) => waiting.push(goOn));
        return all;
      },
    };
  });
};

const notesOf = (found: E.Either<Diagnostic, unknown>): readonly string[] =>
  E.isLeft(found) ? [found.left.code, ...found.left.notes] : [];

describe('E0707: workers compare', () => {
  const description = describing();
  const compared = (other: Description, what = 'a training') =>
    Promise.all([agreed(team2[0]!, description, 'a training'), agreed(team2[1]!, other, what)]);
  let team2 = team(2);
  const anew = (): void => void (team2 = team(2));

  it('nothing that differs from place to place', async () => {
    anew();
    const found = await compared({
      ...description,
      facts: {
        ...description.facts,
        command: 'another',
        versions: { ...description.facts.versions, node: 'v99' },
      },
    });
    expect(found).toEqual([E.right(undefined), E.right(undefined)]);
  });

  it('all that numbers depend on, and both hear of it', async () => {
    anew();
    const { facts, recipe } = description;
    const found = await compared({
      ...description,
      recipe: { ...recipe, batch: recipe.batch + 1, seed: 77 },
      facts: { ...facts, dataDigest: 'another', versions: { ...facts.versions, netc: '0.0.1' } },
      sources: [{ path: 'main.net', text: 'net M' }],
    });
    for (const one of found) {
      const [code, ...notes] = notesOf(one);
      expect(code).toBe('E0707');
      const named = notes.map((note) => note.split(': ')[0]);
      expect(named.slice(0, -1)).toEqual([
        'the version of netc',
        'program',
        '`batch`',
        '`seed`',
        'the data',
      ]);
    }
  });

  it('what is asked for', async () => {
    anew();
    const [found] = await compared(description, '--dry-run');
    expect(notesOf(found)[1]).toBe('what is asked: a training of worker 0, --dry-run of worker 1');
  });

  it('the weights that they begin with, and learn what the run is called', async () => {
    const weights = (x: number) =>
      new Map([['N/fc/kernel', { shape: [1], data: Float32Array.of(x) }]]);
    const begin = ([a, b]: readonly Team[], other: number) =>
      Promise.all([
        agreedOnBeginning(a!, { run: 't-7', step: 3, parameters: weights(1) }),
        agreedOnBeginning(b!, { run: '', step: 3, parameters: weights(other) }),
      ]);
    expect(await begin(team(2), 1)).toEqual([E.right('t-7'), E.right('t-7')]);
    const [, other] = await begin(team(2), 1 + 2 ** -23);
    expect(notesOf(other)[1]).toMatch(/^weights: \w{16} of worker 0, \w{16} of worker 1$/);
  });
});
