/** The rules for expressions around atoms: one grammar for layers, numbers and truth values. */
import type { IToken, ParserMethod } from 'chevrotain';
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import { span, type Span } from '../../syntax/source.ts';
import type { Declaration, Expr, Name, TypeExpr, WithEntry } from '../../syntax/tree.ts';
import { Atoms, layer } from './atoms.ts';
import { blocksOf, flatten, prefixed, repeated, stepsOf, type Head, type Prefix } from './build.ts';
import { shape, type Operand } from './precedence.ts';
import * as T from '../text/tokens.ts';

const beginsStep = T.oneOf(
  ...[T.Name, T.Qualified, T.Numeral, T.Size, T.Text, T.Any, T.LParen, T.LCurly],
  ...[T.LSquare, T.At, T.DotDot, T.If, T.Also, T.Label, T.Minus, T.Not, T.Block, T.Key],
);

/** So many `as`, `:` and `with` may stand after one layer. More are a mistake, and would make trees deep. */
const postfixLimit = 8;

const noNots: readonly IToken[] = [];

/** Whether an expression is arithmetic of numbers and plain names: `inp * expand`, and not `conv3-8 * f`. */
const isArithmetic = (e: Expr): boolean =>
  e.tag === 'run' &&
  e.signs.some(({ sign }) => sign !== '+') &&
  e.operands.every(
    (o) =>
      o.tag === 'number' ||
      (o.tag === 'chain' && o.links.length === 0 && /^[A-Za-z_]+$/.test(o.word.parts[0]!.text)),
  );

/** A `def` or a `net`. */
export type Definition = Extract<Declaration, { readonly tag: 'def' | 'net' }>;

/** The rules for expressions, above those for atoms. */
export abstract class Expressions extends Atoms {
  /** Also for local `def`s. */
  protected abstract readonly definition: ParserMethod<[], Definition>;

  // sequences

  /** `f; g; h`, with `block`s that extend to the end. A sequence of one step is that step. */
  protected readonly sequence = this.RULE('sequence', (): Expr => {
    const depth = this.depth;
    const steps: Expr[] = [];
    const heads: Head[] = [];
    this.MANY(() => this.addHead(heads, steps.length, this.SUBRULE(this.blockHead)));
    steps.push(this.named(() => this.SUBRULE(this.infix)));
    this.settle();
    this.MANY1(() => {
      this.CONSUME(T.Semi);
      this.MANY2(() => this.addHead(heads, steps.length, this.SUBRULE1(this.blockHead)));
      steps.push(this.named(() => this.SUBRULE1(this.infix)));
      this.settle();
    });
    this.depth = depth;
    return this.ACTION(() => blocksOf(steps, heads));
  });

  /** Reads a step. `a = conv3-16`, a habit from other languages, is read as `conv3-16 as a`. */
  private named(step: () => Expr): Expr {
    if (this.RECORDING_PHASE || !this.at(T.Key)) return this.chosen(step(), step);
    const name = this.nameOf(this.LA(1));
    const sign = this.LA(2);
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    const first = this.LA(1);
    const body = step();
    const place = this.placeOf(sign);
    if (body.tag === 'missing') return body;
    if (body.tag === 'number') {
      this.complain(
        'E0101',
        'a number is named with `def`, or with `where` after the layers',
        place,
      );
      return { tag: 'missing', span: body.span };
    }
    if (T.reserved.has(name.text)) return this.needless(name, place, first.startOffset, body);
    this.complainOfName(name, place, first.startOffset, body);
    return {
      tag: 'as',
      body,
      name,
      span: { ...place, start: name.span.start, end: body.span.end },
    };
  }

  /** Reports `a = f`, which names a value, or makes a further output of a text whose last line returns several. */
  private complainOfName(name: Name, sign: Span, begin: number, body: Expr): void {
    const value = this.textOf(body.span);
    const simple = ['chain', 'group', 'times', 'as'].includes(body.tag);
    const [before, behind] = simple ? ['', ''] : ['(', ')'];
    const brief = value.length <= 40 && !/[\r\n]/.test(value) ? value : undefined;
    const start = { ...sign, start: name.span.start, end: begin };
    const end = { ...sign, start: body.span.end, end: body.span.end };
    const around = (written: string, ahead: string, after: string): Fix => ({
      title: `write \`${written}\``,
      edits: [
        { span: start, newText: ahead },
        { span: end, newText: after },
      ],
      applicability: 'likely',
    });
    const named = `${brief === undefined ? 'f' : before + brief + behind} as ${name.text}`;
    const output = `also ${name.text} { ${brief ?? 'f'} }`;
    const isReturned = this.furtherResults().has(name.text);
    if (!isReturned && isArithmetic(body)) {
      const declared = `def ${name.text} = ${brief ?? '…'}`;
      const at = { ...start, end: start.start };
      this.complain(
        'E0101',
        `\`=\` belongs to \`def\` and \`where\`; a number is named with \`def\`: \`${declared}\``,
        sign,
        [replace(`write \`${declared}\`, which names a number`, at, 'def ')],
      );
      return;
    }
    this.complain(
      'E0101',
      isReturned
        ? `\`=\` belongs to \`def\` and \`where\`; a further output is made by \`also\`: \`${output}\``
        : `\`=\` belongs to \`def\` and \`where\`; a layer is named with \`as\`: \`${named}\``,
      sign,
      isReturned
        ? [around(output, `also ${name.text} { `, ' }')]
        : [around(named, before, `${behind} as ${name.text}`)],
    );
  }

