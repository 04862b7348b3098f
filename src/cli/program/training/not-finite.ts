/** A loss or a gradient that is not a number (E0963): the first layer that makes such a number, and what helps. */
import * as Either from 'fp-ts/lib/Either.js';
import { error, type Diagnostic, type Label } from '../../../diagnostic/diagnostic.ts';
import type { GraphNode } from '../../../graph/graph.ts';
import type { At } from '../../../lower/training/optimisers.ts';
import { clauses } from '../../../protocol/clauses.ts';
import type { Recipe } from '../../../protocol/recipe.ts';
import { figure } from '../../../report/training.ts';
import type { Batch } from '../../../runtime/batches/loader.ts';
import type { Stepped } from '../../../runtime/train/taking.ts';
import type { Trainer } from '../../../runtime/train/trainer.ts';
import type { Unsound, UnsoundCall } from '../../../runtime/train/unsound.ts';
import type { Span } from '../../../syntax/source.ts';
import type { Prepared } from './prepare.ts';

/** Whether a step went well; if it did not, no weight has moved. */
export const isFinite = ({ loss, norm }: Pick<Stepped, 'loss' | 'norm'>): boolean =>
  Number.isFinite(loss) && Number.isFinite(norm);

/** A step that went wrong. */
type Failed = { readonly batch: Batch; readonly at: At; readonly stepped: Stepped };

/** The command that trains with this clause in place of the recipe's, `clip=1`. */
export type WithClause = (clause: string) => string;

/** What is known of a training when a step of it goes wrong. */
type Training = Pick<Prepared, 'training' | 'graph' | 'dataset'> & { readonly trainer: Trainer };

/** Looks for what made a step go wrong. `goesOn` is what resumes, where there is a checkpoint. */
export const notFinite = async (
  going: Training,
  { batch, at, stepped }: Failed,
  command: WithClause,
  goesOn?: string,
): Promise<Diagnostic> => {
  const found = await going.trainer.unsound(batch, at);
  const unsound = Either.isLeft(found) ? undefined : found.right;
  const what = `the ${Number.isFinite(stepped.loss) ? 'gradient' : 'loss'} of step ${at.step} is not a number`;
  const { message, label, span, notes } = reasonOf(going, batch, what, unsound);
  const { span: named, recipe } = going.training;
  const labels: readonly Label[] = span === named ? [] : [{ span: named, message: 'trained here' }];
  const helps =
    unsound?.tag === 'input' ? [] : at.step === 1 ? beginnings(recipe) : remedies(recipe);
  return error('E0963', span, message, {
    label,
    labels,
    notes: [
      ...notes,
      at.step === 1 ? 'no weight has moved yet' : 'that step has moved no weight',
      ...helps.map(({ does, clause }) => `${does}: ${command(unbroken(clause))}`),
      ...(helps.length === 0 || goesOn === undefined
        ? []
        : [`with \`${goesOn}\` behind it the run goes on from its last checkpoint`]),
    ],
  });
};

/** What a clause does. */
type Remedy = { readonly does: string; readonly clause: string };

/** Without spaces, at which a line would be broken that is to be copied. */
const unbroken = (clause: string): string => clause.replaceAll(/ ?([=,;]) /g, '$1');

/** What helps before any weight has moved: smaller weights, smaller numbers of pixels. */
const beginnings = ({ init, input }: Recipe): readonly Remedy[] => [
  ...(init.tag === 'normal'
    ? [{ does: 'weights that begin smaller', clause: 'init=kaiming' }]
    : []),
  ...(input.mean === 'data' && input.std === 'data'
    ? []
    : [
        {
          does: 'pixels of mean 0 and deviation 1',
          clause: `input=${input.order}(mean = data, std = data)`,
        },
      ]),
];

/** What helps most often, the likeliest first. */
const remedies = (recipe: Recipe): readonly Remedy[] => {
  const { optimizer, schedule, clip } = recipe;
  const rate = Number((optimizer.rate / 10).toPrecision(3));
  const slower = clauses.optimizer.write({ ...optimizer, rate }, true);
  const rising = clauses.schedule.write({ ...schedule, warmup: 1 }, true);
  return [
    { does: 'a tenth of the rate', clause: `optimizer=${slower}` },
    {
      does: 'shorter gradients',
      clause: `clip=${clip === undefined ? 1 : Number((clip / 10).toPrecision(3))}`,
    },
    ...(schedule.warmup > 0
      ? []
      : [{ does: 'a rate that rises through the first epoch', clause: `schedule=${rising}` }]),
  ];
};

/** What is said, and where. */
type Reason = {
  readonly message: string;
  readonly label: string;
  readonly span: Span;
  readonly notes: readonly string[];
};

const reasonOf = (
  { training, graph, dataset }: Training,
  batch: Batch,
  what: string,
  unsound: Unsound | undefined,
): Reason => {
  const { span } = training;
  switch (unsound?.tag) {
    case undefined:
      return { message: what, label: '', span, notes: [] };
    case 'input': {
      const name = dataset.train.name(batch.indices[unsound.place]!);
      return {
        message: `${what}: \`${name}\` has ${unsound.fault} in it`,
        label: 'numbers of pictures come from here',
        span: training.places.get('data') ?? span,
        notes: [],
      };
    }
    case 'state':
      return {
        message: `${what}: \`${unsound.path}\` was ${unsound.fault} before it`,
        label: 'the layer that has it',
        span: layerOf(graph.nodes, unsound.path)?.span ?? span,
        notes: ['an earlier step has moved it that far'],
      };
    case 'call':
      return madeBy(graph.nodes, what, unsound, span);
  }
};

/** The layer that has a path, or a weight of this path. */
const layerOf = (nodes: readonly GraphNode[], path: string): GraphNode | undefined =>
  nodes.find((node) => path === node.path || path.startsWith(`${node.path}/`));

const madeBy = (
  nodes: readonly GraphNode[],
  what: string,
  call: UnsoundCall,
  otherwise: Span,
): Reason => {
  const { path, from, isForward, fault } = call;
  const layer = layerOf(nodes, path);
  const span = (layer ?? layerOf(nodes, from ?? ''))?.span ?? otherwise;
  if (layer !== undefined)
    return {
      message: isForward
        ? `${what}: \`${path}\` is the first layer that makes ${fault}`
        : `${what}: \`${path}\` is the first layer, on the way back, that makes ${fault}`,
      label: `${isForward ? 'makes' : 'its gradient becomes'} ${fault}, ${goingIn(call)}`,
      span,
      notes: [],
    };
  const size = figure(call.values);
  return isForward
    ? {
        message: `${what}: the scores that it is made of reach ${size}`,
        label: `makes the scores`,
        span,
        notes: [],
      }
    : {
        message: `${what}: gradients reach ${size}, and their squares are too large`,
        label: 'has the largest gradient',
        span,
        notes: [],
      };
};

/** `from numbers up to 3.1e+38 and weights up to 12` */
const goingIn = ({ values, weights }: UnsoundCall): string =>
  `from ${[
    ...(values > 0 ? [`numbers up to ${figure(values)}`] : []),
    ...(weights > 0 ? [`weights up to ${figure(weights)}`] : []),
  ].join(' and ')}`;
