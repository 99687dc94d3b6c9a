"""Files, HTML, feeds and URLs become documents: text, provenance, language, grade, near-duplicate cluster."""
