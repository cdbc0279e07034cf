/**
 * Keys that stop being accepted while in use: temporary ones that ran out, others that were
 * rotated. The SDK asks its sources again only by its own clock, so they are asked here when the
 * service says no, and the request may go out again if there are other keys by then.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { StoreError } from './store.ts';

const SPENT = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'InvalidToken',
  'InvalidAccessKeyId',
  // versitygw, for the same.
  'XAdminUserNotFound',
]);

interface Identity {
  readonly accessKeyId: string;
  readonly sessionToken?: string | undefined;
}

/** Makes `client` ask its sources of keys anew when the service calls the present ones spent. */
export function renewSpentCredentials(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const used = identityOf(args.request);
        if (used === undefined || !SPENT.has(codeOf(error))) throw error;
        // Fails, and says why, where the source of the keys has none any more.
        const present = await client.config.credentials({ forceRefresh: true });
        if (isSame(used, present)) throw error;
        throw renewed(error);
      }
    },
    { step: 'deserialize', priority: 'high', name: 'renewSpentCredentials' },
  );
}

function renewed(cause: unknown): StoreError {
  return new StoreError('refused', 'the credentials ran out and were renewed', 'soon', {
    hint: 'Try again.',
    cause,
  });
}

function isSame(one: Identity, other: Identity): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}

/** The identity that a request was signed with (AWS Signature Version 4). */
function identityOf(request: unknown): Identity | undefined {
  const headers = property(request, 'headers');
  const authorization = property(headers, 'authorization');
  const [, accessKeyId] = /\bCredential=([^/]+)\//.exec(String(authorization)) ?? [];
  if (accessKeyId === undefined) return undefined;
  const sessionToken = property(headers, 'x-amz-security-token');
  return { accessKeyId, sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined };
}

function codeOf(error: unknown): string {
  return String(property(error, 'Code') ?? '');
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
