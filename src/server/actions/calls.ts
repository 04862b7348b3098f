/** The arguments of a call as they are written, by the parameters that they fill. */
import { table } from '../../ops/table.ts';
import { linkedBy } from '../../ops/paper.ts';
import { splitSize } from '../../typecheck/expr/split-size.ts';
import type { Expr, Link } from '../../syntax/tree.ts';
import { written, type Ground } from '../ground.ts';
import { definitionOf, lastOf, type Use } from '../meaning.ts';
import { useAt } from '../uses.ts';

export type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** What is called: its name as it is written, without a size, and its parameters in order. */
export type Callee = {
  readonly name: string;
  readonly use: Use;
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
  /** whether it has `..p`, so that it takes others too */
  readonly open: boolean;
};

/** What the word of a chain calls. */
export const calleeOf = (ground: Ground, chain: Chain): Callee | undefined => {
  const { view, path } = ground;
  const word = view.locate(lastOf(chain.word).span);
  const use = useAt(view, path, word.start);
  if (use === undefined) return undefined;
  const whole = view.locate(chain.word.span);
  // what the parser has mended is not written so
  if (written(ground, chain.word.span) !== chain.word.parts.map((p) => p.text).join('.'))
    return undefined;
  const name = ground.text.text.slice(whole.start, use.word.end);
  const definition = definitionOf(use.declared);
  if (definition !== undefined) {
    const parameters = definition.parameters.flatMap((p) =>
      p.tag === 'rest' ? [] : [{ name: p.name.text, required: p.default === undefined }],
    );
    return { name, use, parameters, open: parameters.length < definition.parameters.length };
  }
  const row = use.from === 'std' ? table.get(use.text) : undefined;
  if (row === undefined) return undefined;
  const parameters = row.params.map((p) => ({ name: p.name, required: p.default === undefined }));
  return { name, use, parameters, open: false };
};

/** An argument: its parameter, and how it is written. */
export type Filled = { readonly parameter: string; readonly text: string };

/** The arguments in the order of the text; undefined where one finds no parameter, or is not written out. */
export const filledIn = (
  ground: Ground,
  chain: Chain,
  { parameters, use }: Callee,
): readonly Filled[] | undefined => {
  const filled: Filled[] = [];
  const isFree = (name: string): boolean => !filled.some((f) => f.parameter === name);
  const fill = (parameter: string | undefined, text: string): boolean => {
    if (parameter === undefined || !isFree(parameter)) return false;
    filled.push({ parameter, text });
    return true;
  };
  const word = lastOf(chain.word);
  if (word.text.length > use.text.length && !fill('size', splitSize(word.text)?.size ?? ''))
    return undefined;
  const known = (name: string): string | undefined => parameters.find((p) => p.name === name)?.name;
  const touching = ({ tag, argument }: Extract<Link, { tag: '-' | '/' }>): boolean =>
    fill(linkedBy(tag, parameters)?.name, bare(written(ground, argument.span)));
  for (const link of chain.links) if (link.tag !== 'call' && !touching(link)) return undefined;
  for (const link of chain.links) {
    if (link.tag !== 'call') continue;
    for (const argument of link.arguments) {
      if (argument.tag === 'rest') return undefined;
      const text = written(ground, argument.value.span);
      const parameter =
        argument.tag === 'named'
          ? known(argument.name.text)
          : parameters.find(
              (p) =>
                isFree(p.name) &&
                // what is given by name further on is not free either
                !link.arguments.some((a) => a.tag === 'named' && a.name.text === p.name),
            )?.name;
      if (!fill(parameter, text)) return undefined;
    }
  }
  return filled;
};

/** Whether a text is one pair of brackets with what stands in it, unlike `(a) + (b)`. */
export const isBracketed = (text: string): boolean => {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if ('({'.includes(text[i]!)) depth++;
    else if (')}'.includes(text[i]!)) depth--;
    if (depth === 0) return i > 0 && i === text.length - 1;
  }
  return false;
};

/** `4*c` of `(4*c)` */
const bare = (text: string): string =>
  text.startsWith('(') && isBracketed(text) ? text.slice(1, -1).trim() : text;

/** Whether a text can stand where one number does: after `-`, before `x`. */
export const isAtom = (text: string): boolean => /^(\w+|\d+(\.\d+)?|\d+x\d+)$/.test(text);

/** A text that keeps together, whatever stands beside it. */
export const together = (text: string): string =>
  isAtom(text) || bare(text) !== text ? text : `(${text})`;
