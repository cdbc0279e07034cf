/** Letting one more device in, by a link and a code. */
import type { cancelLinkRoute, linkStateRoute, makeLinkRoute } from '../../api/link.ts';
import { cancelLink as cancel, createLink, lookAtLink } from '../../app/link.ts';
import type { Handler } from '../ports.ts';

const makeLink: Handler<typeof makeLinkRoute> = async (daemon, { home, credentials }) => {
  const session = daemon.host(home).session();
  const notices: string[] = [];
  const notice = (message: string): void => void notices.push(message);
  const context = { ...session.context, notice };
  const made = await createLink({ ...session, context }, credentials);
  const { id, text: link, code, untilMs, hasCredentials } = made;
  const until = new Date(untilMs).toISOString();
  return { id, link, code, until, hasCredentials, notices };
};

const linkState: Handler<typeof linkStateRoute> = async (daemon, { home, id, until }) => {
  const host = daemon.host(home);
  const { state, leftMs } = await lookAtLink(host.session(), { id, untilMs: Date.parse(until) });
  if (state === 'used') host.expectDevice();
  return { state, secondsLeft: Math.ceil(leftMs / 1000) };
};

const cancelLink: Handler<typeof cancelLinkRoute> = async (daemon, { home, id }) => {
  await cancel(daemon.host(home).session(), id);
  return {};
};

export const linkHandlers = { makeLink, linkState, cancelLink } as const;
