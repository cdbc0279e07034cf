/** What an S3 service answered, and to what, in the terms its errors are told in. */

export type S3Operation = 'read' | 'write' | 'list' | 'delete';

/** Where an error arose, for its message. */
export interface S3Place {
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly host: string;
  /** The profile that the keys were to come from, where the bucket names one. */
  readonly profile?: string | undefined;
  /** What a write asked for besides, in words: a storage class, an encryption. */
  readonly extras?: readonly string[];
}

/** An answer of the service, in the terms of the S3 error responses. */
export interface S3Answer {
  readonly status: number;
  /** The `Code` element; undefined where the answer was no S3 error document. */
  readonly code: string | undefined;
  /** Code and message, as far as they are given. */
  readonly said: string;
  /** The region the bucket is in, where the answer tells. */
  readonly region: string | undefined;
}
