/**
 * The object store contract.
 *
 * A store maps keys to bodies. Keys are relative to the bucket's prefix and made of
 * `a-z 0-9 . _ - /` only, without empty, `.` or `..` segments, at most 200 bytes; no segment
 * starts with a dot, and no key is a folder of another (`a` of `a/b`). Bodies are at most 64 MiB
 * and travel whole.
 *
 * What every store promises:
 * - `put` is atomic: a reader sees the former body or the new one, never a mixture, even when
 *   the writer dies half-way. Some servers can only take away and then put: there a reader may see
 *   neither for a moment. When `put` resolves, the body is durable and what arrived was checked
 *   against what was sent, as far as the server tells. When it rejects, the body may still have
 *   been stored, now or later: callers treat a lost reply as normal.
 * - `get` returns a body that was once put under that key. It may be an older one for a while;
 *   nothing above this contract relies on read-after-write.
 * - `tag` names a body: equal tags mean equal bodies under that key. A `get` with `ifNoneMatch`
 *   equal to the present tag answers `unchanged` without a body. A store may always answer with
 *   the body instead.
 * - `list` returns the keys below a prefix, in no promised order, perhaps late in showing a new
 *   one or hiding a deleted one. Each key comes once. Names it cannot have written, or that were
 *   not asked for, are returned in `strange`, never thrown over; of very many, the first thousand.
 * - Whatever a server sends, what is read of it has an end: bodies at `maxBytes`, listings at more
 *   names than a repository has (`listing.ts`), answers of other kinds at a few megabytes.
 * - `delete` of a missing key succeeds.
 * - There are no conditional writes. Nothing in Satchel needs them.
 * - Calls may run at the same time, from several processes.
 *
 * What every store throws: `StoreError` and nothing else (see below). A missing object is an
 * answer, not an error.
 *
 * Every store passes `test/store-conformance.ts`.
 */
import { SatchelError, type SatchelErrorOptions } from '../base/errors.ts';

export interface ObjectStore {
  /** The bucket in words a person recognises; carries no secret. */
  readonly name: string;
  get(key: string, options?: GetOptions): Promise<GetResult>;
  put(key: string, body: Uint8Array): Promise<PutResult>;
  /** Every object whose key starts with `prefix` (a folder ending in `/`, or empty for all). */
  list(prefix: string): Promise<Listing>;
  delete(key: string): Promise<void>;
  /** Releases sockets and timers. The store is not used afterwards. */
  close(): void;
}

export interface GetOptions {
  /** The tag of the body the caller already has. */
  readonly ifNoneMatch?: string | undefined;
  /** Refuse longer bodies with a `damaged` error instead of reading them. Default 64 MiB. */
  readonly maxBytes?: number;
}

export type GetResult =
  | { readonly kind: 'found'; readonly body: Uint8Array; readonly tag: string | undefined }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing' };

export interface PutResult {
  /** The tag that a later `get` of this body will carry, where the store tells. */
  readonly tag: string | undefined;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface Listing {
  readonly objects: readonly ListedObject[];
  /** Names found there that no Satchel wrote: sync-conflict copies, editors' leftovers. */
  readonly strange: readonly string[];
  /** How many requests the listing took, where a store lists page by page. One if absent. */
  readonly pages?: number;
}

/** Bodies above this size are neither written nor read. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Whether the same request may succeed if sent again: at once, only after a longer pause, or not. */
export type RetryAdvice = 'soon' | 'slower' | 'never';

/**
 * What a store throws. The kind tells the person's next step: `unreachable` (network, server
 * trouble, bucket gone), `refused` (credentials, permissions, a read-only folder), `damaged` (a body that is not
 * what it should be), `usage` (the settings cannot work), `internal` (disk full).
 */
export class StoreError extends SatchelError {
  readonly retry: RetryAdvice;

  constructor(
    kind: 'unreachable' | 'refused' | 'damaged' | 'usage' | 'internal',
    message: string,
    retry: RetryAdvice,
    options: SatchelErrorOptions = {},
  ) {
    super(kind, message, options);
    this.name = 'StoreError';
    this.retry = retry;
  }
}

const KEY_PATTERN = /^[a-z0-9_-][a-z0-9._-]*(?:\/[a-z0-9_-][a-z0-9._-]*)*$/;

/** True for a key that the contract allows. */
export function isStoreKey(key: string): boolean {
  return key.length <= 200 && KEY_PATTERN.test(key);
}
