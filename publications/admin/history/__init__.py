"""History: revisions and editions of a publication, versions compared and restored, the audit log."""
