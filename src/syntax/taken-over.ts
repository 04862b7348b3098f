/** Passes that take over the rules of others, `rewrite b with a { … }`, written out: the rules of `a` stand first. */
import { perObject } from './memo.ts';
import type { Rewrite, TakenOver, Tree } from './tree.ts';

/** The limit on passes that take over each other in turn. */
const deepest = 100;

/** The limit on rules that are taken over in a file. */
const most = 20_000;

/** A pass with the rules of another before its own; of the same two it is the same object. */
const together = perObject(({ with: _, ...own }: Rewrite) =>
  perObject(({ rules, when: theirs }: Rewrite): Rewrite => {
    const when = own.when ?? theirs;
    return { ...own, ...(when === undefined ? {} : { when }), rules: [...rules, ...own.rules] };
  }),
);

/**
 * The passes of a file in the order of the text, each with all of its rules. Where these cannot be had, `with` stays and
 * says why. The same declarations give the same passes.
 */
export const passesOfFile = perObject((tree: Tree): readonly Rewrite[] => {
  const declared = tree.declarations.flatMap((d) => (d.tag === 'rewrite' ? [d] : []));
  const byName = new Map(declared.toReversed().map((pass) => [pass.name.text, pass]));
  const known = new Map<Rewrite, Rewrite>();
  const open = new Set<Rewrite>();
  let taken = 0;
  const written = (pass: Rewrite): Rewrite => {
    const { with: name } = pass;
    if (name === undefined || name.text === '') return pass;
    const refused = (fault: NonNullable<TakenOver['fault']>): Rewrite => ({
      ...pass,
      with: { ...name, fault },
    });
    const base = byName.get(name.text);
    if (base === undefined) return refused('unknown');
    open.add(pass);
    if (open.has(base)) return refused('round');
    if (open.size > deepest) return refused('many');
    const from = whole(base);
    taken += from.rules.length;
    return taken > most ? refused('many') : together(pass)(from);
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
