"""What is said of an audit or a study, as one list of blocks, and its writers: HTML, Markdown and PDF."""
