/** Changing a setting, with the way back. */
import { useAct } from '../../frame/use-act.ts';
import { type Setting, valueWords, wordsOf } from './setting-words.ts';

/** @param collection its id; undefined for settings of the device. */
export function useSetting(
  collection: string | undefined,
): (before: Setting, value: string) => void {
  const { act } = useAct('changeSettings');
  const of = collection === undefined ? {} : { collection };
  return (before, value) => {
    const { name } = before;
    act(
      { ...of, changes: [{ name, value }] },
      {
        words: ([after]) => after && `${wordsOf(after).label}: ${valueWords(after)} now`,
        undo: () => act({ ...of, changes: [{ name, value: before.value }] }),
      },
    );
  };
}
