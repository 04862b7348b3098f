/** A name that another file of the project declares is imported from there. */
import { treeOf, type Ground } from '../ground.ts';
import { relativePath } from '../paths.ts';
import { useAt } from '../uses.ts';
import type { Action, Offer } from './action.ts';

/** Files of the project that declare a name, as a search in their texts finds it. */
const declaring = ({ projects, document, path }: Ground, name: string): readonly string[] => {
  const pattern = new RegExp(`^(def|net|rewrite)\\s+${name}\\b`, 'm');
  return projects
    .beside(document)
    .paths.filter(
      (other) =>
        other !== path && pattern.test(projects.read({ root: document.root, path: other }) ?? ''),
    );
};

/** Behind the last import, or at the beginning of the file. */
const placeFor = (ground: Ground): number => {
  const imports = (treeOf(ground)?.declarations ?? []).filter((d) => d.tag === 'import');
  const last = imports.at(-1);
  if (last === undefined) return 0;
  const end = ground.text.text.indexOf('\n', ground.view.locate(last.span).end);
  return end < 0 ? ground.text.text.length : end + 1;
};

const importing = (ground: Ground, name: string, from: string): Action => {
  const written = relativePath(ground.path, from);
  const { locate } = ground.view;
  const before = (treeOf(ground)?.declarations ?? []).find(
    (d) => d.tag === 'import' && d.path.text === written && d.picked !== undefined,
  );
  const last = before?.tag === 'import' ? before.picked?.at(-1) : undefined;
  const at = last === undefined ? placeFor(ground) : locate(last.span).end;
  const breaks = at > 0 && ground.text.text[at - 1] !== '\n' ? '\n' : '';
  const newText = last === undefined ? `${breaks}import "${written}" (${name})\n` : `, ${name}`;
  return {
    title: `import \`${name}\` from \`"${written}"\``,
    kind: 'quickfix',
    changes: [{ span: { path: ground.path, start: at, end: at }, newText }],
  };
};

/** Imports for the unknown word at a place. */
export const missingImport: Offer = (ground, { start }) => {
  const use = useAt(ground.view, ground.path, start);
  const isUnknown =
    use !== undefined &&
    use.declared === undefined &&
    use.from === 'declaration' &&
    ground.view.found.some(({ code, primary: { span } }) => {
      const isThere = span.path === ground.path && span.start <= start && start <= span.end;
      return isThere && code === 'E0301';
    });
  if (!isUnknown) return [];
  const names = new Set([use.text, use.text.replace(/\d+(x\d+)?$/, '')]);
  return [...names].flatMap((name) =>
    declaring(ground, name).map((path) => importing(ground, name, path)),
  );
};
