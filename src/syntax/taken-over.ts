/** Passes that take over the rules of others, `rewrite b with a { … }`, written out: the rules of `a` stand first. */
import { perObject } from './memo.ts';
import type { Rewrite, TakenOver, Tree } from './tree.ts';

/** The limit on passes that take over each other in turn. */
const deepest = 100;

/** The limit on rules that are taken over in a file. */
const most = 20_000;

/**
 * The passes of a file in the order of the text, each with all of its rules. Where these cannot be had, `with` stays and
 * says why. The same tree gives the same passes.
 */
export const passesOfFile = perObject((tree: Tree): readonly Rewrite[] => {
  const declared = tree.declarations.flatMap((d) => (d.tag === 'rewrite' ? [d] : []));
  const byName = new Map(declared.toReversed().map((pass) => [pass.name.text, pass]));
  const known = new Map<Rewrite, Rewrite>();
  const open = new Set<Rewrite>();
  let taken = 0;
  const written = (pass: Rewrite): Rewrite => {
    const { with: name, ...own } = pass;
    if (name === undefined) return pass;
    const refused = (fault: NonNullable<TakenOver['fault']>): Rewrite => ({
      ...pass,
      with: { ...name, fault },
    });
    const base = byName.get(name.text);
    if (base === undefined) return refused('unknown');
    open.add(pass);
    if (open.has(base)) return refused('round');
    if (open.size > deepest) return refused('many');
    const { rules, when: theirs } = whole(base);
    taken += rules.length;
    if (taken > most) return refused('many');
    const when = own.when ?? theirs;
    return { ...own, ...(when === undefined ? {} : { when }), rules: [...rules, ...own.rules] };
  };
  const whole = (pass: Rewrite): Rewrite => {
    const before = known.get(pass);
    if (before !== undefined) return before;
    const found = written(pass);
    open.delete(pass);
    known.set(pass, found);
    return found;
  };
  return declared.map(whole);
});
