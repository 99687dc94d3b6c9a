"""Roll and passage meet: force pool, Shapley shares, next ask, roster."""
