/**
 * Where the page of a signed-in browser asks: below an address that nobody else knows. Browsers send
 * the cookies of a host to all of its ports (RFC 6265, section 8.5), so that a server of another
 * person on this computer would be given them. They do send a cookie only below its path.
 */
import { getPath } from 'hono/utils/url';

const ADDRESS = /^\/session\/([\w-]{1,64})(?=\/api\/)/;

/** The path below which a session asks. */
export function sessionAddress(key: string): string {
  return `/session/${key}`;
}

/** The path of a request without the address of its session: that of the route that is meant. */
export function pathOfRoute(request: Request): string {
  return getPath(request).replace(ADDRESS, '');
}

/** The key of the session at whose address a request came; undefined for none. */
export function sessionKeyOf(request: Request): string | undefined {
  return ADDRESS.exec(getPath(request))?.[1];
}
