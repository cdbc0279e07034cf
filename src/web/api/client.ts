/** Calls to the daemon, typed by its routes. Only types come from there: the page checks nothing. */
import type { AnswerOf, InputOf } from '../../api/route.ts';
import type { ROUTES } from '../../api/routes.ts';
import { failureOf, stoppedFailure } from './failure.ts';
import { inSession } from './session.ts';

export type RouteName = keyof typeof ROUTES;
export type Input<Name extends RouteName> = InputOf<(typeof ROUTES)[Name]>;
export type Answer<Name extends RouteName> = AnswerOf<(typeof ROUTES)[Name]>;

/** Where each route is: written here by the build, from the same table that the daemon serves. */
declare const SATCHEL_ROUTES: Readonly<
  Record<string, { readonly method: 'GET' | 'POST'; readonly path: string }>
>;

/**
 * Calls a route of the home with this id; without one, of the first.
 * @throws Failure in words; the signal's reason where it was aborted.
 */
export async function callRoute<Name extends RouteName>(
  name: Name,
  input: Input<Name>,
  { home, signal }: { readonly home?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Answer<Name>> {
  const place = SATCHEL_ROUTES[name];
  if (place === undefined) throw new Error(`there is no route ${name}`);
  const fields = { ...(input as Readonly<Record<string, unknown>>), home };
  const response = await ask(place, fields, signal);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw failureOf(response.status, body);
  return body as Answer<Name>;
}

async function ask(
  { method, path }: { readonly method: 'GET' | 'POST'; readonly path: string },
  fields: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const options: RequestInit = { method, ...(signal === undefined ? {} : { signal }) };
  try {
    if (method === 'GET') return await fetch(inSession(`${path}${queryOf(fields)}`), options);
    const headers = { 'content-type': 'application/json' };
    return await fetch(inSession(path), { ...options, headers, body: JSON.stringify(fields) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw stoppedFailure();
  }
}

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length === 0 ? '' : `?${query}`;
}
