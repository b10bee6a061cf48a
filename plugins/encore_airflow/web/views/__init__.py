"""What the pages show, worked out before a template sees it: no template asks the store or decides a rule."""
