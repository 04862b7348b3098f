// What a token is where it depends on its neighbours: line breaks that count, signs and brackets that touch, and the two
// signs that need a look at what follows. The compiler decides the same in src/parser/text/layout.
#include "tree_sitter/parser.h"
#include "words.h"
#include <string.h>

enum Token {
  LAYER_BREAK,
  CLAUSE_BREAK,
  LINK_MINUS,
  LINK_SLASH,
  CALL_OPEN,
  CLAUSE_OPEN,
  TYPE_COLON,
  INHERIT,
  NEVER,
};

// The longest reserved word and a character more, so that a longer word is never taken for one.
#define MOST 16

static bool begins_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void skip_spaces(TSLexer *lexer) {
  while (is_space(lexer->lookahead)) lexer->advance(lexer, false);
}

// Reads a word; of a long one only the beginning is kept.
static void read_word(TSLexer *lexer, char word[MOST]) {
  unsigned length = 0;
  while (begins_word(lexer->lookahead) || is_digit(lexer->lookahead)) {
    if (length < MOST - 1) word[length++] = (char)lexer->lookahead;
    lexer->advance(lexer, false);
  }
  word[length] = '\0';
}

static bool is_among(const char *word, const char *const *words) {
  for (; *words != NULL; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

// Does a layer begin here? On a new line it then begins a step.
static bool begins_layer(TSLexer *lexer) {
  int32_t c = lexer->lookahead;
  if (begins_word(c)) {
    char word[MOST];
    read_word(lexer, word);
    return lexer->lookahead == '.' || !is_among(word, reserved_words) ||
           is_among(word, words_that_begin_layers);
  }
  if (c == '.') {
    lexer->advance(lexer, false);
    if (lexer->lookahead != '.') return false;
    lexer->advance(lexer, false);
    return !is_space(lexer->lookahead) && !lexer->eof(lexer);
  }
  if (c == 0x2026) { // …
    lexer->advance(lexer, false);
    return !is_space(lexer->lookahead) && !lexer->eof(lexer);
  }
  return is_digit(c) || c == '"' || c == '(' || c == '[' || c == '{' || c == '@';
}

// `-` and `/` of paper notation: an argument touches them.
static bool scan_link(TSLexer *lexer, enum Token token) {
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  int32_t c = lexer->lookahead;
  if (begins_word(c)) {
    char word[MOST];
    read_word(lexer, word);
    if (lexer->lookahead != '.' && is_among(word, reserved_words)) return false;
  } else if (!is_digit(c) && c != '(') {
    return false;
  }
  lexer->result_symbol = token;
  return true;
}

// `:` before `[` or `_`.
static bool scan_type_colon(TSLexer *lexer) {
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  skip_spaces(lexer);
  while (lexer->lookahead == '-') { // a comment
    lexer->advance(lexer, false);
    if (lexer->lookahead != '-') return false;
    while (lexer->lookahead != '\n' && lexer->lookahead != '\r' && !lexer->eof(lexer))
      lexer->advance(lexer, false);
    skip_spaces(lexer);
  }
  lexer->result_symbol = TYPE_COLON;
  if (lexer->lookahead == '[') return true;
  char word[MOST];
  read_word(lexer, word);
  return strcmp(word, "_") == 0;
}

// `with` before a name, as in `train b with a`; before `{` it is another sign.
static bool scan_inherit(TSLexer *lexer) {
  char word[MOST];
  read_word(lexer, word);
  if (strcmp(word, "with") != 0) return false;
  lexer->mark_end(lexer);
  skip_spaces(lexer);
  lexer->result_symbol = INHERIT;
  return begins_word(lexer->lookahead);
}

bool tree_sitter_netc_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[NEVER]) return false; // tree-sitter recovers from an error and tries every token
  int32_t c = lexer->lookahead;
  if (c == '(' && valid[CALL_OPEN]) {
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    lexer->result_symbol = CALL_OPEN;
    return true;
  }
  if (c == '-' && valid[LINK_MINUS]) return scan_link(lexer, LINK_MINUS);
  if (c == '/' && valid[LINK_SLASH]) return scan_link(lexer, LINK_SLASH);

  // a break has no width, and stands where the line ends
  lexer->mark_end(lexer);
  bool is_new_line = false;
  while (is_space(lexer->lookahead)) {
    is_new_line = is_new_line || lexer->lookahead == '\n' || lexer->lookahead == '\r';
    lexer->advance(lexer, true);
  }
  c = lexer->lookahead;
  if (c == ':') return valid[TYPE_COLON] && scan_type_colon(lexer);
  if (is_new_line && valid[CLAUSE_BREAK] && begins_word(c)) {
    lexer->result_symbol = CLAUSE_BREAK;
    return true;
  }
  if (is_new_line && valid[LAYER_BREAK]) {
    // what begins there is read as far as that takes, and then read again as a token
    lexer->result_symbol = LAYER_BREAK;
    return begins_layer(lexer);
  }
  if (c == '{' && valid[CLAUSE_OPEN]) {
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    lexer->result_symbol = CLAUSE_OPEN;
    return true;
  }
  if (c == 'w' && valid[INHERIT]) return scan_inherit(lexer);
  return false;
}

void *tree_sitter_netc_external_scanner_create(void) { return NULL; }
void tree_sitter_netc_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_netc_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_netc_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}
