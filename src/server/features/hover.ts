/** What is under the cursor: the facts of a layer, what a name is, what a word of the language means. */
import type { Hover } from 'vscode-languageserver-protocol';
import { operatorText, signature } from '../../ops/document.ts';
import { joinOf } from '../../ops/roles.ts';
import { table } from '../../ops/table.ts';
import { showType } from '../../ops/types.ts';
import { reservedWords, soundnesses } from '../../parser/lexemes.ts';
import { showProtocols } from '../../protocol/write.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { ofPlace, type Feature } from '../feature.ts';
import { rangeIn, type Ground } from '../ground.ts';
import { layersOf } from '../layers.ts';
import { pagesOn, titles } from '../manual.ts';
import type { About } from '../hover/about.ts';
import { aboutDefinition, aboutLayer, code, joined } from '../hover/layers.ts';
import { repeatAt } from '../hover/repeats.ts';
import { typeAt } from '../hover/types.ts';
import { isDeclaration, type Declared, type Use } from '../meaning.ts';
import { layersNamed, membersOf } from '../rules.ts';
import { exprsOf, pathAt, type Node } from '../tree-at.ts';
import { useAt } from '../uses.ts';

// ------------------------------------------------------------------------------------------------- names

const aboutDeclaration = (ground: Ground, d: Declaration): string | undefined => {
  const { program } = ground.view;
  switch (d.tag) {
    case 'def':
    case 'net':
      return aboutDefinition(ground, d);
    case 'rewrite': {
      const rules = d.rules.map((r) => `- \`${r.name.text}\`${r.doc === '' ? '' : `: ${r.doc}`}`);
      const when = d.when === undefined ? '' : ` when ${d.when.text}`;
      return joined(code(`rewrite ${d.name.text}${when}`), d.doc, rules.join('\n'));
    }
    case 'train': {
      const training = program?.trainings.find(({ name }) => name === d.name.text);
      const whole = training === undefined ? `train ${d.name.text}` : showProtocols([training], []);
      return joined(code(whole.trim()), d.doc);
    }
    case 'eval': {
      const evaluation = program?.evaluations.find(({ name }) => name === d.name.text);
      const whole =
        evaluation === undefined ? `eval ${d.name.text}` : showProtocols([], [evaluation]);
      return joined(code(whole.trim()), d.doc);
    }
    case 'import':
      return code(`import "${d.path.text}"`);
    case 'assert':
      return undefined;
  }
};

/** What a name of a body is, with the text that binds it. */
const aboutBound = (ground: Ground, { from, text }: Use, declared: Declared): string => {
  const { path, start } = declared.span;
  const line = ground.textOf(path)?.text.slice(start).split(/[\n]/)[0] ?? '';
  const binding = /^\w+\s*=(?![=>])\s*[^,;)}]+/.exec(line)?.[0];
  const kinds: { readonly [kind: string]: string } = {
    parameter: 'a parameter',
    size: 'a size of what comes in',
    where: 'a name of `where`',
    remembered: 'a remembered value',
    variable: 'a variable of the rule',
    rule: 'a rule of a pass',
    label: 'a label: a folder in the names of weights',
  };
  return joined(code(binding ?? text), kinds[from]);
};

/** A parameter of an operator. */
const aboutArgument = (operator: string, name: string): string | undefined => {
  const row = table.get(operator);
  const parameter = row?.params.find((p) => p.name === name);
  return row && parameter && joined(code(signature(row)), `\`${name}\`: ${parameter.doc}`);
};

const aboutName = (ground: Ground, use: Use): string | undefined => {
  const { declared, from, text } = use;
  if (declared?.node !== undefined) return aboutDeclaration(ground, declared.node);
  if (declared !== undefined) return aboutBound(ground, use, declared);
  if (use.argument?.operator !== undefined) return aboutArgument(use.argument.operator, text);
  if (from === 'form') return pagesOn(ground.host, text, titles.clauses)[0];
  if (from !== 'std' && from !== 'parameter') return undefined;
  const row = table.get(text);
  return row !== undefined && from === 'std'
    ? operatorText(row)
    : pagesOn(ground.host, text, titles.language, titles.clauses)[0];
};

/** The type of a remembered value. */
const aboutRemembered = (ground: Ground, path: readonly Node[]): string | undefined => {
  const expr = exprsOf(path).findLast((e) => e.tag === 'recall' || e.tag === 'as');
  const [first] = expr === undefined ? [] : layersOf(ground, expr);
  return (
    first && code(`@${'name' in expr! ? expr.name.text : ''} : ${showType(first.typed.output)}`)
  );
};

// ------------------------------------------------------------------------------------------------- words

/** The word, or the sign, at a place. */
const wordAt = (text: string, offset: number): { start: number; end: number } | undefined => {
  const word = /\w/;
  let start = offset;
  let end = offset;
  while (start > 0 && word.test(text[start - 1]!)) start--;
  while (end < text.length && word.test(text[end]!)) end++;
  if (end > start) return { start, end };
  return /[+*|]/.test(text[offset] ?? '') ? { start: offset, end: offset + 1 } : undefined;
};

