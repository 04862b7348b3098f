/** What a `train` declaration means: its clauses with those that it takes over, its net, and what it begins with. */
import { error, replace, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Protocol } from '../syntax/tree.ts';
import { clauses, measureClauses, type ByWord } from './clauses.ts';
import { netIn, type Env, type Named } from './env.ts';
import { fixedFrame } from './frame.ts';
import { freezeFaults } from './frozen.ts';
import { lossFaults } from './outputs.ts';
import { pictureFaults } from './pictures.ts';
import { shapeFaults, warmupFaults } from './reach.ts';
import type { Recipe, Training, Word } from './recipe.ts';
import { sayer, type Clauses } from './said.ts';
import { startChecker } from './start.ts';
import { partsFault, validationFault } from './steps.ts';
import { channelsIn, subjectOf, type Subject } from './subject.ts';

/** A `train` with its net, as far as it has a meaning. */
export type Trained = Named & { readonly subject: Subject<ByWord> };

/** The trainings of a program, each found once. */
export type Trainings = {
  /** undefined for a recipe, and after a fault, which is reported */
  readonly trained: (d: Protocol) => Trained | undefined;
  /** checked, with every default; undefined after a fault */
  readonly training: (d: Protocol) => Training | undefined;
};

/** The trainings of a program. */
export const newTrainings = (env: Env): Trainings => {
  const said = sayer<ByWord>(env, { table: clauses, theirs: Object.keys(measureClauses) });
  const known = new Map<Protocol, Trained | undefined>();
  const find = (d: Protocol): Trained | undefined => {
    const { clauses: own, isOpen } = said(d);
    const named = d.net && netIn(env, d.net);
    if (named === undefined || named.net.output.tag === 'unknown' || isOpen) return undefined;
    return { ...named, subject: trainedSubject(env, own, named) };
  };
  const trained = (d: Protocol): Trained | undefined => {
    if (!known.has(d)) known.set(d, find(d));
    return known.get(d);
  };
  const checkStart = startChecker(env, { said, netOf: (d) => trained(d)?.net });
  const check = (d: Protocol): Training | undefined => {
    reportParts(env, d);
    const found = trained(d);
    if (found === undefined) return undefined;
    const { subject, net, at } = found;
    const called = env.cx.text(at);
    const faults = [
      ...pictureFaults(subject),
      ...lossFaults(subject),
      ...scheduleFaults(subject),
      ...partsFault(subject),
      ...freezeFaults(subject),
    ];
    faults.forEach(env.cx.report);
    checkStart(d, net);
    const { clauses: own } = said(d);
    if (own.data === undefined) env.cx.report(withoutData(d));
    const recipe = recipeOf(own, subject);
    const { name, doc } = d;
    return (
      recipe && {
        name: name.text,
        doc,
        span: name.span,
        net,
        called,
        recipe,
        places: placesIn(own),
      }
    );
  };
  const checked = new Map<Protocol, Training | undefined>();
  const training = (d: Protocol): Training | undefined => {
    if (!checked.has(d)) checked.set(d, check(d));
    return checked.get(d);
  };
  return { trained, training };
};

/** A plateau that watches nothing is not told that it comes late, too. */
const scheduleFaults = (subject: Subject<ByWord>): readonly Diagnostic[] => {
  const unwatched = validationFault(subject);
  const shape = unwatched.length > 0 ? unwatched : shapeFaults(subject);
  return [...warmupFaults(subject), ...shape];
};

/** E0927 for what does not say where its pictures come from. */
export const withoutData = ({ name, tag }: Protocol): Diagnostic =>
  error(
    'E0927',
    name.span,
    `\`${name.text}\` does not say what it is ${tag === 'train' ? 'trained' : 'measured'} on`,
    {
      label: 'needs a clause `data`',
      notes: ['as in `data imagefolder("data/flowers", validation = 0.1)`, or `data shapes`'],
    },
  );

const trainedSubject = (env: Env, own: Clauses<ByWord>, named: Named): Subject<ByWord> => {
  const { data } = own;
  const channels = channelsIn(named.net);
  return subjectOf(env.cx, clauses, own, {
    ...named,
    of: {
      ...(channels === undefined ? {} : { channels }),
      ...(data === undefined || data === 'faulty' ? {} : { data: data.value.tag }),
      isFree: fixedFrame(named.net) === undefined,
    },
  });
};

/** E0939 for what only evaluations have. */
const reportParts = ({ cx }: Env, { name, from, body }: Protocol): void => {
  if (from !== undefined)
    return cx.report(
      error('E0939', from.span, 'a `train` has no `from`', {
        label: 'only an `eval` has one',
        notes: ['weights to begin with are a clause: `init from NAME`'],
      }),
    );
  if (body === undefined) return;
  const between = { ...body.span, start: name.span.end, end: body.span.start };
  const at = between.start + cx.text(between).indexOf('=');
  const sign = { ...between, start: at, end: at + 1 };
  cx.report(
    error('E0939', sign, 'the net of a `train` stands behind `:`', {
      label: 'only an `eval` has a value',
      fixes: [replace('write `:`', sign, ':')],
    }),
  );
};

// ------------------------------------------------------------------------------------------------------- the recipe

/** A recipe with its defaults; undefined where a clause lacks or is faulty. */
const recipeOf = (own: Clauses<ByWord>, { value }: Subject<ByWord>): Recipe | undefined => {
  if (own.data === undefined || Object.values(own).includes('faulty')) return undefined;
  const recipe: { [K in keyof Recipe]: Recipe[K] | undefined } = {
    data: value('data'),
    input: value('input'),
    augment: value('augment'),
    loss: value('loss'),
    optimizer: value('optimizer'),
    schedule: value('schedule'),
    batch: value('batch'),
    accumulate: value('accumulate'),
    epochs: value('epochs'),
    clip: value('clip'),
    init: value('init'),
    initFrom: value('init from'),
    freeze: value('freeze'),
    seed: value('seed'),
  };
  // data is there, and every other clause or its default
  return recipe as Recipe;
};

const placesIn = (own: Clauses<ByWord>): Training['places'] =>
  new Map(
    words.flatMap((word) => {
      const read = own[word];
      return read === undefined || read === 'faulty' ? [] : [[word, read.span] as const];
    }),
  );

// the table is complete by type, so its keys are the words
const words = Object.keys(clauses) as readonly Word[];
