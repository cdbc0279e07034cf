/**
 * Who may ask over HTTP. Other people's programs on this computer lack the token. Web pages have
 * the person's browser at hand, which keeps the cookie: what tells them apart are the Host that
 * the browser believes to talk to (DNS rebinding), the Origin that the request comes from, and the
 * address of the session, which the page alone knows.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Clock } from '../base/ports.ts';
import type { App } from './mount.ts';
import { createRateLimit } from './rates.ts';
import { Refusal } from './refusal.ts';
import { sessionAddress, sessionKeyOf } from './session-address.ts';
import type { Tokens } from './tokens.ts';

/** Far above what an editor sends that saves each keystroke, and below what would stop the rest. */
const KNOWN_CALLER = { burst: 3000, perSecond: 500 };
const STRANGER = { burst: 20, perSecond: 2 };

const NEW_LINK_HINT = '"satchel open" makes a new link.';

export interface GuardOptions {
  /** Where the server listens. */
  readonly port: number;
  readonly tokens: Tokens;
  readonly clock: Clock;
}

/** Puts the guard before everything that is mounted later. */
export function mountGuard(app: App, options: GuardOptions): void {
  app.use(securityHeaders);
  app.use(checkPlace(options));
  app.use('/api/*', checkToken(options));
  const { port, tokens } = options;
  // It tells the daemon of this port that the browser is signed in, and opens nothing.
  const knownCookie = `satchel-${port}`;
  app.get('/start', (c) => {
    const once = c.req.query('once') ?? '';
    // Other names mean other addresses too, such as ::1, where somebody else may listen.
    if (c.req.header('host') !== `127.0.0.1:${port}`) {
      return c.redirect(`http://127.0.0.1:${port}/start?${new URLSearchParams({ once })}`, 303);
    }
    const session = tokens.redeem(once);
    if (session === undefined) {
      // Reloading the link is no reason to show a person who is signed in an error.
      if (tokens.isSession(getCookie(c, knownCookie))) return c.redirect('/', 303);
      return c.text(`This link was used before, or is too old. ${NEW_LINK_HINT}\n`, 403);
    }
    const path = sessionAddress(session.key);
    setCookie(c, SESSION_COOKIE, session.cookie, { httpOnly: true, sameSite: 'Strict', path });
    const holder = tokens.holderOfSession(session) ?? '';
    setCookie(c, knownCookie, holder, { httpOnly: true, sameSite: 'Strict', path: '/start' });
    // Of what stands behind "#", no server is told, and no log.
    return c.redirect(`/#session=${session.key}`, 303);
  });
}

const SESSION_COOKIE = 'satchel-session';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  // Files of a person are shown under a policy of their own (see `content.ts`).
  if (c.res.headers.get('content-security-policy') === null) {
    c.header('content-security-policy', CONTENT_SECURITY_POLICY);
  }
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  c.header('cross-origin-opener-policy', 'same-origin');
  c.header('cross-origin-resource-policy', 'same-origin');
  if (c.res.headers.get('cache-control') === null) c.header('cache-control', 'no-store');
};

function checkPlace({ port }: GuardOptions): MiddlewareHandler {
  return async (c, next) => {
    const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
    const host = c.req.header('host')?.toLowerCase() ?? '';
    if (!hosts.includes(host)) {
      throw new Refusal(403, 'refused', 'This daemon does not answer under that name.', {
        hint: `Open http://127.0.0.1:${port} instead.`,
      });
    }
    const origin = c.req.header('origin')?.toLowerCase();
    const isOrigin = origin === undefined || hosts.some((name) => origin === `http://${name}`);
    // Requests without an Origin, such as those for pictures, tell where they come from as well.
    const site = c.req.header('sec-fetch-site');
    const isSite = site === undefined || site === 'same-origin' || site === 'none';
    if (!isOrigin || (!isSite && c.req.path.startsWith('/api/'))) {
      throw new Refusal(403, 'refused', 'Pages of other sites may not ask this daemon.', {
        hint: `Open http://127.0.0.1:${port} instead.`,
      });
    }
    await next();
  };
}

/** Who asks, by the token or by the session; undefined for a stranger. */
function holderOf(c: Context, tokens: Tokens): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (token !== undefined) return tokens.holderOfToken(token);
  const key = sessionKeyOf(c.req.raw);
  const cookie = getCookie(c, SESSION_COOKIE);
  if (key === undefined || cookie === undefined) return undefined;
  return tokens.holderOfSession({ key, cookie });
}

function checkToken({ tokens, clock }: GuardOptions): MiddlewareHandler {
  const limitKnown = createRateLimit(clock, KNOWN_CALLER);
  const limitStrangers = createRateLimit(clock, STRANGER);
  return async (c, next) => {
    const holder = holderOf(c, tokens);
    // Strangers share one limit, and use up nobody else's.
    const waitSeconds = holder === undefined ? limitStrangers('') : limitKnown(holder);
    if (waitSeconds > 0) {
      throw new Refusal(429, 'busy', 'These are more requests than are answered at a time.', {
        hint: `Wait ${waitSeconds} s, and ask for less.`,
        retryAfterSeconds: waitSeconds,
      });
    }
    if (holder === undefined) {
      throw new Refusal(401, 'refused', 'This needs the token of the running daemon.', {
        hint: `${NEW_LINK_HINT} Editors find the token in daemon.json in the home.`,
      });
    }
    await next();
  };
}
