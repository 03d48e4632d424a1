"""Convert files of other programs to manuscripts, and manuscripts to drafts, with one report for all formats."""