  /** `x = f`, where `x` is the input of `f` and of nothing else: a value flows on without a name. */
  private needless(name: Name, sign: Span, begin: number, body: Expr): Expr {
    this.complain(
      'E0101',
      `each layer takes the value of the one before, so \`${name.text} =\` is not written`,
      { ...sign, start: name.span.start },
      [
        {
          title: `leave \`${name.text} =\` out`,
          edits: [{ span: { ...sign, start: name.span.start, end: begin }, newText: '' }],
          applicability: 'likely',
        },
      ],
    );
    return body;
  }

  /** Each block holds the rest of its sequence, so blocks nest. */
  private addHead(heads: Head[], step: number, head: Omit<Head, 'step'>): void {
    if (this.RECORDING_PHASE || !this.hasRoom()) return;
    this.descend();
    heads.push({ ...head, step });
  }

  private readonly blockHead = this.RULE('blockHead', (): Omit<Head, 'step'> => {
    const { startOffset } = this.CONSUME(T.Block);
    const name = this.OPTION(() => {
      const label = this.CONSUME(T.Label);
      this.CONSUME(T.Colon);
      return this.nameOf(label);
    });
    return { start: startOffset, name };
  });

  /** The contents of braces with layers: lines of steps and local `def`s, in any order. */
  protected readonly lines = this.RULE('lines', (): Expr => {
    const defs: Definition[] = [];
    const steps: Expr[] = [];
    const add = (line: Definition | Expr): void =>
      this.ACTION(() => {
        if (!('parameters' in line)) return flatten(steps, line);
        defs.push(line);
        if (line.tag === 'net') this.localNet(line);
      });
    add(this.SUBRULE(this.line));
    this.MANY(() => {
      this.CONSUME(T.NewLine);
      add(this.SUBRULE1(this.line));
    });
    return this.ACTION(() => {
      const none = defs.length > 0 && steps.length === 0;
      return stepsOf(
        defs,
        steps,
        none ? this.missing('a layer after the definitions') : this.hole(),
      );
    });
  });

  private localNet({ span: { path, start } }: Definition): void {
    const place = span(path, start, start + 'net'.length);
    this.complain('E0101', 'a `net` must be at the top of a file; write `def` here', place, [
      replace('write `def`', place, 'def'),
    ]);
  }

  private readonly line = this.RULE('line', (): Definition | Expr => {
    if (!this.RECORDING_PHASE && !this.at(T.Def, T.Net) && !beginsStep(this.LA(1))) {
      const hole = this.missing(layer);
      this.settle();
      return hole;
    }
    if (!this.RECORDING_PHASE && this.at(T.Key))
      return this.isNumber() ? this.numberDef() : this.SUBRULE(this.sequence);
    return this.OR<Definition | Expr>([
      { ALT: () => this.SUBRULE(this.definition) },
      { ALT: () => this.SUBRULE(this.sequence) },
    ]);
  });

  /** Is `c = 64` a line of its own? */
  private isNumber(): boolean {
    return T.is(this.LA(3), T.Numeral) && T.is(this.LA(4), T.NewLine, T.RCurly);
  }
  private numberDef(): Definition {
    const name = this.nameOf(this.LA(1));
    const place = { ...name.span, end: name.span.start };
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    const body = this.SUBRULE(this.infix);
    const message = `a number is named with \`def\`: \`def ${name.text} = ${this.textOf(body.span)}\``;
    this.complain('E0101', message, name.span, [replace('write `def`', place, 'def ', 'certain')]);
    return { tag: 'def', name, parameters: [], body, doc: '', span: this.since(place.start) };
  }

  // infix signs

  /** Operands and signs of all levels, flat; `precedence.ts` gives them their shape. */
  protected readonly infix = this.RULE('infix', (): Expr => {
    let nots = noNots;
    const addNot = (token: IToken): void => {
      if (!this.hasRoom()) return;
      this.descend();
      nots = nots.length === 0 ? [token] : nots.concat(token);
    };
    const depth = this.depth;
    this.MANY(() => addNot(this.CONSUME(T.Not)));
    const value = this.SUBRULE(this.operand);
    let operands: Operand[] | undefined;
    const signs: IToken[] = [];
    this.MANY1(() => {
      operands ??= [{ nots, value }];
      signs.push(this.CONSUME(T.Infix));
      nots = noNots;
      this.depth = depth;
      this.MANY2(() => addNot(this.CONSUME1(T.Not)));
      operands.push({ nots, value: this.SUBRULE1(this.operand) });
    });
    this.depth = depth;
    if (operands === undefined && nots.length === 0) return value;
    const run = operands ?? [{ nots, value }];
    return this.ACTION(() =>
      shape(run, signs, (token, message) => this.complain('E0101', message, this.placeOf(token))),
    );
  });

