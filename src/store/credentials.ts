/**
 * What a person entered for this bucket, kept apart from its settings because it is secret. An
 * undefined part was not entered: for S3 the AWS SDK's own chain of credentials is asked then,
 * and a WebDAV server is spoken to without a password.
 */
export interface StoreCredentials {
  readonly accessKeys?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** Of temporary credentials only. */
    readonly sessionToken?: string;
  };
  /** The password, or app password, of the user that the bucket's settings name. */
  readonly password?: string;
}
