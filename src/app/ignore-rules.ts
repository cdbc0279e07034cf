/** What a collection leaves out: its `.satchelignore`, read, tried out and written. */

import type { AnswerOf } from '../api/route.ts';
import type { IgnorePreview, ignoreRulesRoute } from '../api/settings.ts';
import { utf8, utf8Text } from '../base/bytes.ts';
import { SatchelError } from '../base/errors.ts';
import { DEFAULT_IGNORE_PATTERNS, IGNORE_FILE } from '../kinds/files/ignore.ts';
import { doorOf } from './editor-door.ts';
import type { Session } from './session.ts';

/**
 * @throws SatchelError `usage` where the collection is not on this device, `attention` where the
 *   file is there and is no text.
 */
export async function readIgnoreRules(
  session: Session,
  collection: string,
): Promise<AnswerOf<typeof ignoreRulesRoute>> {
  const { files } = doorOf(session, collection);
  const standard = DEFAULT_IGNORE_PATTERNS;
  const file = await files.read(IGNORE_FILE);
  if (file === undefined) return { rules: null, rev: null, standard };
  const rules = file.bytes === undefined ? undefined : utf8Text(file.bytes);
  if (rules !== undefined) return { rules, rev: file.rev, standard };
  throw new SatchelError('attention', `${IGNORE_FILE} in "${collection}" is no text.`, {
    hint: 'Open it in an editor and save it as UTF-8.',
  });
}

export interface NewIgnoreRules {
  readonly rules: string;
  /** The change that brought what the person saw; null where there were no rules. */
  readonly rev: number | null;
}

/**
 * Writes the rules. The next round heeds them, here and on all devices.
 * @throws SatchelError `attention` where they were changed meanwhile, and as `readIgnoreRules`.
 */
export async function changeIgnoreRules(
  session: Session,
  collection: string,
  { rules, rev }: NewIgnoreRules,
): Promise<{ readonly rev: number }> {
  const { files } = doorOf(session, collection);
  const expected = rev === null ? ({ kind: 'absent' } as const) : ({ kind: 'rev', rev } as const);
  const written = await files.write([{ path: IGNORE_FILE, bytes: utf8(rules) }], expected);
  const [file] = written.kind === 'written' ? written.files : [];
  if (file !== undefined) return { rev: file.rev };
  throw new SatchelError('attention', `${IGNORE_FILE} in "${collection}" was changed meanwhile.`, {
    hint: 'Look at the rules as they are now, and change those.',
  });
}

/** What rules would change, of what is in the folder now. @throws SatchelError as `doorOf`. */
export async function previewIgnoreRules(
  session: Session,
  name: string,
  rules: string,
): Promise<IgnorePreview> {
  const { collection } = doorOf(session, name);
  const preview = session.open.get(collection.id)?.previewRules;
  if (preview !== undefined) return await preview(rules);
  throw new SatchelError('usage', `"${collection.name}" has no ignore rules.`, {
    hint: 'Only collections of files have them.',
  });
}
