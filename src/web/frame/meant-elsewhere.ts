/** Whom a key is meant for. */
import { areSingleKeysOn } from './single-keys.ts';

/** Elements that take keys for themselves: a text to read takes those that move in it only. */
const TYPED_IN = 'input:not([type="checkbox"]), textarea, select, [contenteditable="true"]';

/**
 * Keys that somebody types, that a dialog or menu takes, or that mean something to the browser; and
 * all where single keys are turned off.
 */
export function isMeantElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (!areSingleKeysOn()) return true;
  // Out here, what is inside a shadow root looks like its host.
  const [target] = event.composedPath();
  if (event.defaultPrevented || !(target instanceof Element)) return true;
  return (
    target.closest(`${TYPED_IN}, [role="menu"]`) !== null ||
    document.querySelector('[role="dialog"][data-state="open"]') !== null
  );
}
