/**
 * The side outputs of a net, and whether its names are certainly distinct, found folder by folder without
 * writing the net out. If that is uncertain, `flat.ts` decides.
 */
import { perObject } from '../../syntax/memo.ts';
import { childrenOf } from './flow.ts';
import type { Naming, Typed, TypedNet } from './typed.ts';

type Extra = TypedNet['extras'][number];

/**
 * The outputs of `also` in order of execution; undefined when two layers or outputs may have one path.
 *
 * In one folder words are counted, so they differ from each other; an unnumbered label must be its only
 * bearer and must not look like a counted word. Folders of different paths share no path below them.
 */
export const extrasOf = (body: Typed): readonly Extra[] | undefined => {
  const extras = inFolder(body);
  const names = new Set(extras?.map(({ name }) => name)).add('output');
  return extras === undefined || names.size <= extras.length ? undefined : extras;
};

/** The side outputs of the body of a folder; undefined where names may clash. */
const inFolder: (body: Typed) => readonly Extra[] | undefined = perObject((body) => {
  const words = new Set<string>();
  const labels: string[] = [];
  const extras: Extra[] = [];
  let sure = true;

  const enter = (naming: Naming): void => {
    if (naming.tag === 'label' && !naming.numbered) labels.push(naming.text);
    else words.add(naming.text);
  };
  const below = (folder: Typed): void => {
    const theirs = inFolder(folder);
    if (theirs === undefined) sure = false;
    else for (const extra of theirs) extras.push(extra);
  };
  const visit = (typed: Typed): void => {
    switch (typed.tag) {
      case 'op':
        return enter(typed.naming);
      case 'repeat':
        // copies of one layer differ in the numbers of their words
        for (const [i, copy] of typed.copies.entries()) {
          const before = labels.length + extras.length;
          if (copy !== typed.copies[i - 1]) visit(copy);
          if (labels.length + extras.length > before && typed.copies.length > 1) sure = false;
        }
        return;
      case 'join':
        typed.branches.forEach(visit);
        return enter(typed.naming);
      case 'folder':
        enter(typed.naming);
        return below(typed.body);
      case 'also':
        if (typed.naming.tag === 'label' && typed.naming.numbered) sure = false;
        enter(typed.naming);
        below(typed.body);
        extras.push({ name: typed.naming.text, type: typed.body.output });
        return;
      case 'variant':
        sure = false; // several layers without weights may have one name
        return;
      default:
        childrenOf(typed).forEach(visit);
    }
  };
  visit(body);
  sure &&= new Set(labels).size === labels.length && !labels.some((l) => looksCounted(l, words));
  // `conv1_` and `conv1`, counted, may both be `conv1_1`
  sure &&= ![...words].some((word) => /\d_$/.test(word) && words.has(word.slice(0, -1)));
  return sure ? extras : undefined;
});

/** Whether a label is a word of the folder with a number behind it, as counting writes it. */
const looksCounted = (label: string, words: ReadonlySet<string>): boolean => {
  const word = label.replace(/\d+$/, '');
  return word !== label && (words.has(word) || words.has(word.replace(/_$/, '')));
};
