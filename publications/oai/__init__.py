"""OAI-PMH 2.0: records for harvesters (Open Archives Initiative, Protocol for Metadata Harvesting).

An item is a publication that is or was public. Its record is that of the live edition in Dublin Core, or says that it
is deleted. A draft has no item.
"""

from .views import oai

__all__ = ["oai"]
