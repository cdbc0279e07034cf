/** Deletions that wait for a person: which, and deciding (rule S8). */
import type { decideHeldRoute, heldRoute } from '../../api/held.ts';
import { decideHeldIn, listHeld } from '../../app/held.ts';
import type { Handler } from '../ports.ts';

const ANY = { collection: undefined, direction: undefined } as const;

const held: Handler<typeof heldRoute> = async (daemon, input) =>
  listHeld(daemon.host(input.home).session(), ANY);

const decideHeld: Handler<typeof decideHeldRoute> = async (daemon, input) => {
  const host = daemon.host(input.home);
  const { collection, direction, decision, state } = input;
  const outcome = await host.exclusive((session) =>
    decideHeldIn(session, { collection, direction }, decision, state),
  );
  host.wake();
  return outcome;
};

export const heldHandlers = { held, decideHeld } as const;
