"""The machine it runs on: state folder, PostgreSQL, web server, backups, doctor. No Django here.

Words: *home* is the folder that holds everything this copy knows; the *cluster* is PostgreSQL's data folder;
a *user* of the cluster is a running command. PostgreSQL runs as long as it has users; the last one out stops
it.
"""
