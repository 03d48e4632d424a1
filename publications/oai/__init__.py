"""OAI-PMH 2.0: the records of pieces for harvesters (Open Archives Initiative, Protocol for Metadata Harvesting).

An item is a piece that is or was public; its record is that of the live edition, in Dublin Core, or the word that
it is deleted. What has not been public has no item.
"""

from .views import oai

__all__ = ["oai"]
