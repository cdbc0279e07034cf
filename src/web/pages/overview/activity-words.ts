/** What a device did, in words. Pure. */
import { countWords, numberWords } from '../../words.ts';

interface Activity {
  readonly written: number;
  readonly deleted: number;
  /** The first few. */
  readonly paths: readonly string[];
}

/** `saved 3 files and deleted 1`, and which: `a.md, b.md and 2 more`. */
export function activityWords({ written, deleted, paths }: Activity): {
  readonly what: string;
  readonly paths: string;
} {
  const saved = written > 0 ? [`saved ${countWords(written, 'file')}`] : [];
  const gone = written > 0 ? numberWords(deleted) : countWords(deleted, 'file');
  const what = [...saved, ...(deleted > 0 ? [`deleted ${gone}`] : [])].join(' and ');
  const more = written + deleted - paths.length;
  const rest = more > 0 && paths.length > 0 ? ` and ${numberWords(more)} more` : '';
  return { what, paths: `${paths.join(', ')}${rest}` };
}
