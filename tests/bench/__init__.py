"""`make bench`: how quick the pages are beside a bare application in the same run."""
