"""Settings of Sphinx, which ``tools.site`` runs on a copy of the pages."""

project = html_title = "Carbonshed"
extensions = ["myst_parser"]
root_doc = "index"
myst_heading_anchors = 6  # links name headings as a forge does
smartquotes = False
highlight_language = "none"
# outputs of commands are not the language of the commands
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "pydata_sphinx_theme"
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_center": ["beside"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}
html_sidebars = {"**": ["navigation"], "search": []}
templates_path = ["templates"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False
# excerpts are fetched, which a browser refuses to a page on disk
html_show_search_summary = False
