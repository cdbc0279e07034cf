/** What every store checks before it does anything, and the errors these checks share. */
import { isStoreKey, MAX_BODY_BYTES, StoreError } from './store.ts';

/**
 * Refuses a key outside the contract. Such a key is a defect of the caller, and on a directory
 * store it could leave the root, so it is stopped here whatever was checked above.
 */
export function assertKey(key: string): void {
  if (!isStoreKey(key)) throw misuse(`not an object key: ${JSON.stringify(key)}`);
}

/** Refuses a list prefix that is neither empty nor a folder (`heads/`). */
export function assertPrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/') || !isStoreKey(prefix.slice(0, -1))) {
    throw misuse(`not a list prefix: ${JSON.stringify(prefix)}`);
  }
}

/** Refuses a body that no store may write. */
export function assertBodySize(key: string, body: Uint8Array): void {
  if (body.length > MAX_BODY_BYTES) {
    throw misuse(`${key} would be ${body.length} bytes; the limit is ${MAX_BODY_BYTES}`);
  }
}

/** The error for a body longer than the reader allows. Sending the request again cannot help. */
export function bodyTooLong(key: string, maxBytes: number): StoreError {
  return new StoreError(
    'damaged',
    `${key} is longer than the ${maxBytes} bytes it may have`,
    'never',
    { hint: 'Another program may have written to the bucket. Run "satchel verify".' },
  );
}

function misuse(message: string): StoreError {
  return new StoreError('internal', message, 'never');
}
