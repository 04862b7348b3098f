/**
 * The grammar of .net for tree-sitter. It has the shape of the compiler's tree: a node here is a node there, with the
 * same place (test/editor/tree-sitter.test.ts compares them). Words and signs come from the compiler's tables.
 */
import { otherSigns, reserved, soundnesses } from './words.js';

const separated = (rule, separator) => seq(rule, repeat(seq(separator, rule)));
const listOf = (rule) => optional(separated(rule, ','));

/** A sign, also as it is written with one character: `->` and `→`. */
const sign = (text) => choice(text, alias(otherSigns[text], text));

/**
 * Operands between signs of one level. `if` reaches as far as it can, so where a level might end or go on, it goes on:
 * that is what the associativity says.
 */
const infix = (part, signs) => prec.right(seq(part, repeat1(seq(signs, part))));
const pair = (left, operator, right) =>
  prec.right(seq(field('left', left), field('sign', operator), field('right', right)));

export default grammar({
  name: 'netc',

  word: ($) => $.name,
  reserved: { global: () => reserved },
  extras: ($) => [/\s/, $.comment],

  // what depends on neighbours; src/scanner.c
  externals: ($) => [
    $._layer_break,
    $._clause_break,
    $._link_minus,
    $._link_slash,
    $._call_open,
    $._clause_open,
    $._type_colon,
    $._inherit,
    $._never,
  ],

  supertypes: ($) => [$.declaration],

  rules: {
    file: ($) => repeat($.declaration),

    declaration: ($) => choice($.import, $.def, $.net, $.assert, $.rewrite, $.train, $.eval),

    // declarations

    import: ($) =>
      seq(
        'import',
        field('path', $.string),
        optional(
          choice(
            seq('as', field('as', $.name)),
            seq('(', separated(field('picked', $.name), ','), ')'),
          ),
        ),
      ),

    def: ($) => prec.right(seq('def', $._definition)),
    net: ($) => prec.right(seq('net', $._definition)),
    _definition: ($) =>
      prec.right(
        seq(
          field('name', $.name),
          optional(field('parameters', $.parameters)),
          optional(field('signature', $.signature)),
          field('body', choice(seq('=', $._bounded), $._braces_bounded)),
        ),
      ),
    parameters: ($) => seq('(', listOf(choice($.parameter, $.rest)), ')'),
    parameter: ($) => seq(field('name', $.name), optional(seq('=', field('default', $._sequence)))),
    rest: ($) => seq(sign('..'), field('name', $.name)),
    signature: ($) => seq(alias($._type_colon, ':'), $._types),

    _types: ($) =>
      prec.right(seq(field('input', $._type), optional(seq(sign('->'), field('output', $._type))))),
    _type: ($) => choice($.tensor, $.any),
    tensor: ($) => seq('[', listOf($._infix), ']'),

    assert: ($) =>
      seq('assert', field('condition', choice($._infix, alias($._infix_where, $.where)))),
    _infix_where: ($) => seq(field('body', $._infix), $._bindings),

    // passes

    rewrite: ($) =>
      seq(
        'rewrite',
        field('name', $.name),
        optional(seq('when', field('when', $.name))),
        optional(seq('with', field('with', $.name))),
        '{',
        repeat($.rule),
        '}',
      ),
    rule: ($) =>
      seq(
        optional($.soundness),
        'rule',
        field('name', $.name),
        ':',
        field('pattern', $._sequence),
        sign('=>'),
        field('replacement', $._bounded),
      ),
    soundness: ($) =>
      seq(choice(...soundnesses), optional(seq('(', field('tolerance', $.number), ')'))),

    // trainings and measurements

    train: ($) => seq('train', $._protocol),
    eval: ($) => seq('eval', $._protocol),
    _protocol: ($) =>
      seq(
        field('name', $.name),
        choice(
          seq('=', field('body', $._infix)),
          seq(
            optional(seq(':', field('net', $._infix))),
            optional(seq('from', field('from', $._infix))),
            optional(seq(alias($._inherit, 'with'), field('with', $._word))),
            optional(field('clauses', $.clauses)),
          ),
        ),
      ),
    clauses: ($) =>
      seq(alias($._clause_open, '{'), optional(separated($.clause, $._clause_break)), '}'),
    _inner: ($) =>
      seq(
        alias($._clause_open, '{'),
        optional(separated(alias($._inner_clause, $.clause), choice($._clause_break, ';'))),
        '}',
      ),
    clause: ($) =>
      seq(
        $._clause_head,
        optional(separated($.value, choice(';', ','))),
        optional(field('inner', alias($._inner, $.clauses))),
      ),
    _inner_clause: ($) =>
      seq(
        $._clause_head,
        optional(separated($.value, ',')),
        optional(field('inner', alias($._inner, $.clauses))),
      ),
    _clause_head: ($) => seq(field('word', $.name), optional(field('word', alias('from', $.name)))),
    value: ($) => prec.right(repeat1($._infix)),

    // layers

    _bounded: ($) => prec.right(choice($._sequence, alias($._sequence_where, $.where))),
    _sequence_where: ($) => seq(field('body', $._sequence), $._bindings),
    _braces_bounded: ($) =>
      prec.right(choice(alias($._braces, $.group), alias($._braces_where, $.where))),
    _braces_where: ($) => seq(field('body', alias($._braces, $.group)), $._bindings),

    _bindings: ($) => seq('where', separated(choice($.binding, $.guard), ',')),
    binding: ($) => seq(field('name', $.name), '=', field('value', $._infix)),
    guard: ($) => field('condition', $._infix),

    _sequence: ($) => prec.right(choice($._infix, $.block, $.sequence)),
    sequence: ($) => prec.right(seq($._infix, repeat1(seq(';', choice($._infix, $.block))))),
    block: ($) => prec.right(seq('block', optional($._block_head), field('body', $._sequence))),
    _block_head: ($) => prec(1, seq(field('name', $.name), ':')),

    // in braces a line break separates, too, and definitions may stand among the layers
    _lines: ($) => prec.right(choice($._infix, $.block, alias($._line_sequence, $.sequence))),
    _line_sequence: ($) =>
      prec.right(seq($._line, repeat1(seq(choice(';', $._layer_break), $._line)))),
    _line: ($) => prec.right(choice($._infix, $.block, $.def)),
    _lines_where: ($) => seq(field('body', $._lines), $._bindings),

    // signs, the loosest first

    _infix: ($) => prec.right(choice($._disjunction, $.beside)),
    beside: ($) => infix($._disjunction, '|'),
    _disjunction: ($) => prec.right(choice($._conjunction, $.or)),
    or: ($) => infix($._conjunction, 'or'),
    _conjunction: ($) => prec.right(choice($._condition, $.and)),
    and: ($) => infix($._condition, 'and'),
    _condition: ($) => prec.right(choice($._comparison, $.not)),
    not: ($) => prec.right(seq('not', field('body', $._condition))),
    _comparison: ($) => prec.right(choice($._range, $.compare)),
    compare: ($) =>
      pair($._range, choice('==', sign('!='), sign('<='), sign('>='), '<', '>'), $._range),
    _range: ($) => prec.right(choice($._run, $.range)),
    range: ($) => pair($._run, sign('..'), $._run),
    _run: ($) => prec.right(choice($._operand, $.run)),
    run: ($) => infix($._operand, choice('+', '-', '*', '/')),

    _operand: ($) => prec.right(choice($._suffixed, $.negate, $.label)),
    negate: ($) => prec.right(seq('-', field('body', $._operand))),
    label: ($) => prec.right(seq($._label_head, field('body', $._operand))),
    _label_head: ($) => seq(field('name', $.name), ':'),

    _suffixed: ($) => prec.right(choice($._repeated, $.as, $.ascribe, $.with)),
    as: ($) => prec.right(seq(field('body', $._suffixed), 'as', field('name', $.name))),
    ascribe: ($) =>
      prec.right(seq(field('body', $._suffixed), alias($._type_colon, ':'), $._types)),
    with: ($) => prec.right(seq(field('body', $._suffixed), 'with', '{', listOf($.entry), '}')),
    entry: ($) => seq(field('name', $.name), '=', field('value', $._infix)),

    _repeated: ($) => prec.right(choice($._primary, $.times)),
    times: ($) => prec.right(seq(field('count', $._primary), 'x', field('body', $._repeated))),

    // atoms

    _primary: ($) =>
      choice(
        $.chain,
        $.number,
        $.size,
        $.string,
        $.any,
        alias($._parentheses, $.group),
        alias($._braces, $.group),
        $.list,
        $.recall,
        $.spread,
        $.if,
        $.also,
      ),
    chain: ($) => seq(field('word', $._word), repeat(choice($.link, $.call))),
    _word: ($) => choice($.name, $.qualified),
    link: ($) =>
      seq(
        choice(alias($._link_minus, '-'), alias($._link_slash, '/')),
        field(
          'argument',
          choice($.number, $.size, alias($._bare, $.chain), alias($._parentheses, $.group)),
        ),
      ),
    _bare: ($) => field('word', $._word),
    call: ($) => seq(alias($._call_open, '('), listOf(choice($._sequence, $.named)), ')'),
    named: ($) => seq(field('name', $.name), '=', field('value', $._sequence)),
    _parentheses: ($) => seq('(', field('body', $._bounded), ')'),
    _braces: ($) => seq('{', field('body', choice($._lines, alias($._lines_where, $.where))), '}'),
    list: ($) => seq('[', listOf($._infix), ']'),
    recall: ($) => seq('@', field('name', $.name)),
    spread: ($) => seq(sign('..'), field('name', $.name)),
    if: ($) =>
      prec.right(
        seq(
          'if',
          field('condition', $._infix),
          'then',
          field('then', $._infix),
          'else',
          field('else', $._infix),
        ),
      ),
    also: ($) => seq('also', field('name', $.name), field('body', alias($._braces, $.group))),

    // words, numbers and strings

    any: () => '_',
    name: () => /[A-Za-z_][A-Za-z0-9_]*/,
    qualified: () => /[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*/,
    number: () => /\d+(_\d+)*(\.\d+(_\d+)*)?([eE][+-]?\d+)?/,
    size: () => /\d+x\d+/,
    string: () => /"([^"\\\r\n]|\\["\\nt]|\\u\{[0-9a-fA-F]{1,6}\})*"/,
    comment: () => /--[^\r\n]*/,
  },
});
