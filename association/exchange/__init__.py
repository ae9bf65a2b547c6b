"""Excel and CSV in and out.

The modules of the lower half know neither Django nor the database, so that the child process which
parses untrusted files starts in milliseconds and holds no secret; this file imports nothing for the same
reason. They import only each other:
limits → cells, archive, xmlscan → package, extent, sheet, csvtext → guards, shaping, values → reader_child,
and, on the trusted side, reading → annotate; writing → template.
"""
