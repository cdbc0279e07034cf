/** Places of a merge that are not decided, in an editor: coloured, with buttons to take a side. */
import { type EditorState, type Extension, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';
import { type Clash, type ClashSide, findClashes, keptLines } from './clashes.ts';

const CHOICES: readonly { readonly side: ClashSide; readonly words: string }[] = [
  { side: 'mine', words: 'Take mine' },
  { side: 'theirs', words: 'Take theirs' },
  { side: 'both', words: 'Take both' },
];

const LOOK = EditorView.theme({
  '.cm-clashMark': { color: 'var(--muted)', backgroundColor: 'var(--sunken)' },
  '.cm-clashMine': { backgroundColor: 'var(--warn-soft)' },
  '.cm-clashTheirs': { backgroundColor: 'var(--accent-soft)' },
  '.cm-clashChoice': { display: 'flex', gap: '0.4rem', padding: '0.35rem 0.4rem' },
  '.cm-clashChoice button': {
    minHeight: '1.75rem',
    padding: '0.1rem 0.6rem',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    background: 'var(--surface)',
    color: 'var(--text)',
    font: '500 var(--small) var(--font)',
    cursor: 'pointer',
  },
  '.cm-clashChoice button:focus-visible': { outline: '2px solid var(--focus)' },
});

const MARKS = StateField.define<DecorationSet>({
  create: decorationsOf,
  update: (marks, { docChanged, state }) => (docChanged ? decorationsOf(state) : marks),
  provide: (field) => EditorView.decorations.from(field),
});

export const CLASH_MARKS: Extension = [MARKS, LOOK];

/** Moves to the next place that is not decided, from the top again after the last. */
export function goToNextClash(view: EditorView): void {
  const clashes = clashesIn(view.state);
  const here = view.state.doc.lineAt(view.state.selection.main.head).number;
  const next = clashes.find(({ start }) => start > here) ?? clashes[0];
  if (next === undefined) return;
  const anchor = view.state.doc.line(next.start).from;
  view.dispatch({
    selection: { anchor },
    effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
  });
  view.focus();
}

function clashesIn({ doc }: EditorState): readonly Clash[] {
  return findClashes(doc.iterLines());
}

function decorationsOf(state: EditorState): DecorationSet {
  const decorations = clashesIn(state).flatMap((clash) => {
    const at = (line: number): number => state.doc.line(line).from;
    const widget = new ChoiceWidget(clash);
    const lines = Array.from({ length: clash.end - clash.start + 1 }, (_, index) => {
      const line = clash.start + index;
      return Decoration.line({ class: classOf(line, clash) }).range(at(line));
    });
    return [Decoration.widget({ widget, block: true, side: -1 }).range(at(clash.start)), ...lines];
  });
  return Decoration.set(decorations, true);
}

function classOf(line: number, { start, middle, end }: Clash): string {
  if (line === start || line === middle || line === end) return 'cm-clashMark';
  return line < middle ? 'cm-clashMine' : 'cm-clashTheirs';
}

class ChoiceWidget extends WidgetType {
  readonly #clash: Clash;

  constructor(clash: Clash) {
    super();
    this.#clash = clash;
  }

  override eq(other: ChoiceWidget): boolean {
    const { start, middle, end } = this.#clash;
    const { start: otherStart, middle: otherMiddle, end: otherEnd } = other.#clash;
    return start === otherStart && middle === otherMiddle && end === otherEnd;
  }

  override toDOM(view: EditorView): HTMLElement {
    const choice = document.createElement('div');
    choice.className = 'cm-clashChoice';
    for (const { side, words } of CHOICES) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = words;
      button.addEventListener('click', () => decide(view, this.#clash, side));
      choice.append(button);
    }
    return choice;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function decide(view: EditorView, clash: Clash, side: ClashSide): void {
  const { doc, lineBreak } = view.state;
  const kept = keptLines(clash, side).map(({ from, to }) =>
    view.state.sliceDoc(doc.line(from).from, doc.line(to).to),
  );
  const last = doc.line(clash.end);
  // The end of the last line stays or goes with the place, so that no empty line is left behind.
  const isWhole = kept.length > 0 || last.number === doc.lines;
  view.dispatch({
    changes: {
      from: doc.line(clash.start).from,
      to: isWhole ? last.to : last.to + 1,
      insert: view.state.toText(kept.join(lineBreak)),
    },
    userEvent: 'input.decide',
  });
  view.focus();
}
