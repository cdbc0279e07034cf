/** How hard a passphrase is to guess, in words: a rough estimate that rather says too little. Pure. */
import type { Tone } from '../words.ts';

export interface Strength {
  readonly tone: Tone;
  readonly words: string;
}

/** What everybody tries first. */
const COMMON =
  /pass ?word|passphrase|qwert|asdf|letmein|welcome|iloveyou|dragon|monkey|satchel|admin|secret|\d{4}/gi;
/** A word of a phrase is one of a few thousand that come to people's minds. */
const BITS_OF_WORD = 11;
/** Letters follow each other in words: each says less than one that was thrown with dice. */
const BITS_OF_LETTER = 2.5;
const BITS_OF_OTHER = 4.5;

/** Undefined where nothing was typed yet. */
export function strengthOf(passphrase: string): Strength | undefined {
  if (passphrase.trim() === '') return undefined;
  const bits = bitsOf(passphrase);
  if (bits < 30) {
    return { tone: 'bad', words: 'Easy to guess. Take several words that do not belong together.' };
  }
  if (bits < 44) {
    return {
      tone: 'warn',
      words: 'Could be guessed with much effort. One or two words more help.',
    };
  }
  if (bits < 66) return { tone: 'ok', words: 'Good.' };
  return { tone: 'ok', words: 'Very good.' };
}

function bitsOf(passphrase: string): number {
  const rest = passphrase.replace(COMMON, ' ');
  const words = new Set(rest.toLowerCase().match(/\p{L}{3,}/gu) ?? []);
  const asWords = words.size * BITS_OF_WORD;
  const others = distinctSteps(rest.replace(/[\p{L}\s]/gu, '')) * BITS_OF_OTHER;
  const runs = new Set(rest.toLowerCase().split(/\P{L}+/u));
  const letters = distinctSteps([...runs].join(''));
  // Letters of random look are worth more than the words that they happen to be counted as.
  const isPhrase = words.size >= 3;
  const mixed = /\p{Lu}/u.test(rest) && /\p{Ll}/u.test(rest) ? 1.4 : 1;
  const asLetters = letters * BITS_OF_LETTER * (isPhrase ? 0 : mixed);
  return Math.max(asWords, asLetters) + others;
}

/** How many characters neither repeat the one before nor follow it in the alphabet. */
function distinctSteps(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return codes.filter((code, index) => {
    const before = codes[index - 1];
    return before === undefined || Math.abs(code - before) > 1;
  }).length;
}
