/** Pausing and going on: taken back by the same button, or by the message about it. */
import { Pause, Play } from 'lucide-react';
import { useHome } from '../../api/home.ts';
import { useAct } from '../../frame/use-act.ts';
import { Button } from '../../ui/button.tsx';

/** Pauses everything, or lets it go on. */
export function PauseButton() {
  const { paused } = useHome();
  const { pause, isBusy } = usePause();
  return (
    <Button icon={paused ? Play : Pause} isBusy={isBusy} onClick={() => pause(!paused)}>
      {paused ? 'Go on' : 'Pause'}
    </Button>
  );
}

interface PauseAction {
  /** A collection, or everything. */
  readonly pause: (
    paused: boolean,
    collection?: { readonly id: string; readonly name: string },
  ) => void;
  readonly isBusy: boolean;
}

export function usePause(): PauseAction {
  const { act, isBusy } = useAct('pause');
  const pause: PauseAction['pause'] = (paused, collection) => {
    const of = collection === undefined ? {} : { collection: collection.id };
    const what = collection?.name ?? 'Everything';
    act(
      { paused, ...of },
      {
        words: () => (paused ? `${what} is paused: saves wait here` : `${what} goes on`),
        undo: () => act({ paused: !paused, ...of }),
      },
    );
  };
  return { pause, isBusy };
}
