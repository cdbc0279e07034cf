/** How connections are made: kept alive, over TLS 1.2 or newer, through the proxy if there is one. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { getCACertificates } from 'node:tls';
import { StoreError } from './store.ts';

export interface AgentOptions {
  /** Accepts certificates that cannot be verified. */
  readonly insecureTls?: boolean | undefined;
  /** Authorities (PEM) to trust besides the system's. */
  readonly ca?: string | undefined;
  readonly maxSockets: number;
}

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * One agent for clear text and one for TLS. HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the
 * environment are heeded. Throws `usage` where they cannot be read.
 */
export function createAgents({ insecureTls = false, ca, maxSockets }: AgentOptions): Agents {
  const common = { keepAlive: true, maxSockets, proxyEnv: proxies(process.env) };
  try {
    return {
      httpAgent: new HttpAgent(common),
      httpsAgent: new HttpsAgent({
        ...common,
        minVersion: 'TLSv1.2',
        rejectUnauthorized: !insecureTls,
        // Given authorities replace the usual ones, which stay trusted here.
        ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
      }),
    };
  } catch {
    // What Node threw quotes the whole address, with the password in it.
    throw badProxy('HTTPS_PROXY or HTTP_PROXY is no URL');
  }
}

/** The proxies of the environment, as Node heeds them: what it cannot read it passes over. */
function proxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = Object.entries(env).map(([name, value = '']) => {
    if (value === '' || !/^https?_proxy$/i.test(name)) return [name, value];
    if (/^https?:\/\//i.test(value)) return [name, value];
    if (value.includes('://')) throw badProxy(`${name} names no http:// proxy`);
    return [name, `http://${value}`];
  });
  return Object.fromEntries(read);
}

function badProxy(reason: string): StoreError {
  return new StoreError('usage', `the proxy cannot be used: ${reason}`, 'never', {
    hint:
      'Correct HTTPS_PROXY, HTTP_PROXY and NO_PROXY: http://proxy.example.org:3128. ' +
      'In a password write %23 for "#", %2F for "/", %3F for "?" and %25 for "%".',
  });
}
