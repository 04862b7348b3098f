/** What an `eval` declaration means: a net that is measured, or evaluations whose posteriors are fused. */
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { numberOf } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Expr, Name, Protocol } from '../syntax/tree.ts';
import { throughGroups } from '../syntax/walk.ts';
import { fromFirstName, showCircle } from './circle.ts';
import { clauses, measureClauses } from './clauses.ts';
import { netIn, type Env, type Named } from './env.ts';
import {
  measuredIn,
  type Evaluation,
  type Measure,
  type Measured,
  type MeasureWord,
} from './evaluation.ts';
import { fixedFrame } from './frame.ts';
import { sourceIn } from './init-from.ts';
import { mainOutputFaults } from './outputs.ts';
import type { InitFrom } from './recipe.ts';
import { declaredAs, sayer, type Clauses, type Said } from './said.ts';
import { scaleFaults } from './scales.ts';
import { trainingNamed } from './start.ts';
import { subjectOf, type Subject } from './subject.ts';
import { withoutData, type Trained, type Trainings } from './trainings.ts';
import { transferFault } from './weights.ts';

/** The evaluations of a program, each found once; undefined for a recipe, and after a fault, which is reported. */
export const newEvaluations = (
  env: Env,
  trainings: Trainings,
): ((d: Protocol) => Evaluation | undefined) => {
  const said = sayer<Measure>(env, { table: measureClauses, theirs: Object.keys(clauses) });
  const known = new Map<Protocol, Evaluation | undefined>();
  const underWay: Protocol[] = [];
  const find = (d: Protocol): Evaluation | undefined => {
    if (d.body !== undefined) return fused(env, d, d.body, evaluation);
    return measured(env, trainings, d, said(d));
  };
  const evaluation = (d: Protocol): Evaluation | undefined => {
    if (known.has(d)) return known.get(d);
    if (underWay.includes(d)) {
      reportCircle(env, fromFirstName(underWay.slice(underWay.indexOf(d))));
      return undefined;
    }
    underWay.push(d);
    const found = find(d);
    underWay.pop();
    known.set(d, found);
    return found;
  };
  return evaluation;
};

const reportCircle = ({ cx }: Env, circle: readonly Protocol[]): void => {
  const first = circle[0]!;
  const message = `evaluations are fused in a circle: ${showCircle(circle)}`;
  cx.report(error('E0926', (first.body ?? first.name).span, message, { label: 'leads back here' }));
};

// ------------------------------------------------------------------------------------------------------ one net

const measured = (
  env: Env,
  trainings: Trainings,
  d: Protocol,
  { clauses, isOpen }: Said<Measure>,
): Evaluation | undefined => {
  const named = d.net && netIn(env, d.net);
  reportParts(env, d);
  const source = d.from && sourceIn(env, d.from);
  if (named === undefined || isOpen || source === undefined || d.from === undefined)
    return undefined;
  const trained = sourceTraining(
    env,
    trainings,
    { text: nameOf(source), span: d.from.span },
    source,
  );
  if (trained === 'faulty') return undefined;
  const subject = measuredSubject(env, clauses, named, trained);
  if (named.net.output.tag === 'unknown') return undefined;
  const fault =
    trained && transferFault({ ...whole, from: trained.net, to: named.net, at: d.from.span });
  const faults = [
    // those of the net that was trained are reported there
    ...(trained?.net === named.net ? [] : mainOutputFaults(subject)),
    ...scaleFaults(subject),
    ...(fault === undefined ? [] : [fault]),
  ];
  faults.forEach(env.cx.report);
  const measure = measureOf(clauses, subject);
  if (measure === 'no data') env.cx.report(withoutData(d));
  if (measure === undefined || measure === 'no data') return undefined;
  const { name, doc } = d;
  return {
    tag: 'net',
    name: name.text,
    doc,
    span: name.span,
    net: named.net,
    called: env.cx.text(named.at),
    from: source,
    measure,
    augment: trained?.subject.value('augment') ?? [],
    places: placesIn(subject),
  };
};

