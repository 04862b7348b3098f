" Written by scripts/vim.mjs from the words of the language; do not edit.
if exists('b:current_syntax')
  finish
endif
syntax match netcLabel /\<\h\w*\ze\s*:\s*[^[:blank:]_\[]/
syntax match netcKey /\<\h\w*\ze\s*=[^=>]/
syntax match netcOperator /\<\%(instancenorm\|leaky_relu\|batchnorm\|depthwise\|groupnorm\|hardswish\|layernorm\|channels\|multiply\|softplus\|upsample\|avgpool\|dropout\|exactly\|flatten\|maxpool\|sigmoid\|softmax\|concat\|deconv\|prelu\|relu6\|scale\|conv\|crop\|gelu\|mish\|relu\|silu\|tanh\|add\|elu\|gap\|lrn\|pad\|fc\|id\)\ze\%(\d\+\%(x\d\+\)\?\)\?\%(\W\|$\)/
syntax match netcOperator /\<\%(admissible\|receptive\|params\|stride\|bytes\|flops\|macs\)\ze(/
syntax match netcNumber /\%(\<\|\h\@<=\)\d\+\%(_\d\+\)*\%(\.\d\+\%(_\d\+\)*\)\?\%([eE][+-]\?\d\+\)\?/
syntax match netcNumber /\%(\<\|\h\@<=\)\d\+x\d\+\>/
syntax match netcRepeat /\%(\d\|\s\|)\)\@<=x\>/
syntax match netcRecall /@\h\w*/
syntax match netcSign /->\|→\|=>\|⇒\|[=!<>]=\|[≠≤≥…]\|\.\.\|[-+*\/|<>]/
syntax match netcClause /\%(^\|{\)\s*\zs\%(accumulate\|init from\|optimizer\|schedule\|augment\|epochs\|freeze\|scales\|batch\|input\|views\|clip\|data\|init\|loss\|seed\)\ze\s\+[^[:blank:]:=;|]/
syntax keyword netcKeyword import assert where with from when as also block
syntax keyword netcConditional and or not if then else
syntax keyword netcDeclaration def net rewrite train eval rule nextgroup=netcName skipwhite
syntax match netcName /\h\w*/ contained
syntax match netcEscape /\\./ contained
syntax region netcString start=/"/ skip=/\\./ end=/"/ oneline contains=netcEscape
syntax match netcComment /--.*$/ contains=@Spell
highlight default link netcLabel Label
highlight default link netcKey Identifier
highlight default link netcOperator Function
highlight default link netcNumber Number
highlight default link netcRepeat Repeat
highlight default link netcRecall Special
highlight default link netcSign Operator
highlight default link netcClause Statement
highlight default link netcKeyword Keyword
highlight default link netcConditional Conditional
highlight default link netcDeclaration Keyword
highlight default link netcName Type
highlight default link netcEscape SpecialChar
highlight default link netcString String
highlight default link netcComment Comment
let b:current_syntax = 'netc'
