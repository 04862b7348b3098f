" Files that end with `.net` are programs of netc.
autocmd BufRead,BufNewFile *.net setfiletype netc
