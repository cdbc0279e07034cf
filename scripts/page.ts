/**
 * Shows the page with made-up homes, to work on it: builds it, serves it, and prints the link.
 *
 *   npm run page
 */
import { startPageDaemon } from '../test/support/page-daemon.ts';
import { buildWeb, WEB_OUTPUT } from './build-web.ts';

const PORT = 4781;

await buildWeb();
const { server } = await startPageDaemon(WEB_OUTPUT, PORT);
console.log(`${server.newLink()}\n\nThe link works once. Ctrl-C ends it.`);
