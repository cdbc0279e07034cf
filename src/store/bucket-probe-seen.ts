/** What a probe of an S3 bucket tells: how the bucket is set up, as far as it can be seen. */
import type { StoreError } from './store.ts';

/** The outcome of asking about one setting. */
export type Look<T> =
  | { readonly kind: 'seen'; readonly value: T }
  /** These keys may not ask. */
  | { readonly kind: 'refused' }
  /** The service does not know the question. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly error: StoreError };

export interface BucketSettingsSeen {
  readonly versioning: Look<'enabled' | 'suspended' | 'off'>;
  /** Empty where there is no rule. */
  readonly lifecycle: Look<readonly LifecycleRule[]>;
  /** Whether all four parts of Amazon's "Block Public Access" are on. */
  readonly publicAccessBlock: Look<'all' | 'some' | 'none'>;
  /** Whether the bucket's policy lets everybody in. */
  readonly policyIsPublic: Look<boolean>;
  /** Who of "everybody" and "everybody with an account" the bucket's ACL names. */
  readonly publicGrants: Look<readonly string[]>;
  /** How long each version is kept from deletion, by default. */
  readonly retention: Look<Retention | 'none'>;
  /** The algorithm of the default encryption at rest, such as `AES256`; `none` where there is none. */
  readonly encryption: Look<string>;
}

/** A lifecycle rule, as far as it could touch what Satchel stores. */
export interface LifecycleRule {
  readonly id: string;
  readonly isEnabled: boolean;
  /** Empty for the whole bucket. */
  readonly prefix: string;
  /** A rule for objects with certain tags touches none of ours, which carry none. */
  readonly hasTagFilter: boolean;
  /** When present objects are deleted: `after 30 days`, `on 2027-01-01`. */
  readonly expires?: string;
  /** After how many days old versions are deleted. */
  readonly noncurrentExpiresDays?: number;
  readonly transitions: readonly { readonly storageClass: string; readonly when: string }[];
}

export interface Retention {
  /** `GOVERNANCE` or `COMPLIANCE`. */
  readonly mode: string;
  readonly period: string;
}

export interface BucketProbe {
  /** Where the requests for this bucket go. Sends nothing. */
  serverUrl(): Promise<URL>;
  /** Asks for all settings. Throws nothing: what failed is in the answer. */
  settings(): Promise<BucketSettingsSeen>;
  /**
   * Removes every version and delete marker of the keys that start with `prefix` (relative to the
   * bucket's own). False where some had to stay.
   */
  removeVersions(prefix: string): Promise<boolean>;
  close(): void;
}
