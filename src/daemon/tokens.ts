/**
 * What proves that a request comes from this person: a token for editors, which is in a file of
 * the home, and sessions of browsers, which begin with a link that works once. All end with the
 * daemon.
 */
import { createHash } from 'node:crypto';
import type { Clock, Random } from '../base/ports.ts';

const SECRET_BYTES = 32;
const LINK_LIFE_MS = 10 * 60_000;
const LINKS_MAX = 16;
const SESSIONS_MAX = 64;

export interface Tokens {
  /** For programs of this person that can read the home. */
  readonly token: string;
  /** The secret of a link that opens the page signed in, once. */
  newOnce(): string;
  /** A session for the secret of a link; undefined where that is not good (any more). */
  redeem(once: string): BrowserSession | undefined;
  /** Tells whoever has the token from others; undefined for those. */
  holderOfToken(token: string): string | undefined;
  /** Tells whoever has both halves of a session from others; undefined for those. */
  holderOfSession(session: BrowserSession): string | undefined;
  /** True for a holder whose session has not ended. Knowing that proves nothing. */
  isSession(holder: string | undefined): boolean;
}

/** Two secrets that are of use together only. */
export interface BrowserSession {
  /** The page has it: it is a part of the addresses that it asks. */
  readonly key: string;
  /** The browser has it, and no script. */
  readonly cookie: string;
}

export function createTokens(clock: Clock, random: Random): Tokens {
  const newSecret = (): string => Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url');
  const token = newSecret();
  // By hash: how long a look-up takes then tells nothing about what would have been right.
  const holderOfToken = hashOf(token);
  const sessions = new Set<string>();
  const links = new Map<string, number>();
  return {
    token,
    newOnce() {
      const once = newSecret();
      links.set(hashOf(once), clock.monotonicMs() + LINK_LIFE_MS);
      const [oldest] = links.keys();
      if (links.size > LINKS_MAX && oldest !== undefined) links.delete(oldest);
      return once;
    },
    redeem(once) {
      const hash = hashOf(once);
      const untilMs = links.get(hash);
      links.delete(hash);
      if (untilMs === undefined || untilMs < clock.monotonicMs()) return undefined;
      const session = { key: newSecret(), cookie: newSecret() };
      sessions.add(hashOfSession(session));
      const [oldest] = sessions;
      if (sessions.size > SESSIONS_MAX && oldest !== undefined) sessions.delete(oldest);
      return session;
    },
    holderOfToken(given) {
      return hashOf(given) === holderOfToken ? holderOfToken : undefined;
    },
    holderOfSession(session) {
      const hash = hashOfSession(session);
      return sessions.has(hash) ? hash : undefined;
    },
    isSession: (holder) => holder !== undefined && sessions.has(holder),
  };
}

function hashOfSession({ key, cookie }: BrowserSession): string {
  return hashOf(JSON.stringify([key, cookie]));
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
