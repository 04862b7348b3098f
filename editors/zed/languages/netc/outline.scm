(def "def" @context name: (name) @name) @item
(net "net" @context name: (name) @name) @item
(rewrite "rewrite" @context name: (name) @name) @item
(rule "rule" @context name: (name) @name) @item
(train "train" @context name: (name) @name) @item
(eval "eval" @context name: (name) @name) @item
