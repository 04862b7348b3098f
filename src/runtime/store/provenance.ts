/**
 * Where the weights came from that rules made: metadata of models and of rewritten weight files, as JSON.
 *
 *   {"fold_batchnorm": {"conv": {"N/conv1/kernel": ["N/conv1/kernel", "N/batchnorm1/gamma", …], …}}}
 *
 * By pass, rule and path; behind each path the weights of the source that it was computed from, none when
 * the rule has it start anew. Weights that are not named are those of the source.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph, Provenance } from '../../graph/graph.ts';
import { isObject, parseObject } from '../data/json.ts';

/** The name under which metadata has it. */
export const originsKey = 'netc.origins';

/** By the path of the weight. */
export type Origins = ReadonlyMap<string, Provenance>;

const isPaths = (x: unknown): x is readonly string[] =>
  Array.isArray(x) && x.every((path) => typeof path === 'string');

/** Reads what `encodeOrigins` wrote. It is there to be read by people: what else stands there is left out. */
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

/**
 * Of a graph's own weights, in order of execution. A weight that this graph takes from its file as it is may
 * have been made by an earlier rewriting, which the file then tells of.
 */
const originsOf = (graph: Graph, file: ReadonlyMap<string, string>): Origins => {
  const before = decodeOrigins(file.get(originsKey) ?? '{}');
  return new Map(
    graph.nodes.flatMap((node) =>
      node.weights.flatMap(
        ({ path, provenance: origin }): readonly (readonly [string, Provenance])[] => {
          const own = origin ?? before.get(path);
          return own === undefined ? [] : [[path, own]];
        },
      ),
    ),
  );
};

/** The metadata of a file for the rewritten graph, from that of the file whose weights it reads. */
export const withOrigins = (
  graph: Graph,
  file: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const origins = originsOf(graph, file);
  const others = [...file].filter(([key]) => key !== originsKey);
  return new Map(origins.size === 0 ? others : [...others, [originsKey, encodeOrigins(origins)]]);
};
