/** The rules for atoms: words with their paper notation, brackets, choices, and `where`. */
import { EOF, type IToken, type ParserMethod, type TokenType } from 'chevrotain';
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import { span } from '../../syntax/source.ts';
import type {
  Argument,
  Binding,
  Clause,
  Expr,
  Link,
  Name,
  WithEntry,
  Word,
} from '../../syntax/tree.ts';
import { numberOf, sizeOf, stringOf } from '../text/literals.ts';
import { Recovery } from './recovery.ts';
import * as T from '../text/tokens.ts';

const beginsPrimary = T.oneOf(
  ...[T.Name, T.Qualified, T.Numeral, T.Size, T.Text, T.Any, T.LParen, T.LCurly],
  ...[T.LSquare, T.At, T.DotDot, T.If, T.Also],
);
const beginsLinkArgument = T.oneOf(T.Name, T.Qualified, T.Numeral, T.Size, T.LParen);

/** What is expected where an expression begins, in words. */
export const layer = 'a layer or a value';
const noLinks: readonly Link[] = [];

/** Brackets that have been parsed, by their opening tokens, and how deep they are. */
type Done = {
  readonly heights: Map<IToken, number>;
  readonly groups: Map<IToken, Expr>;
  readonly calls: Map<IToken, readonly Argument[]>;
  readonly lists: Map<IToken, readonly Expr[]>;
  readonly entries: Map<IToken, readonly WithEntry[]>;
  readonly clauses: Map<IToken, readonly Clause[]>;
};
/** Before any island has been parsed. */
export const nothingDone = (): Done => ({
  heights: new Map(),
  groups: new Map(),
  calls: new Map(),
  lists: new Map(),
  entries: new Map(),
  clauses: new Map(),
});

/** The rules for what can stand alone in an expression. */
export abstract class Atoms extends Recovery {
  /** The brackets that earlier runs have parsed (`islands.ts`). */
  protected done = nothingDone();
  /** Are we in a rule, where `where` takes conditions? */
  protected inRule = false;

  protected abstract readonly sequence: ParserMethod<[], Expr>;
  protected abstract readonly lines: ParserMethod<[], Expr>;
  protected abstract readonly infix: ParserMethod<[], Expr>;

  protected readonly primary = this.RULE('primary', (): Expr => {
    if (!this.RECORDING_PHASE && !beginsPrimary(this.LA(1))) return this.missing(layer);
    return this.OR(this.atoms);
  });