/** The clause that a word begins. */
const clauseAt = ({ view }: Ground, path: readonly Node[], offset: number): boolean =>
  path.some(
    (node) =>
      node.tag === 'clause' &&
      node.it.words.some(({ span }) => {
        const { start, end } = view.locate(span);
        return start <= offset && offset <= end;
      }),
  );

const aboutJoin = (ground: Ground, path: readonly Node[], sign: string): string | undefined => {
  const expr = exprsOf(path).findLast((e) => e.tag === 'run' || e.tag === 'beside');
  const layer = expr && aboutLayer(ground, expr);
  const isJoin = sign === '+' || sign === '*' || sign === '|';
  return layer && isJoin ? joined(layer, '---', operatorText(joinOf(sign))) : undefined;
};

const isComment = (text: string, offset: number): boolean => {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[^"]*(?:"[^"]*"[^"]*)*--/.test(line);
};

/** The layer that a word applies, or that it is a number of. */
const layerAt = (ground: Ground, path: readonly Node[]): About | undefined => {
  const all = exprsOf(path);
  const expr = all.findLast((e) => e.tag === 'chain' || e.tag === 'recall');
  if (expr === undefined) return undefined;
  // a label is part of the layer that it names
  const label = all.find((e) => e.tag === 'label' && e.body === expr);
  const value = aboutLayer(ground, expr) ?? (label && aboutLayer(ground, label));
  return value === undefined ? undefined : { value, place: ground.view.locate(expr.span) };
};

const nameAt = (ground: Ground, offset: number, path: readonly Node[]): About | undefined => {
  const use = useAt(ground.view, ground.path, offset);
  if (use === undefined) return undefined;
  const name =
    (use.from === 'remembered' ? aboutRemembered(ground, path) : undefined) ??
    aboutName(ground, use);
  const layer = isDeclaration(use) ? undefined : layerAt(ground, path)?.value;
  const parts = [layer, name].flatMap((part) => part ?? []);
  return parts.length === 0 ? undefined : { value: parts.join('\n\n---\n\n'), place: use.word };
};

/** `kernel` of `f.kernel` in a rule: a weight of the layer that it names, or a number of it. */
const memberAt = (ground: Ground, offset: number, path: readonly Node[]): About | undefined => {
  const chain = exprsOf(path).findLast((e) => e.tag === 'chain');
  const [layer, member] = chain?.word.parts ?? [];
  if (layer === undefined || member === undefined) return undefined;
  const place = ground.view.locate(member.span);
  if (offset < place.start || offset > place.end) return undefined;
  const row = layersNamed(ground, offset).get(layer.text);
  const found = row && membersOf(row).find(({ name }) => name === member.text);
  return (
    found && { value: joined(code(`${layer.text}.${found.name}`), found.is, found.doc), place }
  );
};

/** The word whose page says what a word means: `exact` before `rule` is of that. */
const pageOf = (text: string, end: number, spelt: string): string =>
  soundnesses.some((word) => word === spelt) &&
  /^\s*(\([^)]*\)\s*)?rule\b/.test(text.slice(end, end + MOST_BETWEEN))
    ? 'rule'
    : spelt;
const MOST_BETWEEN = 80;

const wordOfLanguage = (
  ground: Ground,
  offset: number,
  path: readonly Node[],
): About | undefined => {
  const { text } = ground.text;
  const word = isComment(text, offset) ? undefined : wordAt(text, offset);
  if (word === undefined) return undefined;
  const spelt = pageOf(text, word.end, text.slice(word.start, word.end));
  const isClause = clauseAt(ground, path, offset);
  const value =
    aboutJoin(ground, path, spelt) ??
    (isClause || reservedWords.has(spelt)
      ? pagesOn(ground.host, spelt, isClause ? titles.clauses : titles.language)[0]
      : undefined);
  return value === undefined ? undefined : { value, place: { path: ground.path, ...word } };
};

/** A name in a type is what it is, and an axis. */
const withType = (name: About | undefined, type: About | undefined): About | undefined =>
  name === undefined || type === undefined
    ? (name ?? type)
    : { value: `${name.value}\n\n---\n\n${type.value}`, place: name.place };

const found = (ground: Ground, offset: number): About | undefined => {
  const path = pathAt(ground, offset);
  return (
    repeatAt(ground, path, offset) ??
    memberAt(ground, offset, path) ??
    withType(nameAt(ground, offset, path), typeAt(ground, path, offset)) ??
    wordOfLanguage(ground, offset, path) ??
    layerAt(ground, path)
  );
};

const hoverAt = (ground: Ground, offset: number): Hover | undefined => {
  const about = found(ground, offset);
  if (about === undefined) return undefined;
  const { value, place } = about;
  return { contents: { kind: 'markdown', value }, range: rangeIn(ground, place) };
};

export const hover: Feature = ofPlace(
  {
    method: 'textDocument/hover',
    name: 'Hover',
    doc: 'of a layer its types, the formula of its size, its parameters, MACs, memory and receptive field, and the documentation of its operator; of `2x` what each copy makes of its input; of types and sizes what they are of; of names what they are; of clauses and keywords their page of the manual',
    offers: () => ({ hoverProvider: true }),
  },
  hoverAt,
);
