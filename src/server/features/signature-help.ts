/** The parameters of the call around the cursor, and which of them is being written. */
import type { SignatureHelp } from 'vscode-languageserver-protocol';
import { signature } from '../../ops/document.ts';
import { allClauses } from '../../protocol/document.ts';
import { calleeIn, type WrittenCallee } from '../completion/callee.ts';
import { contextAt } from '../completion/context-at.ts';
import { ofPlace, type Feature } from '../feature.ts';
import { written, type Ground } from '../ground.ts';

/** A call as it is declared: each parameter as it stands in the label. */
type Shown = {
  readonly label: string;
  readonly doc: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly label: string;
    readonly doc: string;
  }[];
};

const shownCallee = (
  ground: Ground,
  { name: callee, definition, row }: WrittenCallee,
  clause: string | undefined,
): Shown | undefined => {
  const form = allClauses
    .filter(({ word }) => word === clause)
    .flatMap(({ row }) => row.forms)
    .find(({ name }) => name === callee);
  if (form !== undefined) {
    const parameters = form.params.map(({ name, doc, fallback }) => ({
      name,
      doc,
      label: fallback === undefined ? name : `${name} = ${fallback.text ?? '…'}`,
    }));
    return shownAs(callee, parameters, form.doc);
  }
  if (definition !== undefined) {
    const parameters = definition.parameters.map((p) => ({
      name: p.tag === 'rest' ? '' : p.name.text,
      doc: '',
      label: written(ground, p.span),
    }));
    return shownAs(callee, parameters, definition.doc);
  }
  if (row === undefined || row.params.length === 0) return undefined;
  const label = signature(row);
  const inside = label.slice(label.indexOf('(') + 1, -1).split(', ');
  const parameters = row.params.map((p, i) => ({ name: p.name, doc: p.doc, label: inside[i]! }));
  return shownAs(callee, parameters, row.doc.split('\n\n')[0]!);
};

const shownAs = (callee: string, parameters: Shown['parameters'], doc: string): Shown => ({
  label: `${callee}(${parameters.map(({ label }) => label).join(', ')})`,
  doc,
  parameters,
});

/** Where each parameter stands in the label. */
const places = ({ label, parameters }: Shown): readonly [number, number][] => {
  let at = label.indexOf('(') + 1;
  return parameters.map((p) => {
    const place: [number, number] = [at, at + p.label.length];
    at = place[1] + 2;
    return place;
  });
};

const help = (ground: Ground, offset: number): SignatureHelp | undefined => {
  const context = contextAt(ground.text.text, offset);
  if (context.tag !== 'argument') return undefined;
  const callee = calleeIn(ground, context.call);
  const shown = shownCallee(ground, callee, context.clause);
  if (shown === undefined) return undefined;
  const { parameters } = shown;
  const free = parameters.filter(
    ({ name }) => !context.given.includes(name) && !callee.linked.includes(name),
  );
  const active =
    context.parameter === undefined
      ? free[context.index]
      : parameters.find(({ name }) => name === context.parameter);
  const at = places(shown);
  return {
    signatures: [
      {
        label: shown.label,
        documentation: { kind: 'markdown', value: shown.doc },
        parameters: parameters.map(({ doc }, i) => ({ label: at[i]!, documentation: doc })),
      },
    ],
    activeSignature: 0,
    activeParameter: active === undefined ? parameters.length : parameters.indexOf(active),
  };
};

export const signatureHelp: Feature = ofPlace(
  {
    method: 'textDocument/signatureHelp',
    name: 'Signature help',
    doc: 'the parameters of the call around the cursor, of operators, definitions and forms of clauses',
    offers: () => ({ signatureHelpProvider: { triggerCharacters: ['(', ',', '='] } }),
  },
  help,
);
