"""HashKey, behind the venue hooks.

``endpoints`` is the table of all that is asked of it; ``orders``, ``cancels``, ``account`` and ``markets`` hold the
hooks, ``parse`` and ``refusals`` read the answers, ``answers`` and ``codes`` the errors. ``sites`` and ``options`` say
how its sites differ, ``symbols`` what it calls its markets, ``checks`` what it cannot take; ``signing`` makes the
bytes, and ``plugin`` joins them all.
"""
