/** What a request that got no answer means to a person: names, connections, TLS. Pure. */
import { messageOf, systemCode } from '../base/errors.ts';
import { StoreError } from './store.ts';

const NAME_UNKNOWN = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME', 'EAI_FAIL']);
const BROKEN = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);
const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** The error for a request to `host` that no answer came to, or whose answer broke off. */
export function networkError(error: unknown, host: string): StoreError {
  const code = systemCode(error) ?? '';
  const unreachable = (message: string, retry: 'soon' | 'never', hint: string) =>
    new StoreError('unreachable', message, retry, { hint, cause: error });
  const tls = tlsTrouble(code);
  if (tls !== undefined) {
    return unreachable(`no secure connection to ${host}: ${tls.what} (${code})`, 'never', tls.hint);
  }
  if (NAME_UNKNOWN.has(code)) {
    return unreachable(
      `${host} cannot be found (${code})`,
      'soon',
      'Check the endpoint and that this device is online.',
    );
  }
  if (code === 'ECONNREFUSED') {
    return unreachable(
      `nothing answers at ${host} (${code})`,
      'soon',
      'Check the endpoint with its port, and that the service runs.',
    );
  }
  if (code === 'ERR_PROXY_TUNNEL') {
    return unreachable(
      `the proxy would not connect to ${host} (${code})`,
      'soon',
      'Check HTTPS_PROXY, or list the host in NO_PROXY.',
    );
  }
  // Asked before the name: the SDK calls a reset connection a timeout as well.
  if (BROKEN.has(code)) {
    return unreachable(
      `the connection to ${host} broke (${code})`,
      'soon',
      'Check that this device is online; try again later.',
    );
  }
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return unreachable(
      `${host} took too long to answer`,
      'soon',
      'Check that this device is online; try again later.',
    );
  }
  // The codes of Node's HTTP parser.
  if (code.startsWith('HPE_')) {
    return unreachable(
      `what ${host} answers is not HTTP as it should be (${code})`,
      'soon',
      'Check the endpoint with its port, and what stands between this device and the service.',
    );
  }
  return new StoreError('internal', `a request to ${host} failed: ${messageOf(error)}`, 'never', {
    cause: error,
  });
}

function tlsTrouble(code: string): { readonly what: string; readonly hint: string } | undefined {
  if (UNTRUSTED.has(code)) {
    return {
      what: 'its certificate is signed by nobody this device trusts',
      hint: 'Name the signing certificate with --ca-file (or in NODE_EXTRA_CA_CERTS), or use --insecure-tls on a network you trust.',
    };
  }
  if (EXPIRED.has(code)) {
    return {
      what: 'its certificate has expired or is not valid yet',
      hint: 'Check the clock of this device; otherwise the server needs a new certificate.',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return {
      what: 'its certificate is for another name',
      hint: 'Use the name in the certificate as endpoint; path-style=true keeps the bucket out of it.',
    };
  }
  if (code === 'EPROTO' || /^(ERR_SSL_|ERR_TLS_|CERT_)/.test(code)) {
    return {
      what: 'the TLS handshake failed',
      hint: 'Check that the endpoint serves https:// on this port, with TLS 1.2 or newer.',
    };
  }
  return undefined;
}
