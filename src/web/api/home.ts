/** What all of the page knows: the daemon, and the home that is shown, for there may be several. */
import { createContext, useContext } from 'react';
import type { DaemonStatus, HomeStatus } from '../../api/status.ts';

interface Shown {
  readonly daemon: DaemonStatus;
  readonly home: HomeStatus;
}

const ShownContext = createContext<Shown | undefined>(undefined);

export const ShownProvider = ShownContext.Provider;

/** The home that is shown, as it is now. Only below the frame, which shows no page without one. */
export function useHome(): HomeStatus {
  return useShown().home;
}

/** Its id; undefined where none is set up yet. */
export function useHomeId(): string | undefined {
  return useContext(ShownContext)?.home.repository;
}

export function useDaemon(): DaemonStatus {
  return useShown().daemon;
}

function useShown(): Shown {
  const shown = useContext(ShownContext);
  if (shown === undefined) throw new Error('a page is shown without a home');
  return shown;
}
