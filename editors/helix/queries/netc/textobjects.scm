[(def body: (_) @function.inside) (net body: (_) @function.inside)] @function.around
[(train clauses: (_) @class.inside) (eval clauses: (_) @class.inside) (rewrite)] @class.around
[(parameter) (rest) (named)] @parameter.inside
(comment) @comment.inside
(comment)+ @comment.around