const placesIn = ({ place }: Subject<Measure>): Measured['places'] =>
  new Map(
    measureWords.flatMap((word) => {
      const span = place(word);
      return span === undefined ? [] : [[word, span] as const];
    }),
  );

// the table is complete by type, so its keys are the words
const measureWords = Object.keys(measureClauses) as readonly MeasureWord[];

const whole = { selections: [], isWhole: true } as const;

const nameOf = (source: InitFrom['source']): string => (source.tag === 'train' ? source.name : '');

/** The training whose weights are measured; undefined for those of a file. */
const sourceTraining = (
  env: Env,
  { trained, training }: Trainings,
  name: Name,
  source: InitFrom['source'],
): Trained | undefined | 'faulty' => {
  if (source.tag === 'file') return undefined;
  const d = trainingNamed(env, name);
  if (d !== undefined) training(d);
  return (d && trained(d)) ?? 'faulty';
};

/** The data of a training that an evaluation takes over, where it keeps pictures apart. */
const dataOf = ({ subject }: Trained): Measure['data'] | undefined => {
  const data = subject.value('data');
  if (data === undefined) return undefined;
  const isApart = data.tag === 'shapes' ? data.validation > 0 : data.validation !== undefined;
  return isApart ? data : undefined;
};

/** The paper's: S for pictures that are scaled to S, and the middle of a range; else the net's own size. */
const scalesOf = ({ subject }: Trained): readonly number[] =>
  (subject.value('augment') ?? []).flatMap((step) =>
    step.tag === 'rescale' ? [Math.floor((step.from + step.to) / 2)] : [],
  );

const measuredSubject = (
  env: Env,
  clauses: Clauses<Measure>,
  named: Named,
  trained: Trained | undefined,
): Subject<Measure> => {
  const own = subjectOf(env.cx, measureClauses, clauses, {
    ...named,
    of: { isFree: named.net.input.tag === 'map' && fixedFrame(named.net) === undefined },
  });
  const data = trained && dataOf(trained);
  const scales = trained ? scalesOf(trained) : [];
  const taken: Partial<Measure> = { ...(data === undefined ? {} : { data }), scales };
  return {
    ...own,
    place: (word, part) => own.place(word, part) ?? trainedPlace(trained, word, part),
    value: (word) => own.value(word) ?? (own.isFaulty(word) ? undefined : taken[word]),
    // what it takes over may be a fault there
    isFaulty: (word) =>
      own.isFaulty(word) || (word === 'data' && trained?.subject.isFaulty('data') === true),
  };
};

/** Where data that is taken over is written. */
const trainedPlace = (
  trained: Trained | undefined,
  word: keyof Measure,
  part: string | undefined,
): Span | undefined => (word === 'data' ? trained?.subject.place('data', part) : undefined);

const measureOf = (
  clauses: Clauses<Measure>,
  { value, isFaulty }: Subject<Measure>,
): Measure | undefined | 'no data' => {
  if (Object.values(clauses).includes('faulty')) return undefined;
  const [data, scales, views] = [value('data'), value('scales'), value('views')];
  if (data === undefined) return isFaulty('data') ? undefined : 'no data';
  return scales && views && { data, scales, views };
};

/** E0939 for parts that an evaluation of a net needs, and those that only it can have. */
const reportParts = ({ cx }: Env, d: Protocol): void => {
  if (d.net !== undefined && d.net.tag !== 'missing' && d.from === undefined)
    cx.report(
      error('E0939', d.name.span, `\`${d.name.text}\` does not say with what weights`, {
        label: 'needs `from`',
        notes: [
          `as in \`eval ${d.name.text} : ${cx.text(d.net.span)} from "weights.safetensors"\``,
        ],
      }),
    );
  if (d.net === undefined && d.from !== undefined)
    cx.report(
      error('E0939', d.from.span, `\`${d.name.text}\` has weights, and no net`, {
        label: 'weights of what?',
        notes: [`name the net: \`eval ${d.name.text} : NET from …\``],
      }),
    );
};

