/** What says where a bucket is, and how to speak to it. Carries no secret. */

export interface FileBucket {
  readonly kind: 'file';
  /** Absolute, in the form of this platform. */
  readonly root: string;
}

export interface S3Bucket {
  readonly kind: 's3';
  readonly bucket: string;
  /** Without a slash at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** `http(s)://host[:port][/path]` of a service other than Amazon's. */
  readonly endpoint?: string;
  readonly region?: string;
  /** A profile of the AWS configuration files. */
  readonly profile?: string;
  /** `host/bucket/key` instead of `bucket.host/key`. */
  readonly pathStyle?: boolean;
  /** The id of a provider whose endpoint and habits are known. */
  readonly provider?: string;
  /** The storage class of objects written, in the words of the service. */
  readonly storageClass?: string;
  /** Server-side encryption of objects written. */
  readonly sse?: 'AES256' | 'aws:kms';
  /** The key for `aws:kms`; absent for the account's own. */
  readonly sseKeyId?: string;
  /** A PEM file of certificate authorities to trust besides the system's; absolute. */
  readonly caFile?: string;
}

export interface DavBucket {
  readonly kind: 'dav';
  /** Whether TLS is spoken. */
  readonly secure: boolean;
  /** Host name or address, with the port where it is not the protocol's own. */
  readonly host: string;
  /** Decoded, without a slash at either end; empty for the root of the server. */
  readonly path: string;
  readonly user?: string;
  /** A PEM file of certificate authorities to trust besides the system's; absolute. */
  readonly caFile?: string;
}

export type BucketSettings = FileBucket | S3Bucket | DavBucket;

/** Settings from the command line, as typed, which win over those in the URL. */
export interface BucketOverrides {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  readonly provider?: string | undefined;
  readonly storageClass?: string | undefined;
  readonly sse?: string | undefined;
  readonly sseKeyId?: string | undefined;
  /** May be relative to the working folder, unlike in a URL. */
  readonly caFile?: string | undefined;
  readonly user?: string | undefined;
}
