/** What a person has seen of something that may change before they decide about it. */
import { utf8 } from '../base/bytes.ts';
import { contentHash } from '../base/hash.ts';

/** Another text for other parts, or another order of them; for comparing only. */
export function stateOf(parts: readonly string[]): string {
  return contentHash(utf8(parts.join(' '))).slice(0, 16);
}
