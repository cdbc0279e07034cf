/** How things stand, a round now, pauses, what happened, and lending a home to a command. */
import type { logRoute } from '../../api/events.ts';
import type { lendRoute, pauseRoute, statusRoute, syncRoute } from '../../api/status.ts';
import { findCollection } from '../../app/collection-list.ts';
import { listEvents } from '../../app/log.ts';
import { idToPause } from '../../app/pause.ts';
import type { Handler } from '../ports.ts';

const status: Handler<typeof statusRoute> = async (daemon) => daemon.status();

const sync: Handler<typeof syncRoute> = async (daemon, { home, collections }) =>
  await daemon.host(home).sync(collections);

const pause: Handler<typeof pauseRoute> = async (daemon, { home, collection, paused }) => {
  const host = daemon.host(home);
  const id = collection === undefined ? undefined : idToPause(host.session(), collection);
  host.pause(id, paused);
  return {};
};

/** Answers when the home is free. It comes back when the connection ends, however it ends. */
const lend: Handler<typeof lendRoute> = async (daemon, { home }, { signal }) => {
  await daemon.host(home).lend(signal);
  return {};
};

const log: Handler<typeof logRoute> = async (daemon, { home, after, limit, collection }) => {
  const session = daemon.host(home).session();
  const id = collection === undefined ? undefined : findCollection(session, collection).id;
  return listEvents(session, after, limit, id);
};

export const statusHandlers = { status, sync, pause, lend, log } as const;
