"""Process packs: diagrams, forms, tables and texts. Data only: a folder each, deployed as a whole."""
