/** Setting up this computer from the page, and taking what is set up to another bucket. */
import type {
  checkBucketRoute,
  createBucketRoute,
  joinLinkRoute,
  moveRoute,
  providersRoute,
  setUpRoute,
} from '../../api/setup.ts';
import { detectCredentials } from '../../app/ambient.ts';
import { destinationOf, offeredProviders } from '../../app/bucket-choice.ts';
import type { AppContext } from '../../app/context.ts';
import { hostDeviceName } from '../../app/host-name.ts';
import { moveTo } from '../../app/move.ts';
import { makeBucket, setUpByChoice, setUpByLink, tryBucket } from '../../app/setup-by-page.ts';
import type { Daemon, Handler } from '../ports.ts';

const providers: Handler<typeof providersRoute> = async () => ({
  providers: offeredProviders(),
  detected: detectCredentials(process.env),
  deviceName: hostDeviceName(),
});

const checkBucket: Handler<typeof checkBucketRoute> = (daemon, { home, ...choice }, { signal }) =>
  tryBucket(contextOf(daemon, home), choice, signal);

const createBucket: Handler<typeof createBucketRoute> = async (daemon, { home, ...choice }) => ({
  bucket: await makeBucket(contextOf(daemon, home), choice),
});

const setUp: Handler<typeof setUpRoute> = (daemon, { home: _home, ...wish }) =>
  daemon.setUp((context) => setUpByChoice(context, wish));

const joinLink: Handler<typeof joinLinkRoute> = (daemon, { home: _home, ...wish }) =>
  daemon.setUp((context) => setUpByLink(context, wish));

const move: Handler<typeof moveRoute> = async (daemon, { home, ...choice }) => {
  const destination = destinationOf(choice);
  // The host sees that its bucket is another one now, and opens the home anew.
  return await daemon.host(home).exclusive((session) => moveTo(session, destination));
};

export const setupHandlers = {
  providers,
  checkBucket,
  createBucket,
  setUp,
  joinLink,
  move,
} as const;

/** A bucket is tried before a home is set up, and for one that goes to another bucket. */
function contextOf(daemon: Daemon, home: string | undefined): AppContext {
  return daemon.homes().length === 0 ? daemon.newHome() : daemon.host(home).session().context;
}
