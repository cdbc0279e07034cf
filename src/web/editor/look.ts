/** How texts look in an editor, and what all editors have in common. */
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { lineEndOf } from './line-ends.ts';

/** How much darker what differs inside a line is than the line. */
const INSIDE = '35%';

const LOOK = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'transparent', fontSize: 'var(--small)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': {
    color: 'var(--muted)',
    backgroundColor: 'transparent',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-collapsedLines': {
    color: 'var(--muted)',
    background: 'var(--sunken)',
    padding: '0.3em 1em',
  },
  // The library frames the words with signs that few fonts have.
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: 'none' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--warn-soft)' },
  '&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine': { backgroundColor: 'var(--accent-soft)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': inside('--warn'),
  '&.cm-merge-b .cm-changedText': inside('--accent'),
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--warn)' },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'var(--accent)' },
  '.cm-deletedChunk': { paddingLeft: '6px' },
  '.cm-deletedLine, .cm-insertedLine': { textDecoration: 'none' },
});

/** More than a colour: the part is underlined as well. */
function inside(token: string) {
  return {
    background: `color-mix(in srgb, var(${token}) ${INSIDE}, transparent)`,
    textDecoration: 'underline',
    textUnderlineOffset: '0.25em',
  };
}

/** @param label what the text is, for those who do not see where it stands. */
export function commonParts(text: string, label: string): Extension {
  return [
    LOOK,
    lineNumbers(),
    EditorView.lineWrapping,
    EditorState.lineSeparator.of(lineEndOf(text)),
    EditorView.contentAttributes.of({ 'aria-label': label }),
  ];
}

/** A text to read: the keyboard reaches it, and changes nothing. */
export function readOnlyParts(text: string, label: string): Extension {
  return [
    commonParts(text, label),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: '0' }),
  ];
}
