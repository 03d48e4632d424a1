"""What migration 0048 needs of the application, as it was when the migration was written. Do not change it.

A later change of the application must not change what an old migration does to a database. The functions are verbatim
copies, apart from `manuscript`, which reads only what the migration needs.
"""
