// Pages whose service worker goes on when their server is gone.

import { serve } from '../../examples/browser/serve.mjs';
import { launch, outcomeIn, pageOf } from './browsers.mjs';

/**
 * Lets a page install its service worker, stops the server, and opens the page again.
 * @param {'module' | 'classic'} type of the service worker
 */
export async function openOffline(description, mounts, type, { patience }) {
  const server = await serve({ ...mounts, ...pageOf('/service-page.mjs') }, 0, {});
  const browser = await launch(description);
  try {
    const tab = await browser.newPage();
    await tab.goto(`${server.origin}/index?${type}`);
    await outcomeIn(tab, patience, () => globalThis.installed);
    await server.stop();
    await tab.reload();
    const { result, error } = await outcomeIn(tab, patience, () => globalThis.outcome);
    if (error) throw new Error(error);
    return { version: (await browser.version()).split('/').at(-1), result };
  } finally {
    await browser.close();
    await server.stop();
  }
}
