/** The bytes of a version. The one answer that is no JSON. */
import { failureOf, stoppedFailure } from './failure.ts';
import { inSession } from './session.ts';

export interface ContentOf {
  readonly home: string;
  readonly collection: string;
  readonly path: string;
  readonly version: string;
}

/** Where the bytes are, for a link that saves them. */
export function contentAddress(of: ContentOf): string {
  return inSession(`/api/content?${new URLSearchParams({ ...of })}`);
}

/** @throws Failure in words; the signal's reason where it was aborted. */
export async function fetchContent(of: ContentOf, signal: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(contentAddress(of), { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw stoppedFailure();
  }
  if (response.ok) return await response.blob();
  throw failureOf(response.status, await response.json().catch(() => undefined));
}
