/** What the answers of a WebDAV server mean to a person. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import type { DavBucket } from './bucket-settings.ts';
import { StoreError } from './store.ts';

export type WebDavOperation = 'read' | 'write' | 'list' | 'delete';

/** Where an answer arose, for its message. */
export interface WebDavPlace {
  readonly operation: WebDavOperation;
  readonly bucket: DavBucket;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const PASSWORD_HINT = 'Give the password in SATCHEL_WEBDAV_PASSWORD, or enter it when asked.';
const RENEW_HINT = 'If it was changed, "satchel keys bucket" takes the new one.';
const NEXTCLOUD_HINT =
  'Nextcloud and ownCloud: davs://HOST/remote.php/dav/files/USER/folder?user=USER.';

/** The error for an answer whose status is none of those that the operation expects. */
export function webDavError(answer: Answer, place: WebDavPlace): StoreError {
  return (
    refusal(answer, place) ??
    settingsError(answer, place) ??
    passingTrouble(answer, place) ??
    new StoreError(
      'internal',
      `${place.bucket.host} would not ${place.operation} in ${folderOf(place.bucket)} ` +
        `(${statusAndReason(answer)})`,
      'never',
    )
  );
}

/** The error for a server that answers, but not as WebDAV does. */
export function doesNotSpeakWebDav(bucket: DavBucket, answer: string, cause?: unknown): StoreError {
  return new StoreError(
    'unreachable',
    `${bucket.host} does not speak WebDAV at ${folderOf(bucket)}: it answered ${answer}`,
    'never',
    {
      hint:
        'Check the address (the WebDAV path, not the web page), and that no sign-in page of the ' +
        `network stands in between. ${NEXTCLOUD_HINT}`,
      cause,
    },
  );
}

/** The error for a bucket whose folder is not on the server. */
export function noSuchFolder(bucket: DavBucket): StoreError {
  return new StoreError(
    'usage',
    `there is no folder ${folderOf(bucket)} at ${bucket.host}`,
    'never',
    {
      hint:
        'Check the path, and that the share behind it is mounted there. "satchel init" creates ' +
        `the folder of a new bucket. ${NEXTCLOUD_HINT}`,
    },
  );
}

/** The error for a redirect away from the server. `target` is told without its query. */
export function leadsElsewhere(host: string, target: URL): StoreError {
  return new StoreError(
    'unreachable',
    `${host} sends requests on to ${target.origin}${target.pathname}`,
    'never',
    {
      hint:
        'If that is your server, use its address in the bucket URL; otherwise a sign-in page of ' +
        'the network may stand in between. Satchel does not take your password elsewhere.',
    },
  );
}

/** The error for a user whose password nobody gave. */
export function noPassword(user: string, host: string): StoreError {
  return new StoreError('refused', `no password is known for "${user}" at ${host}`, 'never', {
    hint: PASSWORD_HINT,
  });
}

/** What the server says of a failure in a sentence of its own (sabre/dav, thus Nextcloud). */
export function reasonOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body);
  const said = /<(?:\w+:)?message(?:\s[^>]*)?>([^<]{1,300})</.exec(text)?.[1] ?? '';
  return said.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

function refusal(answer: Answer, place: WebDavPlace): StoreError | undefined {
  const { bucket, operation } = place;
  const refused = (message: string, hint: string) =>
    new StoreError('refused', message, 'never', { hint });
  if (answer.status === 401) return unauthorized(answer.headers, bucket);
  if (answer.status === 403) {
    return refused(
      `${bucket.host} refused to ${operation} in ${folderOf(bucket)} (${statusAndReason(answer)})`,
      'Allow this user to read, create, change and delete in this folder, and check its path.',
    );
  }
  if (answer.status === 407) {
    return refused(
      `the proxy on the way to ${bucket.host} asks for a password`,
      'Put it into HTTPS_PROXY, or list the host in NO_PROXY.',
    );
  }
  return undefined;
}

function unauthorized(headers: IncomingHttpHeaders, { host, user }: DavBucket): StoreError {
  const refused = (message: string, hint: string) =>
    new StoreError('refused', message, 'never', { hint });
  const schemes = headers['www-authenticate'] ?? '';
  if (/\bdigest\b/i.test(schemes) && !/\bbasic\b/i.test(schemes)) {
    return refused(
      `${host} asks for Digest authentication, which Satchel does not speak`,
      'Let the server offer Basic authentication, over TLS (in Apache: AuthType Basic).',
    );
  }
  if (user === undefined) {
    return refused(
      `${host} asks for a user and a password`,
      `Add ?user=NAME to the bucket URL, or give --user. ${PASSWORD_HINT}`,
    );
  }
  return refused(
    `${host} does not accept the password of "${user}"`,
    `Check the user and the password. ${RENEW_HINT} ${PASSWORD_HINT} Nextcloud and other services with ` +
      'two-step sign-in want an app password, which their security settings create.',
  );
}

function settingsError(answer: Answer, place: WebDavPlace): StoreError | undefined {
  const { bucket, operation } = place;
  const { status } = answer;
  if (status === 404 || status === 410) return noSuchFolder(bucket);
  if (status === 405 && operation === 'write') {
    // That is rclone's answer to a write that its own disk or service refused.
    return new StoreError(
      'unreachable',
      `${bucket.host} does not take writes at ${folderOf(bucket)} (status 405)`,
      'never',
      {
        hint:
          'Check that the address is a WebDAV folder that may be written, and on the server that ' +
          'its disk is not full.',
      },
    );
  }
  if ([405, 501].includes(status) || status < 400) {
    return doesNotSpeakWebDav(bucket, statusAndReason(answer));
  }
  if (status === 413) {
    return new StoreError('usage', `${bucket.host} refuses bodies of this size`, 'never', {
      hint: 'Raise the limit for request bodies there (a proxy in front of it may set one) to 64 MiB.',
    });
  }
  if (status === 507) {
    return new StoreError(
      'internal',
      `${folderOf(bucket)} at ${bucket.host} is full (${statusAndReason(answer)})`,
      'never',
      {
        hint: 'Make space there or raise the quota; what is not yet published stays on this device.',
      },
    );
  }
  return undefined;
}

function passingTrouble(answer: Answer, { bucket }: WebDavPlace): StoreError | undefined {
  const { status } = answer;
  const unreachable = (message: string, retry: 'soon' | 'slower', hint: string) =>
    new StoreError('unreachable', message, retry, { hint });
  const LATER = 'Try again later; what is not yet published stays on this device.';
  if (status === 423 || status === 409) {
    return unreachable(
      `a file or folder below ${folderOf(bucket)} at ${bucket.host} is locked or changing ` +
        `(${statusAndReason(answer)})`,
      'soon',
      'If this stays, another program holds a lock there.',
    );
  }
  if (status === 429 || status === 503) {
    return unreachable(
      `${bucket.host} asks to slow down or is in maintenance (${statusAndReason(answer)})`,
      'slower',
      LATER,
    );
  }
  if (status >= 500 || status === 408 || status === 425) {
    return unreachable(`${bucket.host} is in trouble (${statusAndReason(answer)})`, 'soon', LATER);
  }
  return undefined;
}

function statusAndReason({ status, body }: Answer): string {
  const reason = reasonOf(body);
  return `status ${status}${reason === '' ? '' : `: ${reason}`}`;
}

function folderOf({ path }: DavBucket): string {
  return `/${path}`;
}
