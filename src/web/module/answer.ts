/** What a page gets: a value, or messages that say why there is none, or both. */
import * as E from 'fp-ts/lib/Either.js';
import {
  checked,
  diagnosticsOf,
  failed,
  resultOf,
  type Checked,
} from '../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { jsonDiagnostics, type JsonDiagnostic } from '../../diagnostic/machine/json.ts';
import { renderDiagnostics } from '../../diagnostic/terminal/render.ts';
import { EngineFailure } from '../../runtime/engines/failure.ts';
import { startOf, type Sources } from '../../syntax/source.ts';

/** `text` has the messages as `netc check` prints them. */
export type Answer<A> = {
  readonly value: A | undefined;
  readonly messages: readonly JsonDiagnostic[];
  readonly text: string;
};

/** The value; an error with the text where there is none. */
export const valueOf = <A>({ value, text }: Answer<A>): A => {
  if (value === undefined) throw new Error(text);
  return value;
};

/** Columns of the text. */
const width = 100;

/** Faults of weights and engines have no source text. */
const none: Sources = new Map();

/** What was found, with these texts around the places. */
export const answer = <A>(found: Checked<A>, sources: Sources = none): Answer<A> => {
  const all = diagnosticsOf(found);
  return {
    value: resultOf(found),
    messages: jsonDiagnostics(all, sources),
    text: renderDiagnostics(all, sources, { colour: false, width }),
  };
};

/** A value, or the one fault. */
export const oneFault: <A>(result: E.Either<Diagnostic, A>) => Checked<A> = E.match(
  failed,
  (value) => checked(value, []),
);

/** What an engine gives that may fail meanwhile (E0704). */
export const unlessFailing = async <A>(
  work: () => Promise<E.Either<Diagnostic, A>>,
): Promise<E.Either<Diagnostic, A>> => {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof EngineFailure)) throw thrown;
    return E.left(
      error('E0704', startOf('engine'), thrown.message, {
        notes: ['if it fails again, try `wasm`, which needs no GPU'],
      }),
    );
  }
};
