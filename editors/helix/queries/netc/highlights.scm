; Written by scripts/tree-sitter.mjs from the words of the language; do not edit.
(comment) @comment
(string) @string
[(number) (size)] @constant.numeric
(any) @constant.builtin
["def" "net" "rewrite" "train" "eval" "import" "rule" "assert" "where" "with" "from" "when" "as" "also" "block"] @keyword
["exact" "approximate" "structural"] @keyword
["if" "then" "else"] @keyword.control.conditional
["and" "or" "not"] @keyword.operator
["->" "=>" "=" "==" "!=" "<" "<=" ">" ">=" ".." "|" "+" "-" "*" "/" "x" "@"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":"] @punctuation.delimiter
(def name: (name) @function)
(net name: (name) @function)
(rule name: (name) @function)
(rewrite name: (name) @type)
(train name: (name) @type)
(eval name: (name) @type)
(import as: (name) @namespace)
(import picked: (name) @function)
(parameter name: (name) @variable.parameter)
(rest name: (name) @variable.parameter)
(named name: (name) @variable.other.member)
(entry name: (name) @variable.other.member)
(binding name: (name) @variable.other.member)
(clause word: (name) @variable.other.member)
(label name: (name) @label)
(block name: (name) @label)
(as name: (name) @label)
(also name: (name) @label)
(recall name: (name) @variable)
(spread name: (name) @variable)
(chain word: (name) @function.builtin (#match? @function.builtin "^(instancenorm|leaky_relu|batchnorm|depthwise|groupnorm|hardswish|layernorm|channels|multiply|softplus|upsample|avgpool|dropout|exactly|flatten|maxpool|sigmoid|softmax|concat|deconv|prelu|relu6|scale|conv|crop|gelu|mish|relu|silu|tanh|add|elu|gap|lrn|pad|fc|id)([0-9]+(x[0-9]+)?)?$"))
(chain word: (name) @function.builtin (#match? @function.builtin "^(admissible|receptive|params|stride|bytes|flops|macs)$"))
(chain word: (name) @function [(link) (call)] (#not-match? @function "^(instancenorm|leaky_relu|batchnorm|depthwise|groupnorm|hardswish|layernorm|channels|multiply|softplus|upsample|avgpool|dropout|exactly|flatten|maxpool|sigmoid|softmax|concat|deconv|prelu|relu6|scale|conv|crop|gelu|mish|relu|silu|tanh|add|elu|gap|lrn|pad|fc|id)([0-9]+(x[0-9]+)?)?$") (#not-match? @function "^(admissible|receptive|params|stride|bytes|flops|macs)$"))
(chain word: (qualified) @function)
((chain . word: (name) @variable .) (#not-match? @variable "^(instancenorm|leaky_relu|batchnorm|depthwise|groupnorm|hardswish|layernorm|channels|multiply|softplus|upsample|avgpool|dropout|exactly|flatten|maxpool|sigmoid|softmax|concat|deconv|prelu|relu6|scale|conv|crop|gelu|mish|relu|silu|tanh|add|elu|gap|lrn|pad|fc|id)([0-9]+(x[0-9]+)?)?$") (#not-match? @variable "^(admissible|receptive|params|stride|bytes|flops|macs)$"))
