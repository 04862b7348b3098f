/** What may be written in rules: their variables, and weights of layers that they name. */
import { weightFunctions, weightNames } from '../../rewrite/document.ts';
import type { Ground } from '../ground.ts';
import { isDeclaration, type From } from '../meaning.ts';
import { layersNamed, membersOf, operatorNamed, ruleBefore } from '../rules.ts';
import { usesOf } from '../uses.ts';
import { kinds, property, type Offer } from './offer.ts';

/** The names that the rule around a place has declared before it. */
const declaredBefore = (ground: Ground, offset: number, ...from: readonly From[]) => {
  const rule = ruleBefore(ground, offset);
  if (rule === undefined) return [];
  const { start } = ground.view.locate(rule.span);
  const names = usesOf(ground.view, ground.path).filter(
    (use) =>
      use.word.start >= start &&
      use.word.end < offset &&
      from.includes(use.from) &&
      isDeclaration(use),
  );
  return [...new Set(names.map(({ text }) => text))];
};

/** The numbers of the rule around a place. */
export const variables = (
  ground: Ground,
  offset: number,
  except: string | undefined,
): readonly Offer[] =>
  declaredBefore(ground, offset, 'variable', 'where', 'size')
    .filter((name) => name !== except)
    .map((label) => ({ label, kind: kinds.variable, doc: 'a variable of the rule' }));

/** Behind the name of a pass, and behind `when`. */
export const passing = (has: 'name' | 'when'): readonly Offer[] =>
  has === 'when'
    ? [{ label: 'inference', kind: kinds.keyword, snippet: 'inference ' }]
    : [
        { label: '{ }', kind: kinds.keyword, doc: 'rules', snippet: '{\n  $0\n}' },
        { label: 'when inference', kind: kinds.keyword, doc: 'not in training' },
        { label: 'with', kind: kinds.keyword, doc: 'the rules of another, too', snippet: 'with ' },
      ];

/** What stands behind the `.` of a layer that the rule names. */
export const weightsOf = (
  ground: Ground,
  offset: number,
  name: string,
): readonly Offer[] | undefined => {
  const row = layersNamed(ground, offset).get(name);
  return (
    row &&
    membersOf(row).map(({ name: label, is, doc }) => ({
      label,
      kind: kinds.property,
      detail: is,
      doc,
    }))
  );
};

/** Behind `where`: numbers, and what weights may be computed from. */
export const bindable = (
  ground: Ground,
  offset: number,
  except: string | undefined,
): readonly Offer[] => [
  ...variables(ground, offset, except),
  ...(layersNamed(ground, offset).size === 0
    ? []
    : weighing(ground, offset).filter(({ label }) => label !== except)),
];

/** What a weight of a new layer may be computed from. */
export const weighing = (ground: Ground, offset: number): readonly Offer[] => [
  ...[...layersNamed(ground, offset)].flatMap(([name, row]) =>
    weightNames(row).map((weight): Offer => ({ label: `${name}.${weight}`, kind: kinds.value })),
  ),
  ...variables(ground, offset, undefined),
  ...[...weightFunctions].map((label): Offer => ({
    label,
    kind: kinds.function,
    snippet: `${label}(\${1})`,
  })),
];

/** The weights of a new layer that are not given yet. */
export const newWeights = (callee: string, given: readonly string[]): readonly Offer[] => {
  const row = operatorNamed(callee);
  if (row === undefined) return [];
  return weightNames(row)
    .filter((name) => !given.includes(name))
    .map((name) => property(name, `a weight of \`${row.name}\``, undefined));
};
