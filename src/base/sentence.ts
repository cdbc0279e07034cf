/** Messages as people read them: stores word theirs as parts of a sentence. Pure. */

/**
 * A message as a sentence, whoever worded it: a capital where it begins with a plain word, a stop
 * where it ends with one.
 */
export function formatSentence(message: string): string {
  const begun = message.replace(/^[a-z]+(?= )/, (word) => word[0]?.toUpperCase() + word.slice(1));
  return /[\w'")\]]$/.test(begun) ? `${begun}.` : begun;
}
