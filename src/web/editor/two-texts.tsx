/** Two texts, side by side or as one, with what differs inside the lines. */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useCallback } from 'react';
import { EditorFrame } from './frame.tsx';
import { readOnlyParts } from './look.ts';

export interface LabelledText {
  readonly text: string;
  /** Whose it is, for those who do not see where it stands. */
  readonly label: string;
}

export interface TwoTextsProps {
  readonly left: LabelledText;
  readonly right: LabelledText;
  /** True to show lines without a difference as well, however many there are. */
  readonly isWhole: boolean;
}

/** Lines without a difference are folded where there are many; so much of them stays. */
const FOLDED = { collapseUnchanged: { margin: 3, minSize: 8 } } as const;
/** Texts that have little in common are compared roughly after that: the page stays awake. */
const DIFF = { scanLimit: 1_000, timeout: 500 } as const;

export function SideBySide({ left, right, isWhole }: TwoTextsProps) {
  const { text: leftText, label: leftLabel } = left;
  const { text: rightText, label: rightLabel } = right;
  const open = useCallback(
    (root: ShadowRoot) => {
      const view = new MergeView({
        root,
        parent: root,
        a: { doc: leftText, extensions: readOnlyParts(leftText, leftLabel) },
        b: { doc: rightText, extensions: readOnlyParts(rightText, rightLabel) },
        ...(isWhole ? {} : FOLDED),
        diffConfig: DIFF,
      });
      return () => view.destroy();
    },
    [leftText, leftLabel, rightText, rightLabel, isWhole],
  );
  return <EditorFrame open={open} />;
}

/** What the left has and the right has not stands above the line that came in its place. */
export function AsOneText({ left, right, isWhole }: TwoTextsProps) {
  const { text: leftText } = left;
  const { text: rightText, label: rightLabel } = right;
  const open = useCallback(
    (root: ShadowRoot) => {
      const view = new EditorView({
        root,
        parent: root,
        doc: rightText,
        extensions: [
          readOnlyParts(rightText, rightLabel),
          unifiedMergeView({
            original: leftText,
            mergeControls: false,
            ...(isWhole ? {} : FOLDED),
            diffConfig: DIFF,
          }),
        ],
      });
      return () => view.destroy();
    },
    [leftText, rightText, rightLabel, isWhole],
  );
  return <EditorFrame open={open} />;
}

/** A text as it is. */
export function OneText({ text, label }: LabelledText) {
  const open = useCallback(
    (root: ShadowRoot) => {
      const extensions = readOnlyParts(text, label);
      const view = new EditorView({ root, parent: root, doc: text, extensions });
      return () => view.destroy();
    },
    [text, label],
  );
  return <EditorFrame open={open} />;
}
