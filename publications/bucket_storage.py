"""Uploads in a bucket of an S3 store, which shows no object before all of its bytes have come."""

from typing import BinaryIO

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):
    """Files in a bucket. Saving under a name that exists replaces the file in one step."""

    def open_range(self, name: str, start: int, stop: int) -> BinaryIO:
        """The bytes of a file from `start` up to `stop`, read from the bucket as they are asked for.

        Raises FileNotFoundError.
        """
        key = self._normalize_name(name)
        try:
            return self.bucket.Object(key).get(Range=f"bytes={start}-{stop - 1}")["Body"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise

    def remove_unfinished(self) -> int:
        """The store itself drops uploads that were broken off (its lifecycle rules say when)."""
        return 0
