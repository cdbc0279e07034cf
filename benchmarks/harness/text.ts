/**
 * Prose that is made up: words of syllables, frequent and rare ones as in a language (Zipf's law),
 * so that it compresses about as well as notes do.
 */
import type { Seeded } from './random.ts';

const ONSETS = ['b', 'br', 'c', 'd', 'f', 'g', 'gr', 'h', 'l', 'm', 'n', 'p', 'r', 's', 'st', 't'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou'];
const CODAS = ['', '', 'n', 'r', 's', 't', 'nd', 'll', 'ck', 'ng'];
const WORDS = 8000;

export interface Writer {
  /** Markdown of exactly so many bytes, all of them ASCII. */
  note(sizeBytes: number): string;
  words(count: number): string;
}

export function createWriter(seeded: Seeded): Writer {
  const pick = (items: readonly string[]): string => items[seeded.below(items.length)] ?? '';
  const syllable = (): string => pick(ONSETS) + pick(VOWELS) + pick(CODAS);
  const vocabulary = Array.from({ length: WORDS }, (_, rank) =>
    Array.from({ length: 1 + seeded.below(rank < 200 ? 1 : 3) }, syllable).join(''),
  );
  // The word of rank r comes up in proportion to 1/r: its logarithm is uniform.
  const word = (): string => {
    const rank = Math.floor(WORDS ** (seeded.below(1_000_000) / 1_000_000)) - 1;
    return vocabulary[rank] ?? '';
  };
  const words = (count: number): string => Array.from({ length: count }, word).join(' ');
  const sentence = (): string => {
    const text = words(5 + seeded.below(14));
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  return {
    words,
    note(sizeBytes) {
      let text = `# ${words(3)}\n\n`;
      while (text.length < sizeBytes) {
        const start = seeded.below(12) === 0 ? `\n## ${words(2)}\n\n` : '';
        text += start + (seeded.below(5) === 0 ? `- ${sentence()}\n` : `${sentence()} `);
        if (seeded.below(6) === 0) text += '\n\n';
      }
      return text.slice(0, sizeBytes);
    },
  };
}
