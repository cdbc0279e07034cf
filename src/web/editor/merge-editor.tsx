/** The editor in which a person makes one text of two. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap } from '@codemirror/view';
import { type RefObject, useCallback } from 'react';
import { CLASH_MARKS, goToNextClash } from './clash-marks.ts';
import { EditorFrame } from './frame.tsx';
import { commonParts } from './look.ts';

/** What the page asks of the editor that is open. */
export interface MergeHandle {
  goToNext(): void;
}

interface MergeEditorProps {
  /** What it begins with; another text later is another editor. */
  readonly start: string;
  readonly label: string;
  readonly handle: RefObject<MergeHandle | null>;
  /** True while nothing may be typed. */
  readonly isFixed: RefObject<boolean>;
  /** Told of the whole text after each change. Has to stay the same function. */
  readonly onChange: (text: string) => void;
}

export function MergeEditor({ start, label, handle, isFixed, onChange }: MergeEditorProps) {
  const open = useCallback(
    (root: ShadowRoot) => {
      const view = new EditorView({
        root,
        parent: root,
        doc: start,
        extensions: [
          commonParts(start, label),
          history(),
          highlightSpecialChars(),
          // Tab leaves the editor, as it leaves every other field.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          CLASH_MARKS,
          EditorState.changeFilter.of(() => !isFixed.current),
          EditorView.updateListener.of(({ docChanged, state }) => {
            // Not `doc.toString()`, which would end all lines alike.
            if (docChanged) onChange(state.sliceDoc());
          }),
        ],
      });
      handle.current = { goToNext: () => goToNextClash(view) };
      return () => {
        handle.current = null;
        view.destroy();
      };
    },
    [start, label, handle, isFixed, onChange],
  );
  return <EditorFrame open={open} />;
}
