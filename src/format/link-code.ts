/**
 * The code that is told beside a link: eight characters that a person reads from one screen and
 * types at another. The characters are those of Douglas Crockford's Base 32, which leaves out I, L,
 * O and U; what is read for one of them counts as what it looks like.
 */
import type { Random } from '../base/ports.ts';

const CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOK_ALIKES: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0', U: 'V' };

/** Eight characters of five bits each: 2^40 codes. */
const CODE_LENGTH = 8;

/** A fresh code, each as likely as any other. */
export function newLinkCode(random: Random): string {
  const bytes = random.bytes(CODE_LENGTH);
  return [...bytes].map((byte) => CHARACTERS[byte % CHARACTERS.length]).join('');
}

/** As people read it: two groups of four. */
export function formatLinkCode(code: string): string {
  return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
}

/** Reads a typed code, in any case, with spaces and hyphens; undefined where it can be none. */
export function parseLinkCode(typed: string): string | undefined {
  const letters = [...typed.toUpperCase().replace(/[\s-]/g, '')];
  const code = letters.map((letter) => LOOK_ALIKES[letter] ?? letter);
  const isCode = code.length === CODE_LENGTH && code.every((letter) => CHARACTERS.includes(letter));
  return isCode ? code.join('') : undefined;
}