  /** The alternatives of `primary`. They are made once, since every atom of a file needs them. */
  private readonly atoms: { readonly ALT: () => Expr }[] = [
    { ALT: () => this.SUBRULE(this.chain) },
    { ALT: () => this.numberFrom(this.CONSUME(T.Numeral)) },
    { ALT: () => this.sizeFrom(this.CONSUME(T.Size)) },
    { ALT: () => this.stringFrom(this.CONSUME(T.Text)) },
    { ALT: () => ({ tag: 'any', span: this.placeOf(this.CONSUME(T.Any)) }) },
    { ALT: () => this.SUBRULE(this.parentheses) },
    { ALT: () => this.SUBRULE(this.braces) },
    {
      ALT: () => {
        const start = this.startOfNext();
        const items = this.SUBRULE(this.items);
        return { tag: 'list', items, span: this.since(start) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(T.At);
        const name = this.needName(1, 'a name after `@`');
        return { tag: 'recall', name, span: this.since(startOffset) };
      },
    },
    {
      ALT: () => {
        const { startOffset } = this.CONSUME(T.DotDot);
        const name = this.needName(2, 'a name after `..`');
        return { tag: 'spread', name, span: this.since(startOffset) };
      },
    },
    { ALT: () => this.SUBRULE(this.choice) },
    { ALT: () => this.SUBRULE(this.also) },
  ];

  private numberFrom(token: IToken): Expr {
    return { tag: 'number', ...numberOf(token.image), span: this.placeOf(token) };
  }
  private sizeFrom(token: IToken): Expr {
    return { tag: 'size', ...sizeOf(token.image), span: this.placeOf(token) };
  }
  protected stringFrom(token: IToken): Expr & { readonly tag: 'string' } {
    const { value } = stringOf(token.image, this.path, token.startOffset);
    return { tag: 'string', value, span: this.placeOf(token) };
  }

  /** A word and what touches it: `conv3-64/2(pad = 1)`. */
  private readonly chain = this.RULE('chain', (): Expr => {
    const token = this.CONSUME(T.Word);
    const word = this.wordOf(token);
    let links: Link[] | undefined;
    this.MANY(() => {
      const link = this.SUBRULE(this.link);
      (links ??= []).push(link);
    });
    if (links === undefined) return { tag: 'chain', word, links: noLinks, span: word.span };
    return { tag: 'chain', word, links, span: this.since(token.startOffset) };
  });

  private wordOf(token: IToken): Word {
    const place = this.placeOf(token);
    const dot = token.image.lastIndexOf('.');
    if (dot < 0) return { parts: [{ text: token.image, span: place }], span: place };
    const part = (from: number, to: number): Name => ({
      text: token.image.slice(from, to),
      span: { ...place, start: place.start + from, end: place.start + to },
    });
    return { parts: [part(0, dot), part(dot + 1, token.image.length)], span: place };
  }

  private readonly link = this.RULE('link', (): Link => {
    const start = this.startOfNext();
    return this.OR<Link>([
      {
        ALT: () => {
          const sign = this.CONSUME(T.LinkSign);
          const argument = this.SUBRULE(this.linkArgument);
          return { tag: T.is(sign, T.LinkSlash) ? '/' : '-', argument, span: this.since(start) };
        },
      },
      {
        ALT: () => {
          const found = this.SUBRULE(this.call);
          return { tag: 'call', arguments: found, span: this.since(start) };
        },
      },
    ]);
  });

  /** `(a, pad = 1, ..p)` */
  protected readonly call = this.RULE('call', (): readonly Argument[] => {
    const found: Argument[] = [];
    const done = this.take(this.done.calls, this.CONSUME(T.CallOpen));
    this.unlessDone(done, () => {
      this.OPTION(() => {
        found.push(this.SUBRULE(this.argument));
        this.MANY(() => {
          this.CONSUME(T.Comma);
          found.push(this.SUBRULE1(this.argument));
        });
      });
    });
    this.close(1, T.RParen, '`,` or `)`');
    return done ?? found;
  });

  private readonly linkArgument = this.RULE('linkArgument', (): Expr => {
    if (!this.RECORDING_PHASE && !beginsLinkArgument(this.LA(1)))
      return this.missing('an argument');
    return this.OR<Expr>([
      { ALT: () => this.numberFrom(this.CONSUME(T.Numeral)) },
      { ALT: () => this.sizeFrom(this.CONSUME(T.Size)) },
      {
        ALT: () => {
          const word = this.wordOf(this.CONSUME(T.Word));
          return { tag: 'chain', word, links: noLinks, span: word.span };
        },
      },
      { ALT: () => this.SUBRULE(this.parentheses) },
    ]);
  });

  /** `expr`, `name = expr` or `..p`. A bare `..p` passes parameters on; it is not a layer. */
  private readonly argument = this.RULE('argument', (): Argument => {
    const start = this.startOfNext();
    const name = this.OPTION(() => {
      const key = this.CONSUME(T.Key);
      this.need(1, T.Equals, '`=`');
      return this.nameOf(key);
    });
    const value = this.SUBRULE(this.sequence);
    const place = this.around(start, name ?? value);
    if (name !== undefined) return { tag: 'named', name, value, span: place };
    if (!this.RECORDING_PHASE && value.tag === 'spread')
      return { tag: 'rest', name: value.name, span: value.span };
    return { tag: 'positional', value, span: place };
  });

  /** `( … )`, with its `where` */
  protected readonly parentheses = this.RULE('parentheses', (): Expr => {
    const open = this.CONSUME(T.LParen);
    const done = this.take(this.done.groups, open);
    let body = this.hole();
    this.unlessDone(done, () => {
      body = this.bounded(
        this.SUBRULE(this.sequence),
        this.OPTION(() => this.SUBRULE(this.where)),
      );
    });
    if (this.at(T.Comma) && (body.tag === 'number' || body.tag === 'size')) this.tuple(open);
    this.close(1, T.RParen, '`;` or `)`');
    return done ?? { tag: 'group', body, span: this.since(open.startOffset) };
  });
  /** Skips the rest of `(0.9, 0.999)`, which is a list elsewhere. */
  private tuple(open: IToken): void {
    this.skip(T.closesBracket);
    const { start, end } = this.since(open.startOffset);
    const list = `[${this.textOf(span(this.path, start + 1, end))}]`;
    const place = span(this.path, start, this.at(T.RParen) ? T.endOf(this.LA(1)) : end);
    this.complain('E0101', 'a list is written in square brackets', place, [
      replace(`write \`${list}\``, place, list),
    ]);
  }

  /** `{ … }` of layers, with its `where` */
  protected readonly braces = this.RULE('braces', (): Expr => {
    const open = this.CONSUME(T.LCurly);
    const done = this.take(this.done.groups, open);
    let body = this.hole();
    this.unlessDone(done, () => {
      body = this.bounded(
        this.SUBRULE(this.lines),
        this.OPTION(() => this.SUBRULE(this.where)),
      );
    });
    this.close(1, T.RCurly, '`;`, a new line or `}`');
    return done ?? { tag: 'group', body, span: this.since(open.startOffset) };
  });

  /** `[a, b]`, of a type or of a value */
  protected readonly items = this.RULE('items', (): readonly Expr[] => {
    const found: Expr[] = [];
    const done = this.take(this.done.lists, this.CONSUME(T.LSquare));
    const item = (value: Expr): void => {
      found.push(value);
      this.settle('`,` or `]`');
    };
    this.unlessDone(done, () => {
      this.OPTION(() => {
        item(this.SUBRULE(this.infix));
        this.MANY(() => {
          this.CONSUME(T.Comma);
          item(this.SUBRULE1(this.infix));
        });
      });
    });
    this.close(1, T.RSquare, '`,` or `]`');
    return done ?? found;
  });
  /** The result of an earlier run for this bracket, if its depth is allowed here. */
  protected take<A>(parsed: ReadonlyMap<IToken, A>, open: IToken): A | undefined {
    const found = parsed.get(open);
    if (found === undefined) return undefined;
    return this.hasRoom(this.done.heights.get(open)) ? found : undefined;
  }
  /** Reads what a bracket holds, unless an earlier run has. Skips it where it would be too deep. */
  protected unlessDone(done: unknown, inside: () => void): void {
    if (done !== undefined) return;
    if (!this.RECORDING_PHASE && !this.hasRoom()) return this.skip(T.closesBracket);
    this.descend();
    inside();
    this.depth--;
  }

  private readonly choice = this.RULE('choice', (): Expr => {
    const { startOffset } = this.CONSUME(T.If);
    const depth = this.depth;
    if (!this.RECORDING_PHASE && !this.hasRoom()) {
      this.skip(T.closesBracket);
      return { tag: 'missing', span: this.since(startOffset) };
    }
    this.descend();
    const condition = this.SUBRULE(this.infix);
    this.skipTo(T.Then, '`then`');
    this.need(1, T.Then, '`then`');
    const then = this.SUBRULE1(this.infix);
    if (!this.RECORDING_PHASE && !this.at(T.Else)) this.noElse();
    else this.CONSUME(T.Else);
    const otherwise = this.SUBRULE2(this.infix);
    this.depth = depth;
    return { tag: 'if', condition, then, else: otherwise, span: this.since(startOffset) };
  });

  /** Reports and skips what stands between the condition and a word. */
  private skipTo(type: TokenType, what: string): void {
    if (this.RECORDING_PHASE || this.at(type)) return;
    this.expected(what);
    this.skipPart();
  }
  private noElse(): void {
    const why = this.at(T.Semi)
      ? 'a `;` in a branch needs parentheses'
      : 'a choice has both branches; `id` does nothing';
    this.expected('`else`', why);
    this.owed = T.Else;
  }

  private readonly also = this.RULE('also', (): Expr => {
    const { startOffset } = this.CONSUME(T.Also);
    const name = this.needName(1, 'the name of the output after `also`');
    const body = this.sideBranch(name);
    return { tag: 'also', name, body, span: this.since(startOffset) };
  });
  /** The layers of a side branch. Without braces it is one layer, or what stands behind a `:` up to the end of the line. */
  private sideBranch(name: Name): Expr {
    if (this.RECORDING_PHASE || this.at(T.LCurly)) return this.SUBRULE(this.braces);
    const isLabelled = this.at(T.Colon);
    const first = this.LA(isLabelled ? 2 : 1);
    if (name.text === '' || !beginsPrimary(first)) {
      this.expected('`{` and the layers of the side branch');
      return this.hole();
    }
    if (isLabelled) this.SKIP_TOKEN();
    const body = this.SUBRULE(isLabelled ? this.sequence : this.infix);
    const { start, end } = body.span;
    const written = `also ${name.text} { ${end - start > 40 ? '…' : this.textOf(body.span)} }`;
    const place = { ...body.span, start: name.span.end };
    const edits = [
      { span: { ...place, end: start }, newText: ' { ' },
      { span: { ...place, start: end }, newText: ' }' },
    ];
    const message = `the layers of a side branch stand in \`{ }\`: \`${written}\``;
    const fix: Fix = { title: `write \`${written}\``, edits, applicability: 'likely' };
    this.complain('E0101', message, this.placeOf(first), [fix]);
    return body;
  }

  // names for numbers

  protected bounded(body: Expr, bindings: readonly Binding[] | undefined): Expr {
    if (bindings === undefined || this.RECORDING_PHASE) return body;
    return { tag: 'where', body, bindings, span: this.since(body.span.start) };
  }

  /** `where c = 4*k, d = c/2` */
  protected readonly where = this.RULE('where', (): readonly Binding[] => {
    const found: Binding[] = [];
    this.CONSUME(T.Where);
    found.push(this.SUBRULE(this.binding));
    this.MANY(() => {
      this.CONSUME(T.Comma);
      found.push(this.SUBRULE1(this.binding));
    });
    return found;
  });

  private readonly binding = this.RULE('binding', (): Binding => {
    const start = this.startOfNext();
    const name = this.OPTION(() => {
      const key = this.CONSUME(T.Key);
      this.need(1, T.Equals, '`=`');
      return this.nameOf(key);
    });
    const value = this.SUBRULE(this.infix);
    this.settle('`,` or the end of `where`');
    if (!this.RECORDING_PHASE && this.at(T.Semi)) {
      const place = this.here();
      const next = this.LA(2);
      const ends = next.tokenType === EOF || T.closesBracket(next) || T.declares(next);
      const fix = ends ? replace('remove `;`', place, '') : replace('write `,`', place, ',');
      this.report('E0101', 'the names of `where` are separated by `,`', place, [fix]);
      this.skip((token) => T.closesBracket(token) || T.declares(token));
    }
    const place = this.around(start, name ?? value);
    if (name !== undefined) return { tag: 'binding', name, value, span: place };
    if (!this.RECORDING_PHASE && !this.inRule && value.tag !== 'missing')
      this.complain(
        'E0101',
        '`where` names numbers, as in `c = 4*k`; conditions belong to rules',
        value.span,
      );
    return { tag: 'guard', condition: value, span: place };
  });
}
