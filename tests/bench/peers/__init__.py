"""The peers: what the same work costs with the usual tools. Each runs in a virtual environment of its own.

`<name>.txt` pins what is in it. The modules here are run by those environments alone, so they import nothing of
the product; like the floor, the peers know no authentication, and have the tables of the product.
"""
