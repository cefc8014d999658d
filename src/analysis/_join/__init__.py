"""The exact cosine join: every pair of rows that reaches a threshold. Only ``duplicates`` comes in here.

``search`` plans and runs it; ``kernels`` is compiled, and imported only when a corpus is large enough to be worth the
wait; ``plain`` does the same for small ones with scipy, and gives the same bytes.
"""
