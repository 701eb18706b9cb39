"""The dashboard: results folders as one web page that needs nothing else, with the data beside it.

Everything is computed from the files of the runs and from the topics, as all that is shown after a run. The
page is whole: styles, scripts, pictures and data are inside, and its own policy forbids it to load anything.
"""
