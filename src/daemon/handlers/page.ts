/** Signing a browser in. */
import type { openPageRoute } from '../../api/page.ts';
import type { Handler } from '../ports.ts';

const openPage: Handler<typeof openPageRoute> = async (daemon) => ({ url: daemon.newLink() });

export const pageHandlers = { openPage } as const;
