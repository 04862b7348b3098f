/** Another name for what a name means, at all its places. */
import * as E from 'fp-ts/lib/Either.js';
import type { Range } from 'vscode-languageserver-protocol';
import { reservedWords } from '../../parser/lexemes.ts';
import { isOfNetc } from '../../syntax/source.ts';
import { at } from '../client.ts';
import { workspaceEdit } from '../edits.ts';
import { groundOf, invalid, offsetIn, type Feature } from '../feature.ts';
import { rangeIn, type Ground } from '../ground.ts';
import type { Use } from '../meaning.ts';
import { nameAt, programsSeeing, usesEverywhere } from '../references.ts';
import { changesMeaning } from '../renaming.ts';

/** The name at a place, if it may have another; else why not. */
const renamable = (ground: Ground, offset: number): E.Either<string, Use> => {
  const use = nameAt(ground, offset);
  if (use === undefined) return E.left('no name is here');
  if (use.from === 'std' || use.from === 'form')
    return E.left(`\`${use.text}\` is built in and keeps its name`);
  if (use.declared === undefined) return E.left(`nothing is declared as \`${use.text}\``);
  if (isOfNetc(use.declared.span.path))
    return E.left(`\`${use.text}\` is netc's own and keeps its name`);
  if (use.from === 'label') return E.left('a label names weights; change it where it stands');
  return E.right(use);
};

export const prepareRename: Feature = {
  method: 'textDocument/prepareRename',
  name: '',
  doc: '',
  offers: () => ({}),
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.chain((offset: number) => {
        const use = renamable(ground, offset);
        if (E.isLeft(use)) return invalid(use.left);
        const range: Range = rangeIn(ground, use.right.word);
        return E.right({ range, placeholder: use.right.text });
      })(offsetIn(ground, at(params, 'position'))),
    )(groundOf(session, params)),
};

/** Why a word is not a name. */
const notName = (name: string): string | undefined => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `\`${name}\` is not a name`;
  return reservedWords.has(name) ? `\`${name}\` is a word of the language` : undefined;
};

export const rename: Feature = {
  method: 'textDocument/rename',
  name: 'Rename',
  doc: 'a name at all its places, across imports; names that are built in, or taken, are refused with the reason',
  offers: () => ({ renameProvider: { prepareProvider: true } }),
  answer: (session, params) =>
    E.chain((ground: Ground) =>
      E.chain((offset: number) => {
        const use = renamable(ground, offset);
        const name = at(params, 'newName');
        if (E.isLeft(use)) return invalid(use.left);
        if (typeof name !== 'string') return invalid('`newName` must be a string');
        if (name === use.right.text) return E.right(workspaceEdit(ground, []));
        const declared = use.right.declared!;
        const { uses, lacks } = usesEverywhere(ground, declared);
        if (lacks !== undefined)
          return invalid(`\`${use.right.text}\` keeps its name here: ${lacks}`);
        const changes = uses.map(({ word }) => ({ span: word, newText: name }));
        const why =
          notName(name) ??
          changesMeaning(ground, programsSeeing(ground, declared, name), changes, name);
        return why === undefined ? E.right(workspaceEdit(ground, changes)) : invalid(why);
      })(offsetIn(ground, at(params, 'position'))),
    )(groundOf(session, params)),
};
