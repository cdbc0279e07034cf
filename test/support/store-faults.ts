/**
 * Servers in trouble, as every store over HTTP meets them: the cases that are the same whatever is
 * spoken there, and what the tests of each store need for their own.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { utf8 } from '../../src/base/bytes.ts';
import type { ObjectStore, StoreError } from '../../src/store/store.ts';
import { rejection } from '../store-conformance.ts';
import type { Answer } from './canned-server.ts';

/** What a network that wants a person to sign in shows instead of the bucket. */
export const SIGN_IN_PAGE =
  '<!doctype html><html><head><title>Sign in</title></head><body><p>Hi<br></body></html>';

export const REQUESTS = {
  read: (store: ObjectStore) => store.get('heads/a'),
  write: (store: ObjectStore) => store.put('heads/a', utf8('body')),
  list: (store: ObjectStore) => store.list(''),
  delete: (store: ObjectStore) => store.delete('heads/a'),
} as const;
export type Operation = keyof typeof REQUESTS;
export const OPERATIONS = ['read', 'write', 'list', 'delete'] as const;

export interface TroubledService {
  /** A store on a server that answers everything alike. */
  openOn(context: TestContext, answer: Answer): Promise<ObjectStore>;
  /** Announces a thousand bytes of an answer, and sends the first few. */
  readonly begin: Answer;
}

/** Tests that a line which breaks or falls silent is told, and advised to be tried again soon. */
export function testBrokenLines({ openOn, begin }: TroubledService): void {
  const expectOfReads = async (context: TestContext, answers: readonly Answer[], words: RegExp) => {
    for (const answer of answers) {
      for (const operation of ['read', 'list'] as const) {
        const error = await rejection(REQUESTS[operation](await openOn(context, answer)));
        expect(error, 'unreachable', 'soon', words);
      }
    }
  };

  test('a connection that breaks is tried again soon, before, in and after the answer', async (context) => {
    const breakAtOnce: Answer = (_request, response) => response.destroy();
    const breakWithin: Answer = (request, response) => {
      begin(request, response);
      setImmediate(() => response.destroy());
    };
    await expectOfReads(context, [breakAtOnce, breakWithin], /broke/);
  });

  test('silence ends in a timeout, before the answer and in the middle of a body', async (context) => {
    await expectOfReads(context, [() => {}, begin], /too long to answer/);
  });
}

/** The kind of an error, its advice on trying again, its words, and that it says what to do. */
export function expect(
  error: StoreError,
  kind: StoreError['kind'],
  retry: StoreError['retry'],
  message: RegExp,
): void {
  assert.match(error.message, message);
  assert.deepEqual([error.kind, error.retry], [kind, retry], error.message);
  if (kind !== 'internal') assert.ok(error.hint, 'a hint');
}

/** Answers with a body that never ends. */
export function endless(status: number): Answer {
  return (_request, response) => {
    response.writeHead(status, { etag: '"x"' });
    const flood = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
    };
    response.on('drain', flood);
    flood();
  };
}

/** A port that was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : assert.fail();
}
