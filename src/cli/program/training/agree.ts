/** Before the first step workers compare what they are about to do: what differs would make weights differ silently. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { sha256, sha256OfChunks } from '../../../runtime/disk/digest.ts';
import type { Cluster, Team } from '../../../runtime/engines/cluster.ts';
import type { Description } from '../../../runtime/runs/begin.ts';
import { clauseTexts } from '../../../protocol/write.ts';
import type { Parameters } from '../../../runtime/train/parameters.ts';
import { startOf } from '../../../syntax/source.ts';
import { aText, decoded, recordOf } from '../../../runtime/data/decode.ts';

/** What is compared, by what it is called in messages. */
type Facts = { readonly [what: string]: string };

/** The most characters of a fact that are shown; a longer one is known by its digest. */
const mostShown = 60;

const shown = (text: string): string =>
  text.length <= mostShown ? text : `sha256 ${sha256(text).slice(0, 16)}`;

/** What a training is, as far as its numbers depend on it. */
const factsOf = (
  { facts, sources, recipe }: Description,
  what: string,
  { addresses }: Cluster,
): Facts => ({
  'what is asked': what,
  'the version of netc': facts.versions['netc'] ?? '',
  engine: facts.device.replace(/,.*/, ''),
  'the list of workers': shown(addresses.join()),
  net: facts.net,
  program: `sha256 ${sha256(sources.map(({ text }) => text).join('\0')).slice(0, 16)}`,
  ...Object.fromEntries(
    Object.entries(clauseTexts(recipe)).map(([clause, text]) => [`\`${clause}\``, shown(text)]),
  ),
  'the data': facts.dataDigest.slice(0, 16),
  'weights to begin with': facts.start?.digest.slice(0, 16) ?? 'drawn',
});

const readFacts = (text: string): Facts => {
  const read = decoded(text, recordOf(aText));
  return Either.isRight(read) ? read.right : {};
};

/** What a worker says otherwise than the first, in lines for a message. */
const differences = (all: readonly string[]): readonly string[] => {
  const [first = {}, ...others] = all.map(readFacts);
  return others.flatMap((facts, i) =>
    [...new Set([...Object.keys(first), ...Object.keys(facts)])].flatMap((what) => {
      const [own, theirs] = [first[what] ?? 'not there', facts[what] ?? 'not there'];
      return own === theirs ? [] : [`${what}: ${own} of worker 0, ${theirs} of worker ${i + 1}`];
    }),
  );
};

const unlike = (lines: readonly string[]): Diagnostic =>
  error('E0707', startOf('--workers'), 'the workers are not about to train the same', {
    notes: [...lines, 'give all of them the same command, but for `--rank`, and the same files'],
  });

/** Compares a training with those of all other workers (E0707); `what` says what is asked for, beside a training. */
export const agreed = async (
  team: Team,
  description: Description,
  what: string,
): Promise<Or<Diagnostic, void>> => {
  const all = await team.share(JSON.stringify(factsOf(description, what, team)));
  const lines = differences(all);
  return lines.length === 0 ? Either.right(undefined) : Either.left(unlike(lines));
};

/** A digest of all weights, and what the optimiser keeps of them. */
const digestOf = (parameters: Parameters): string => {
  const digest = sha256OfChunks(
    Array.from(parameters).map(([, { data }]) =>
      Either.right(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ),
  );
  return Either.isRight(digest) ? digest.right.slice(0, 16) : '';
};

/** Where a worker begins. */
export type Beginning = {
  /** the name of the run, which only the first worker knows of a new one */
  readonly run: string;
  readonly step: number;
  readonly parameters: Parameters;
};

/** Compares where all workers begin (E0707), and gives the name of the run. */
export const agreedOnBeginning = async (
  team: Team,
  { run, step, parameters }: Beginning,
): Promise<Or<Diagnostic, string>> => {
  const facts = { 'steps that are done': String(step), weights: digestOf(parameters) };
  const all = await team.share(JSON.stringify({ run, facts: JSON.stringify(facts) }));
  const read = all.map(readFacts);
  const lines = differences(read.map((told) => told['facts'] ?? ''));
  return lines.length === 0 ? Either.right(read[0]?.['run'] ?? run) : Either.left(unlike(lines));
};
