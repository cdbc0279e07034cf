/** Folders that people keep notes in, by what they are called. Pure. */
import type { Answer } from '../../api/client.ts';

type Folder = Answer<'folders'>['folders'][number];

const NAMES =
  /^(?:(?:my |the )?(?:notes?|notizen|zettelkasten|zettel|journal|tagebuch|diary|wiki|vault|second brain|knowledge|logseq|obsidian(?: vault)?|writing|drafts)|.* (?:notes|vault))$/i;

/** More would be no help in choosing. */
const SHOWN_MAX = 6;

export function likelyFolders(folders: readonly Folder[]): readonly Folder[] {
  return folders.filter(({ name }) => NAMES.test(name)).slice(0, SHOWN_MAX);
}
