"""What reports and ideas share: words, events, votes, and what lists must know."""
