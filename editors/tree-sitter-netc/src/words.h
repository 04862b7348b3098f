// Written by scripts/tree-sitter.mjs from the words of the parser; do not edit.
#include <stddef.h>

static const char *const reserved_words[] = {
    "def",
    "net",
    "import",
    "rewrite",
    "rule",
    "train",
    "eval",
    "assert",
    "where",
    "with",
    "from",
    "when",
    "as",
    "also",
    "block",
    "if",
    "then",
    "else",
    "or",
    "and",
    "not",
    "x",
    "_",
    NULL,
};

static const char *const words_that_begin_layers[] = {
    "def",
    "also",
    "block",
    "if",
    "not",
    "_",
    NULL,
};
