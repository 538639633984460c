"""The only room that meets foreign bytes: guarded HTTP and sandboxed decoding."""
