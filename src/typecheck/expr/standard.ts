/** The outermost scope, which every file sees: the built-in names. */
import { lazy } from '../../syntax/memo.ts';
import { type Scope, type Value, type Entry, flag } from './values.ts';
import { innerWithMore } from './scope.ts';
import { table, words } from '../../ops/table.ts';
import { factNames } from './fact-names.ts';
import { numberFunctions } from './arithmetic.ts';

/** The outermost scope: operators, words such as `half`, number functions, and facts for assertions. One for all. */
export const standardScope: () => Scope = lazy(() => {
  const scope = innerWithMore(undefined);
  const enter = (name: string, value: Value): void => {
    const entry: Entry = { from: 'std', value: () => value };
    scope.names.set(name, entry);
  };
  for (const row of table.values())
    if (row.inputs.tag === 'one')
      enter(row.name, { tag: 'callable', callee: { tag: 'operator', row } });
  for (const word of [...words, ...numberFunctions.keys()])
    enter(word, { tag: 'builtin', name: word });
  enter('true', flag(true));
  enter('false', flag(false));
  for (const fact of factNames) enter(fact, { tag: 'fact', name: fact });
  scope.more.modules.set('std', scope);
  return scope;
});
