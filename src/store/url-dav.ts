/** URLs of folders on WebDAV servers. Pure; see `url.ts`. */
import type { BucketOverrides, DavBucket } from './bucket-settings.ts';
import {
  checkedText,
  formatPath,
  formatQuery,
  parseUrl,
  readCaFile,
  readPath,
  readQuery,
  refuseOthers,
  type SecretRule,
  usage,
} from './url-settings.ts';

const SETTINGS = ['user', 'caFile'] as const;
const EXAMPLE = 'davs://dav.example.org/notes?user=me';

const NO_SECRETS: SecretRule = {
  message: 'a bucket URL must not hold a password',
  hint:
    'A URL ends up in shell histories, process lists and logs. Leave the password out, and put ' +
    'it into the environment (SATCHEL_WEBDAV_PASSWORD) or enter it when asked.',
};

/** The settings that a `dav://` or `davs://` URL and overriding options spell. Throws `usage`. */
export function davBucket(text: string, overrides: BucketOverrides): DavBucket {
  refuseOthers(overrides, SETTINGS, 'a WebDAV bucket');
  // Only in a URL of a scheme that it knows does the platform's parser normalise the host.
  const url = parseUrl(text.replace(/^dav/i, 'http'), `Write it like ${EXAMPLE}.`);
  if (url.password !== '') throw usage(NO_SECRETS.message, NO_SECRETS.hint);
  if (url.hash !== '') throw usage('a WebDAV URL takes no "#"', 'In a path, write %23.');
  const query = readQuery(url.searchParams, SETTINGS, 'a WebDAV', NO_SECRETS);
  const user = overrides.user ?? userInUrl(url.username, query.get('user'));
  const caFile = readCaFile(overrides.caFile, query.get('caFile'));
  const secure = url.protocol === 'https:';
  if (caFile !== undefined && !secure) {
    throw usage(
      'a dav:// URL speaks no TLS and takes no ca-file',
      'Write davs://, or leave it out.',
    );
  }
  return {
    kind: 'dav',
    secure,
    host: url.host,
    path: readPath(url.pathname, 'the path in the WebDAV URL', EXAMPLE),
    ...(user === undefined ? {} : { user: checkedUser(user) }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

/** The URL that `davBucket` reads back as the same settings. */
export function formatDavUrl(settings: DavBucket): string {
  const scheme = settings.secure ? 'davs' : 'dav';
  const path = settings.path === '' ? '' : `/${formatPath(settings.path)}`;
  return `${scheme}://${settings.host}${path}${formatQuery({ ...settings }, SETTINGS)}`;
}

/** `user@host` and `?user=` mean the same; only the second is ever written. */
function userInUrl(beforeHost: string, inQuery: string | undefined): string | undefined {
  if (beforeHost === '') return inQuery;
  if (inQuery !== undefined) throw usage('the user is given twice in the URL', 'Keep one of them.');
  try {
    return decodeURIComponent(beforeHost);
  } catch {
    throw usage('the user in the URL has a broken %-escape', 'Write %25 for a "%".');
  }
}

/** HTTP Basic authentication ends the user's name at the first colon (RFC 7617, section 2). */
function checkedUser(user: string): string {
  if (user.includes(':')) {
    throw usage('a user name cannot hold a colon', 'Give the name alone, without the password.');
  }
  return checkedText('user', user);
}