  /** `label: 3x f as a`: signs and labels before, repetition, `as`, `:` and `with` after. */
  private readonly operand = this.RULE('operand', (): Expr => {
    const depth = this.depth;
    let prefixes: Prefix[] | undefined;
    const addPrefix = (first: IToken, name?: Name): void => {
      if (!this.hasRoom()) return;
      this.descend();
      (prefixes ??= []).push({ start: first.startOffset, name });
    };
    this.MANY(() => {
      this.OR([
        { ALT: () => addPrefix(this.CONSUME(T.Minus)) },
        {
          ALT: () => {
            const label = this.CONSUME(T.Label);
            this.CONSUME(T.Colon);
            addPrefix(label, this.nameOf(label));
          },
        },
      ]);
    });
    let body = this.SUBRULE(this.primary);
    let counts: Expr[] | undefined;
    this.MANY1(() => {
      this.CONSUME(T.Times);
      if (this.hasRoom()) {
        this.descend();
        (counts ??= []).push(body);
      }
      body = this.SUBRULE1(this.primary);
    });
    const times = counts;
    if (times !== undefined) body = this.ACTION(() => repeated(times, body));
    let behind = 0;
    this.MANY2(() => {
      const whole = this.SUBRULE(this.postfix, { ARGS: [body] });
      if (++behind <= postfixLimit) body = whole;
      else if (behind === postfixLimit + 1)
        this.complain('E0104', 'one layer has too many suffixes', this.placeOf(this.LA(0)));
    });
    this.depth = depth;
    const heads = prefixes;
    return heads === undefined ? body : this.ACTION(() => prefixed(heads, body));
  });

  private readonly postfix = this.RULE('postfix', (body: Expr): Expr => {
    // there is no body while Chevrotain records the grammar
    const start = this.RECORDING_PHASE ? 0 : body.span.start;
    return this.OR<Expr>([
      {
        ALT: () => {
          this.CONSUME(T.As);
          const name = this.needName(1, 'a name after `as`');
          return { tag: 'as', body, name, span: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.TypeColon);
          const input = this.SUBRULE(this.type);
          const output = this.OPTION(() => {
            this.CONSUME(T.Arrow);
            return this.SUBRULE1(this.type);
          });
          const types = output === undefined ? { input } : { input, output };
          return { tag: 'ascribe', body, ...types, span: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.With);
          const entries = this.needEntries();
          return { tag: 'with', body, entries, span: this.since(start) };
        },
      },
    ]);
  });

  private needEntries(): readonly WithEntry[] {
    if (this.RECORDING_PHASE || this.at(T.WithOpen)) return this.SUBRULE(this.entries);
    this.expected('`{` and the weights, as in `with { kernel = … }`');
    return [];
  }

  /** `{ kernel = a, bias = b }` */
  protected readonly entries = this.RULE('entries', (): readonly WithEntry[] => {
    const found: WithEntry[] = [];
    const done = this.take(this.done.entries, this.CONSUME(T.WithOpen));
    this.unlessDone(done, () => {
      this.OPTION(() => {
        found.push(this.SUBRULE(this.entry));
        this.MANY(() => {
          this.CONSUME(T.Comma);
          found.push(this.SUBRULE1(this.entry));
        });
      });
    });
    this.close(1, T.RCurly, 'a weight, as in `kernel = …`, or `}`');
    return done ?? found;
  });

  private readonly entry = this.RULE('entry', (): WithEntry => {
    const start = this.startOfNext();
    const name = this.nameOf(this.need(1, T.Key, 'the name of a weight, as in `kernel = …`'));
    this.need(1, T.Equals, '`=`');
    const value = this.SUBRULE(this.infix);
    this.settle('`,` or `}`');
    return { name, value, span: this.around(start, name) };
  });

  /** `[h, w, c]` or `_` */
  protected readonly type = this.RULE('type', (): TypeExpr => {
    const start = this.startOfNext();
    if (!this.RECORDING_PHASE && !this.at(T.LSquare, T.Any)) {
      this.expected('a type, as in `[h, w, c]` or `_`');
      return { tag: 'any', span: this.since(this.endOfLast()) };
    }
    return this.OR<TypeExpr>([
      {
        ALT: () => {
          const axes = this.SUBRULE(this.items);
          return { tag: 'tensor', axes, span: this.since(start) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Any);
          return { tag: 'any', span: this.since(start) };
        },
      },
    ]);
  });
}
