/**
 * The provenance of weights that rules made: metadata of models and of rewritten weight files, as JSON.
 *
 *   {"fold_batchnorm": {"conv": {"N/conv1/kernel": ["N/conv1/kernel", "N/batchnorm1/gamma", …], …}}}
 *
 * By pass, rule and path. Each path has the weights of the source that it was computed from; none if it is fresh. Other
 * weights are those of the source.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph, GraphWeight } from '../../graph/graph.ts';
import { sourcesIn } from '../../graph/weights.ts';
import { isObject, parseObject } from '../data/json.ts';
import { withoutTraining } from './training-state.ts';

/** The name under which metadata has it. */
export const originsKey = 'netc.origins';

/** Which rule made a weight, and the weights of the source that it was computed from. */
type Provenance = {
  readonly pass: string;
  readonly rule: string;
  readonly sources: readonly string[];
};

/** By the path of the weight. */
export type Origins = ReadonlyMap<string, Provenance>;

const isPaths = (x: unknown): x is readonly string[] =>
  Array.isArray(x) && x.every((path) => typeof path === 'string');

/** Reads the text of `encodeOrigins`. The text is for people, so anything malformed is left out. */
export const decodeOrigins = (json: string): Origins => {
  const found = new Map<string, Provenance>();
  const passes = parseObject(json);
  for (const [pass, rules] of Object.entries(E.isRight(passes) ? passes.right : {}))
    for (const [rule, weights] of Object.entries(isObject(rules) ? rules : {}))
      for (const [path, sources] of Object.entries(isObject(weights) ? weights : {}))
        if (isPaths(sources)) found.set(path, { pass, rule, sources });
  return found;
};

/** The same origins give the same text. */
const encodeOrigins = (origins: Origins): string => {
  const passes = new Map<string, Map<string, [string, readonly string[]][]>>();
  for (const [path, { pass, rule, sources }] of origins) {
    const rules = passes.get(pass) ?? new Map<string, [string, readonly string[]][]>();
    passes.set(pass, rules);
    const weights = rules.get(rule) ?? [];
    weights.push([path, sources]);
    rules.set(rule, weights);
  }
  const entries = Array.from(passes, ([pass, rules]) => {
    const byRule = Array.from(rules, ([rule, weights]) => [rule, Object.fromEntries(weights)]);
    return [pass, Object.fromEntries(byRule)];
  });
  return JSON.stringify(Object.fromEntries(entries));
};

const originOf = ({ madeBy, value }: GraphWeight): Provenance | undefined => {
  if (madeBy === undefined) return undefined;
  const { pass, rule, isFresh } = madeBy;
  return { pass, rule, sources: isFresh || !value ? [] : [...sourcesIn([value]).keys()] };
};

/**
 * The provenance of a graph's weights, in order of execution. A weight that is taken unchanged from the file may have
 * been made by an earlier rewriting: then the provenance in the file is kept.
 */
const originsOf = (graph: Graph, file: ReadonlyMap<string, string>): Origins => {
  const before = decodeOrigins(file.get(originsKey) ?? '{}');
  return new Map(
    graph.nodes.flatMap((node) =>
      node.weights.flatMap((weight): readonly (readonly [string, Provenance])[] => {
        const own = originOf(weight) ?? before.get(weight.path);
        return own === undefined ? [] : [[weight.path, own]];
      }),
    ),
  );
};

/** The metadata of a file for the rewritten graph, from that of the file whose weights it reads. */
export const withOrigins = (
  graph: Graph,
  file: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const origins = originsOf(graph, file);
  const others = [...withoutTraining(file)].filter(([key]) => key !== originsKey);
  return new Map(origins.size === 0 ? others : [...others, [originsKey, encodeOrigins(origins)]]);
};
