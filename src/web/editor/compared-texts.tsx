/** Texts to look at, and two of them compared. The editor's library comes when it is needed. */
import { type ComponentType, type ReactNode, Suspense, useState } from 'react';
import { later } from '../later.ts';
import { Loading } from '../ui/states.tsx';
import styles from './compared-texts.module.css';
import { differInLineEndsOnly } from './line-ends.ts';
import type { LabelledText, TwoTextsProps } from './two-texts.tsx';

const SideBySide = later(async () => (await import('./two-texts.tsx')).SideBySide);
const AsOneText = later(async () => (await import('./two-texts.tsx')).AsOneText);
const OneText = later(async () => (await import('./two-texts.tsx')).OneText);

type Texts = Omit<TwoTextsProps, 'isWhole'>;

/** Below this width, two columns of text are too narrow to read. */
const NARROW = '(width < 48rem)';

/** Two views of what differs, as tabs: first the one that fits the window. */
export function comparisonTabs(texts: Texts) {
  const two = {
    id: 'two',
    title: 'Side by side',
    content: <Comparison view={SideBySide} {...texts} />,
  };
  const one = {
    id: 'one',
    title: 'As one text',
    content: <Comparison view={AsOneText} {...texts} />,
  };
  return window.matchMedia(NARROW).matches ? [one, two] : [two, one];
}

function Comparison({
  view: View,
  left,
  right,
}: Texts & { readonly view: ComponentType<TwoTextsProps> }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <>
      <div className={styles.bar}>
        <label className={styles.whole}>
          <input type="checkbox" checked={isWhole} onChange={() => setWhole(!isWhole)} />
          Show all lines
        </label>
        {differInLineEndsOnly(left.text, right.text) && (
          <p>The texts differ only in how their lines end, which an editor does not show.</p>
        )}
      </div>
      <Scrolled>
        <View left={left} right={right} isWhole={isWhole} />
      </Scrolled>
    </>
  );
}

/** A text as it is. */
export function PlainText(text: LabelledText) {
  return (
    <Scrolled>
      <OneText {...text} />
    </Scrolled>
  );
}

function Scrolled({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.scrolled}>
      <Suspense fallback={<Loading rows={5} />}>{children}</Suspense>
    </div>
  );
}