// ------------------------------------------------------------------------------------------------------ several

/** `mean(D_dense, E_dense)` */
const namesIn = ({ cx }: Env, body: Expr): readonly Name[] | undefined => {
  const expr = throughGroups(body);
  if (expr.tag === 'missing') return undefined;
  const [link, more] = expr.tag === 'chain' ? expr.links : [];
  const isMean = expr.tag === 'chain' && cx.text(expr.word.span) === 'mean' && more === undefined;
  const args = isMean && link?.tag === 'call' ? link.arguments : [];
  const names = args.flatMap((a): readonly Name[] => {
    const value = a.tag === 'positional' ? throughGroups(a.value) : undefined;
    return value?.tag === 'chain' && value.links.length === 0
      ? [{ text: cx.text(value.word.span), span: value.span }]
      : [];
  });
  if (args.length > 0 && names.length === args.length) return names;
  cx.report(
    error('E0938', body.span, 'evaluations are fused by the mean of what they give', {
      label: '`mean(…)` of the names of evaluations is needed',
      notes: ['as in `eval both = mean(first, second)`'],
    }),
  );
  return undefined;
};

type Fused = { readonly name: Name; readonly found: Evaluation };

const fused = (
  env: Env,
  d: Protocol,
  body: Expr,
  evaluation: (d: Protocol) => Evaluation | undefined,
): Evaluation | undefined => {
  const odd = d.net ?? d.from ?? d.with ?? d.clauses[0];
  if (odd !== undefined)
    env.cx.report(
      error('E0939', odd.span, `\`${d.name.text}\` is fused of others, and has no more parts`, {
        label: 'one too many',
      }),
    );
  const names = namesIn(env, body);
  if (names === undefined) return undefined;
  const all = names.map((name): Fused | undefined => {
    const theirs = declaredAs(env, 'eval', name, env.scopeOf(name.span.path), d);
    if (theirs !== undefined && theirs.net === undefined && theirs.body === undefined)
      env.cx.report(
        error('E0925', name.span, `\`${name.text}\` measures no net`, {
          label: 'a recipe',
          labels: [{ span: theirs.name.span, message: 'declared without a net' }],
        }),
      );
    const found = theirs && evaluation(theirs);
    return found && { name, found };
  });
  const found = all.flatMap((one) => one ?? []);
  const fault = differing(found);
  if (fault !== undefined) env.cx.report(fault);
  if (found.length < all.length || odd !== undefined || fault !== undefined) return undefined;
  return {
    tag: 'mean',
    name: d.name.text,
    doc: d.doc,
    span: d.name.span,
    of: found.map((f) => f.found),
  };
};

const classesIn = ({ net: { output } }: Measured): number | undefined =>
  output.tag === 'unknown' ? undefined : numberOf(output.c);

/** E0937 for evaluations whose posteriors are not of the same pictures, or the same classes. */
const differing = (all: readonly Fused[]): Diagnostic | undefined => {
  const [first, ...others] = all.flatMap(({ name, found }) =>
    measuredIn(found).map((one) => ({ one, name })),
  );
  for (const { one, name } of others) {
    const [a, b] = [first!.one, one];
    const isSame = JSON.stringify(a.measure.data) === JSON.stringify(b.measure.data);
    const [n, m] = [classesIn(a), classesIn(b)];
    if (isSame && n === m) continue;
    const what = isSame ? `${n} and ${m} classes` : 'different data';
    return error('E0937', name.span, `\`${first!.name.text}\` and \`${name.text}\` have ${what}`, {
      label: 'cannot be fused with the first',
      labels: places(a.span, first!.name, b.span),
      notes: ['means are taken of posteriors on the same pictures in the same order'],
    });
  }
  return undefined;
};

const places = (a: Span, first: Name, b: Span) => [
  { span: first.span, message: 'the first' },
  { span: a, message: `\`${first.text}\` is declared here` },
  { span: b, message: 'and the other here' },
];
