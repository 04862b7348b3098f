/** Reports what a clause has no form for: with the form that is meant, where one can be told. */
import { error, replace, type Diagnostic, type Fix } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import type { Span } from '../syntax/source.ts';
import type { Expr } from '../syntax/tree.ts';
import type { Context } from '../typecheck/expr/context.ts';
import { throughGroups } from '../syntax/walk.ts';
import { folded } from './elsewhere/answer.ts';
import { formElsewhere } from './elsewhere/forms.ts';
import { parameterElsewhere } from './elsewhere/parameters.ts';
import type { Form } from './form.ts';
import type { Reading } from './reading.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** E0922, for an expression that is none of the forms of the clause. */
export const unknownForm = <X>(
  r: Reading,
  forms: readonly Form<X>[],
  expr: Expr,
): Diagnostic | undefined => {
  const written = throughGroups(expr);
  if (written.tag === 'missing' || isUnquoted(r, written)) return undefined;
  const known = `\`${r.word}\` has the forms ${forms.map((f) => `\`${f.name}\``).join(', ')}`;
  if (written.tag !== 'chain') {
    const otherwise = otherForm(r, forms, written);
    return error('E0922', expr.span, `\`${r.word}\` has no such form`, {
      label: otherwise?.label ?? 'a word is needed here',
      notes: otherwise === undefined ? [known] : [],
      fixes: otherwise === undefined ? [] : [replaced(expr.span, otherwise.write)],
    });
  }
  const { word } = written;
  const name = r.cx.text(word.span);
  // of `torch.optim.Adam` the last word says what is meant
  const { label, fixes } = meaning(r, forms, written, name.slice(name.lastIndexOf('.') + 1));
  return error('E0922', word.span, `\`${r.word}\` has no form \`${name}\``, {
    label: label ?? 'unknown here',
    notes: label === undefined ? [known] : [],
    fixes,
  });
};

/** A path without quotes: that, and what it is to be, is reported where it is read. */
const isUnquoted = ({ cx }: Reading, e: Expr): boolean =>
  e.tag === 'string' && !/^["“”„‟«»']/.test(cx.text(e.span));

/** What stands for a form without being a word: its name or a path in quotes, a list of forms, pixels that are divided. */
const otherForm = <X>(
  r: Reading,
  forms: readonly Form<X>[],
  e: Exclude<Expr, Chain>,
): { readonly label: string; readonly write: string } | undefined => {
  const names = forms.map((f) => f.name);
  if (e.tag === 'string') {
    const named = formElsewhere(r.word, e.value)?.write ?? names.find((n) => n === folded(e.value));
    if (named !== undefined) return { label: 'without quotes', write: named };
    return r.word === 'data'
      ? { label: 'what does the path lead to?', write: `imagefolder(${r.cx.text(e.span)})` }
      : undefined;
  }
  const text = r.cx.text(e.span);
  if (e.tag === 'list')
    return {
      label: 'several stand between `;`, without brackets',
      write: e.items.map((item) => r.cx.text(item.span)).join('; '),
    };
  const [, order, most] = /^(rgb|bgr|grey)\s*\/\s*(255(?:\.0)?)$/.exec(text) ?? [];
  return order !== undefined && names.includes(order)
    ? { label: 'a factor is an argument', write: `${order}(scale = 1.0/${Number(most)})` }
    : undefined;
};

type Meaning = { readonly label: string | undefined; readonly fixes: readonly Fix[] };

const meaning = <X>(r: Reading, forms: readonly Form<X>[], chain: Chain, name: string): Meaning => {
  const answer = formElsewhere(r.word, name);
  if (answer?.says !== undefined) return { label: answer.says, fixes: [] };
  const [, stem, size] = /^([a-z_]+?)(\d+(?:x\d+)?)$/.exec(name) ?? [];
  const names = forms.map((f) => f.name);
  if (stem !== undefined && names.includes(stem) && chain.links.length === 0)
    return meant(`${stem}-${size}`, [replaced(chain.span, `${stem}-${size}`)]);
  const same = names.find((n) => folded(n) === folded(name));
  const text = answer?.write ?? same;
  if (text !== undefined) {
    const form = forms.find((f) => f.name === text);
    if (form !== undefined) return meant(text, [renamed(r.cx, chain, form, text, answer?.order)]);
    return meant(text, chain.links.length === 0 ? [replaced(chain.span, text)] : []);
  }
  const [owner] = r.ownersOf(name);
  if (owner !== undefined) return { label: `\`${name}\` is a form of \`${owner}\``, fixes: [] };
  const [first] = near(name, names);
  return first === undefined
    ? { label: undefined, fixes: [] }
    : meant(first, [replaced(chain.word.span, first)]);
};

const meant = (text: string, fixes: readonly Fix[]): Meaning => ({
  label: `did you mean \`${text}\`?`,
  fixes,
});

const replaced = (span: Span, text: string): Fix => replace(`write \`${text}\``, span, text);

/** What a training of PyTorch hands on, and a recipe knows: the optimizer, the weights. */
const isOfTraining = (text: string): boolean =>
  /^(optimi[sz]er|opt|params|\w+\.parameters\(\))$/.test(text);

/** `(30, 60)` is a list. */
const listed = (text: string): string => text.replace(/^\(([^()]*,[^()]*)\)$/, '[$1]');

/** The form for a word of another framework, with its arguments under their names here; others have none here. */
const renamed = <X>(
  cx: Context,
  chain: Chain,
  { params }: Form<X>,
  text: string,
  order?: readonly string[],
): Fix => {
  const [link, more] = chain.links;
  if (link?.tag !== 'call' || more !== undefined) return replaced(chain.word.span, text);
  const names = params.map((p) => p.name);
  const given = link.arguments.filter((a) => !isOfTraining(cx.text(a.span)));
  const args = given.flatMap((a, i): readonly string[] => {
    const name = a.tag === 'named' ? a.name.text : order?.[i];
    if (name === undefined) return order === undefined && i < names.length ? [cx.text(a.span)] : [];
    const value = cx.text(a.tag === 'named' ? a.value.span : a.span);
    const answer = parameterElsewhere(name, names);
    if (answer === undefined)
      return names.includes(name) || a.tag === 'named' ? [`${name} = ${listed(value)}`] : [];
    return answer.write === undefined ? [] : [`${answer.write} = ${listed(value)}`];
  });
  return replaced(chain.span, args.length === 0 ? text : `${text}(${args.join(', ')})`);
};
