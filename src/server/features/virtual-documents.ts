/** Texts that are made of a net, for clients that show them as documents: its graph, its summary, its diagram. */
import * as E from 'fp-ts/lib/Either.js';
import { forNet } from '../../compile.ts';
import { resultOf } from '../../diagnostic/checked.ts';
import { showSummary } from '../../report/summary/text.ts';
import { summaryOf } from '../../report/summary/summary.ts';
import { svg } from '../../diagram/svg.ts';
import { plural, thousands } from '../../numeric/figures.ts';
import { showKernels } from '../../lower/show-plan.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { at } from '../client.ts';
import { groundOf, invalid, type Feature, type Refused } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { mostLayers } from '../limits.ts';
import { showGraph } from '../../graph/print.ts';

const WIDTH = 120;

type Asked = { readonly ground: Ground; readonly net: TypedNet };

/** The net that a request names, or the only one; of a program without errors. */
const netAsked = (ground: Ground, name: unknown): E.Either<Refused, TypedNet> => {
  const { program, found } = ground.view;
  const nets = program?.nets ?? [];
  if (name !== undefined && typeof name !== 'string') return invalid('`net` must be a string');
  const net = name === undefined && nets.length === 1 ? nets[0] : nets.find((n) => n.name === name);
  if (net === undefined) {
    const names = nets.map((n) => `\`${n.name}\``).join(', ');
    return invalid(names === '' ? 'the file has no net' : `name one of its nets: ${names}`);
  }
  const errors = found.filter(({ severity }) => severity === 'error').length;
  return errors > 0
    ? invalid(`the program has ${plural(errors, 'error')}; mend what is underlined, and ask again`)
    : E.right(net);
};

/** Longer ones take longer than anybody waits for an answer. */
const ofAtMost =
  (most: number) =>
  (net: TypedNet): E.Either<Refused, TypedNet> => {
    const { layers } = net.body.totals;
    return layers <= most
      ? E.right(net)
      : invalid(
          `\`${net.name}\` has ${plural(layers, 'layer')}; at most ${thousands(most)} are shown in an editor, and the commands of netc take more`,
        );
  };

const made = (
  about: Pick<Feature, 'method' | 'name' | 'doc'>,
  most: number,
  show: (asked: Asked, params: unknown) => string | undefined,
): Feature => ({
  ...about,
  offers: () => ({}),
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.map((net: TypedNet) => ({ text: show({ ground, net }, params) ?? '' }))(
        E.chain(ofAtMost(most))(netAsked(ground, at(params, 'net'))),
      ),
    )(groundOf(session, params)),
});

/**
 * `netc/graph`: `{ textDocument, net?, after? }` gives `{ text }`, a program of `.net` without definitions, or, after
 * `kernels`, what an engine is asked to do.
 */
export const graphText = made(
  {
    method: 'netc/graph',
    name: 'The graph of a net',
    doc: 'as a document: every layer written out, which can be compiled again; or its kernels, as engines get them',
  },
  mostLayers.written,
  ({ net }, params) => {
    if (at(params, 'after') === 'kernels') {
      const lowered = resultOf(forNet({}).kernels(net))?.kernels;
      return lowered && showKernels(lowered);
    }
    const graph = resultOf(forNet({}).build(net))?.graph;
    return graph && showGraph(graph);
  },
);

const batchIn = (params: unknown): number => {
  const batch = at(params, 'batch');
  return typeof batch === 'number' && Number.isInteger(batch) && batch > 0 && batch < 65_536
    ? batch
    : 1;
};

/** `netc/summary`: `{ textDocument, net?, batch? }` gives `{ text }`. */
export const summaryText = made(
  {
    method: 'netc/summary',
    name: 'The summary of a net',
    doc: 'as a document: layers with sizes, parameters, MACs, memory',
  },
  mostLayers.written,
  ({ net }, params) => {
    const batch = batchIn(params);
    const planned = resultOf(forNet({ batch }).plan(net));
    return (
      planned &&
      showSummary(
        summaryOf(net, planned.sized, batch, planned.plan?.peakBytes),
        undefined,
        false,
        WIDTH,
      )
    );
  },
);

/** `netc/diagram`: `{ textDocument, net? }` gives `{ text }`, an SVG. */
export const diagramText = made(
  { method: 'netc/diagram', name: 'The diagram of a net', doc: 'as SVG' },
  mostLayers.drawn,
  ({ net }) => svg(net),
);
