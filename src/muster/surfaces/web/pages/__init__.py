"""One module a group of pages: each takes a request, calls the rooms, renders a template."""
