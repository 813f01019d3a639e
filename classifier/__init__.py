"""Linli's classifier: from a resident's words to kind, category, urgency and how sure it is.

It knows nothing of the portal and nothing of Flask; the portal calls it through `classifier.store`.
"""
