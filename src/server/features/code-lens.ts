/** Above each net: what it costs, and what can be done with it. The plan that tells its memory is made when asked for. */
import * as E from 'fp-ts/lib/Either.js';
import type { CodeLens, Command, Range } from 'vscode-languageserver-protocol';
import { forNet } from '../../compile.ts';
import { resultOf } from '../../diagnostic/checked.ts';
import { bytes, short, thousands } from '../../numeric/figures.ts';
import { isKnown, shapeOf } from '../../ops/types.ts';
import { perObject } from '../../syntax/memo.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { macsFormula } from '../../typecheck/net/formulas.ts';
import { writtenOut } from '../../typecheck/net/flat.ts';
import { at } from '../client.ts';
import { groundOf, invalid, ofFile, type Feature } from '../feature.ts';
import { rangeIn, type Ground } from '../ground.ts';

/** Images at a time, for nets that no training has a batch for. */
const USUAL_BATCH = 32;
/** The layers of a net that is planned for its memory; larger ones take most of a second. */
const MOST_LAYERS = 1_500;

const isWhole = (net: TypedNet): boolean => isKnown(net.output);

/** Peaks by batch. An edit leaves most nets as they are. */
const peaksOf = perObject((_net: TypedNet) => new Map<number, number | undefined>());

const peakOf = (net: TypedNet, batch: number): number | undefined => {
  const known = peaksOf(net);
  if (!known.has(batch)) known.set(batch, resultOf(forNet({ batch }).plan(net))?.plan?.peakBytes);
  return known.get(batch);
};

/** The most memory that a net needs at once for a batch: that of a training of it, or the usual one. */
const memoryOf = ({ view }: Ground, net: TypedNet): string | undefined => {
  // only what has passed the gate is planned
  if (view.found.some(({ severity }) => severity === 'error')) return undefined;
  if (shapeOf(net.input, 1) === undefined || net.body.totals.layers > MOST_LAYERS) return undefined;
  const training = view.program?.trainings.find((t) => t.net.name === net.name);
  const batch = training?.recipe.batch ?? USUAL_BATCH;
  const peak = peakOf(net, batch);
  return peak === undefined ? undefined : `${bytes(peak)} for a batch of ${batch}`;
};

const workOf = (net: TypedNet): string | undefined => {
  const { macs } = net.body.totals;
  if (macs !== undefined) return `${short(macs)} MACs`;
  const formula = macsFormula(writtenOut(net).layers);
  return formula !== undefined && formula.length <= 40 ? `${formula} MACs` : undefined;
};

const costs = (net: TypedNet, memory: string | undefined): string =>
  [`${thousands(net.body.totals.params)} parameters`, workOf(net), memory]
    .filter((part) => part !== undefined)
    .join(' · ');

/** What a client runs for a net, if it can: the name of its command, and the title. */
const commands = [
  ['netc.run', '▷ run'],
  ['netc.train', 'train'],
  ['netc.diagram', 'diagram'],
  ['netc.summary', 'summary'],
] as const;

const lensesOf = (ground: Ground, net: TypedNet, range: Range): readonly CodeLens[] => {
  const { uri } = ground.document;
  const trainings = (ground.view.program?.trainings ?? []).filter((t) => t.net.name === net.name);
  const argument = { uri, net: net.name };
  const offered = commands.flatMap(([command, title]): readonly Command[] => {
    if (!ground.client.commands.has(command)) return [];
    if (command !== 'netc.train') return [{ title, command, arguments: [argument] }];
    return trainings.map(({ name }) => ({
      title: `${title} ${name}`,
      command,
      arguments: [{ ...argument, train: name }],
    }));
  });
  return [
    { range, data: { uri, net: net.name } },
    ...offered.map((command) => ({ range, command })),
  ];
};

const lenses = (ground: Ground): readonly CodeLens[] =>
  (ground.view.program?.nets ?? []).filter(isWhole).flatMap((net) => {
    const place = ground.view.locate(net.span);
    return place.path === ground.path ? lensesOf(ground, net, rangeIn(ground, place)) : [];
  });

/** The title of a lens, which has waited until it was seen. */
const resolved = (ground: Ground, lens: CodeLens, name: string): CodeLens => {
  const net = ground.view.program?.nets.find((n) => n.name === name);
  const title = net === undefined ? 'changed' : costs(net, memoryOf(ground, net));
  const command = ground.client.commands.has('netc.summary') ? 'netc.summary' : '';
  return {
    ...lens,
    command: { title, command, arguments: [{ uri: ground.document.uri, net: name }] },
  };
};

export const codeLenses: Feature = ofFile(
  {
    method: 'textDocument/codeLens',
    name: 'Code lenses',
    doc: 'above each net its parameters, its MACs and its memory for a batch (that of a training of it, or 32), and what the editor can do with it: run, train, diagram, summary',
    offers: () => ({ codeLensProvider: { resolveProvider: true } }),
  },
  lenses,
);

export const codeLensResolve: Feature = {
  method: 'codeLens/resolve',
  name: '',
  doc: '',
  offers: () => ({}),
  answer: (session, params) => {
    const [uri, net] = [at(params, 'data', 'uri'), at(params, 'data', 'net')];
    const range = at(params, 'range');
    if (typeof uri !== 'string' || typeof net !== 'string' || range === undefined)
      return invalid('a lens is given back with its `data`');
    // the lens is given back as it was
    const lens = params as CodeLens;
    return E.map((ground: Ground) => resolved(ground, lens, net))(
      groundOf(session, { textDocument: { uri } }),
    );
  },
};
