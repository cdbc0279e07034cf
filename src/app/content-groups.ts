/** What files are, by what their names end in, in words that people use. Pure. */

export type ContentGroup =
  | 'text'
  | 'images'
  | 'audio and video'
  | 'documents'
  | 'archives'
  | 'other';

const ENDINGS: Readonly<Record<Exclude<ContentGroup, 'other'>, string>> = {
  text:
    'md markdown mdx txt text org rst adoc asciidoc tex bib tid canvas excalidraw opml html htm ' +
    'css xml json jsonl yaml yml toml ini conf cfg csv tsv log diff patch sh py js ts jsx tsx ' +
    'c h cpp rs go java rb sql',
  images: 'png jpg jpeg gif webp avif heic heif svg bmp ico tif tiff raw dng cr2 cr3 nef arw psd',
  'audio and video': 'mp3 m4a aac flac ogg oga opus wav aif aiff mp4 m4v mov mkv webm avi mpg mpeg',
  documents: 'pdf doc docx odt rtf pages xls xlsx ods numbers ppt pptx odp key epub mobi djvu',
  archives: 'zip gz tgz bz2 xz zst 7z rar tar jar dmg iso',
};

const GROUP_OF = new Map(
  Object.entries(ENDINGS).flatMap(([group, endings]) =>
    endings.split(' ').map((ending) => [ending, group] as const),
  ),
) as ReadonlyMap<string, ContentGroup>;

/** A name without an ending (`README`, `Makefile`) is text, as those of vaults mostly are. */
export function contentGroupOf(path: string): ContentGroup {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dotAt = name.lastIndexOf('.');
  if (dotAt < 0) return 'text';
  return GROUP_OF.get(name.slice(dotAt + 1).toLowerCase()) ?? 'other';
}
